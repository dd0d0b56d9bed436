import { messageOf } from '../api/api.ts';
import type { Product } from '../api/product.ts';
import { button, h } from '../view/dom.ts';
import { say } from '../view/say.ts';
import type { ZoneActions } from './zone-table.ts';
import { setName } from './zones.ts';

/** Which set of zones; a set that is in this browser alone can be stored. */
export function setRow({ sets, zones }: Product, actions: ZoneActions): HTMLElement {
  const names = zones?.own ? [zones.name, ...sets] : sets;
  const select = h('select', { id: 'set-select', class: 'small-select' });
  for (const name of names) select.append(h('option', { value: name, selected: name === zones?.name }, name));
  select.addEventListener('change', () => actions.onSet(select.value));
  return h(
    'div',
    { class: 'set-row', hidden: names.length < 2 && !zones?.own },
    h('label', { for: 'set-select' }, 'Zones'),
    select,
    zones?.own === true && storeForm(freeName(zones.name, sets), actions),
  );
}

/** A name that no other set has: storing must not replace what somebody else stored. */
function freeName(file: string, sets: readonly string[]): string {
  const name = setName(file);
  const names = [name, ...Array.from({ length: sets.length }, (_, i) => `${name.slice(0, 60)}-${i + 2}`)];
  return names.find((one) => !sets.includes(one))!;
}

function storeForm(name: string, actions: ZoneActions): HTMLElement {
  const store = button('Keep on the server', () => void keep(), { class: 'plain-button' });
  const keep = async (): Promise<void> => {
    store.disabled = true;
    try {
      await actions.onStore(name);
    } catch (error) {
      say(messageOf(error), 10_000);
      store.disabled = false;
    }
  };
  const hint = 'These zones are in this browser alone: a link to them works only when the server keeps them.';
  return h('div', { class: 'own-set' }, h('p', { class: 'form-help' }, hint), store);
}
