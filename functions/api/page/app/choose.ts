import type { Brief, Product, StepKind, Variable } from './api/product.ts';
import { byId, h } from './view/dom.ts';
import type { Session } from './view/session.ts';
import { kindName, nearestStep } from './view/steps.ts';
import {
  baseName,
  type Named,
  named,
  nearestVariable,
  rankOf,
  shortName,
  typesOf,
  variableOf,
} from './view/variables.ts';

/** Which product. */
export function productChoice(
  products: readonly Brief[],
  current: string,
  onChoose: (id: string) => void,
): void {
  const select = h('select', { id: 'product-select', class: 'product-select' });
  for (const { id, title } of products)
    select.append(h('option', { value: id, selected: id === current }, title));
  select.addEventListener('change', () => onChoose(select.value));
  // The select lies unseen over its title: a title may take two lines, a select cannot.
  const title = products.find(({ id }) => id === current)?.title ?? current;
  byId('product').replaceChildren(
    h('label', { for: 'product-select', class: 'visually-hidden' }, 'Product'),
    h('span', { class: 'product-title', 'aria-hidden': 'true' }, title),
    select,
  );
}

/** Which quantity of it, by which step, and of which vegetation type where a product tells them apart. */
export function variableChoice(session: Session, product: Product, signal: AbortSignal): void {
  const draw = (): void => {
    const shown = variableOf(product, session.view.variable);
    byId('choice').replaceChildren(
      kindChoice(session, product, shown.step),
      pills(session, product, shown),
      ...typeChoice(session, product, shown),
    );
  };
  session.listen((view, before) => {
    if (view.product === product.info.id && view.variable !== before.variable) draw();
  }, signal);
  draw();
}

/** Shows what is nearest to a quantity and type by a step, at the nearest time. */
function show(session: Session, product: Product, wanted: Named, kind: StepKind): void {
  const next = nearestVariable(product, wanted, kind);
  if (!next) return;
  const { time, against } = session.view;
  const steps = product.steps.get(kind) ?? [];
  session.set({
    variable: next.name,
    time: nearestStep(steps, time),
    against: against && nearestStep(steps, against),
  });
}

function kindChoice(session: Session, product: Product, current: StepKind): HTMLElement {
  const kinds = [...product.steps.keys()];
  const group = h('div', {
    class: 'segments',
    role: 'radiogroup',
    'aria-label': kinds.map(kindName).join(' or '),
  });
  for (const kind of kinds) {
    group.append(
      radio('kind', kind, kindName(kind), kind === current, () => {
        show(session, product, named(session.view.variable), kind);
        focusOn('kind', kind);
      }),
    );
  }
  group.hidden = kinds.length < 2;
  return group;
}

/** One pill a quantity; of a quantity in several types, the one of the shown type. */
function pills(session: Session, { info }: Product, shown: Variable): HTMLElement {
  const group = h('div', { class: 'pills', role: 'radiogroup', 'aria-label': 'Variable' });
  const { type } = named(shown.name);
  const ofKind = info.variables.filter(({ step }) => step === shown.step);
  const offered = [...Map.groupBy(ofKind, ({ name }) => baseName(name)).values()].map(
    (same) =>
      same.find(({ name }) => named(name).type === type) ??
      same.find(({ name }) => named(name).type === undefined) ??
      same[0]!,
  );
  for (const { name, title } of offered.sort((a, b) => rankOf(a.name) - rankOf(b.name))) {
    const choose = (): void => {
      session.set({ variable: name });
      focusOn('variable', name);
    };
    group.append(radio('variable', name, shortName(name), name === shown.name, choose, title));
  }
  return group;
}

function typeChoice(session: Session, product: Product, shown: Variable): HTMLElement[] {
  const types = typesOf(product, shown.step);
  if (types.length === 0) return [];
  const { base, type = '' } = named(shown.name);
  const select = h('select', { id: 'type-select', class: 'small-select' });
  const option = (value: string, text: string) => h('option', { value, selected: value === type }, text);
  select.append(option('', 'all, by their shares'), ...types.map((one) => option(one, one.toUpperCase())));
  select.addEventListener('change', () => {
    const { value } = select;
    show(session, product, value === '' ? { base } : { base, type: value }, shown.step);
    byId('type-select').focus();
  });
  return [h('div', { class: 'type-choice' }, h('label', { for: 'type-select' }, 'Vegetation'), select)];
}

const focusOn = (name: string, value: string): void =>
  document.querySelector<HTMLInputElement>(`input[name="${name}"][value="${CSS.escape(value)}"]`)?.focus();

function radio(
  name: string,
  value: string,
  label: string,
  checked: boolean,
  onChoose: () => void,
  title?: string,
): HTMLElement {
  const spoken = title && `${label}: ${title}`;
  const input = h('input', { type: 'radio', name, value, checked, 'aria-label': spoken });
  input.addEventListener('change', onChoose);
  return h('label', { title }, input, h('span', {}, label));
}
