import { messageOf } from '../api/api.ts';
import { saveAnswer } from '../api/download.ts';
import type { Product, Variable } from '../api/product.ts';
import { questionOf } from '../api/reductions.ts';
import { button, h } from '../view/dom.ts';
import { say } from '../view/say.ts';
import { kindName } from '../view/steps.ts';

const FORMS = [
  ['csv', 'CSV'],
  ['json', 'JSON'],
  ['geojson', 'GeoJSON'],
  ['parquet', 'Parquet'],
] as const;

/** The table as files, as the API writes them: with every digit and the method; this step or all of them. */
export function exportRow(product: Product, variables: readonly Variable[], time: string): HTMLElement {
  const kind = variables[0]!.step;
  const every = h('input', { type: 'checkbox', id: 'export-all' });
  const save = async (form: string, made: HTMLButtonElement): Promise<void> => {
    made.disabled = true;
    try {
      const step = every.checked ? undefined : time;
      const { address, body } = questionOf(product, product.zones!, variables, step, form);
      const name = `${product.info.id}-${product.zones!.name}-${step ?? `all-${kind}s`}.${form}`;
      await saveAnswer(name, address, body);
    } catch (error) {
      say(messageOf(error), 8000);
    } finally {
      made.disabled = false;
    }
  };
  const buttons = FORMS.map(([form, label]) => {
    const made = button(label, () => void save(form, made), {
      class: 'plain-button',
      'aria-label': `Export as ${label}`,
    });
    return made;
  });
  const all = h('label', { class: 'check' }, every, h('span', {}, `all ${kindName(kind).toLowerCase()}`));
  return h(
    'div',
    { class: 'export', role: 'group', 'aria-label': 'Export' },
    h('span', { class: 'export-label' }, 'Export'),
    ...buttons,
    all,
  );
}
