import type { Binding, BoundSource } from '../../../lib/job/binding.ts';
import { isClassInput, schemeOf } from '../../../lib/job/binding-classes.ts';
import { notesOf } from '../../../lib/job/notes.ts';
import type { Plan, Task, TaskWindow } from '../../../lib/job/plan.ts';
import { climatologyInputs, type Product, type Window } from '../../../lib/job/product.ts';
import { type Column, type TableOptions, textTable } from '../../../lib/view/text-table.ts';

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** A plan as a person reads it: the product, its inputs, the work. */
export function planTable(
  product: Product,
  plan: Plan,
  counting: readonly Task[],
  computing: readonly Task[],
  options: TableOptions = {},
): string {
  return [
    facts(aboutProduct(product)),
    textTable(inputColumns(product), plan.bindings, options),
    facts(aboutWork(product, plan, counting, computing)),
  ].join('\n\n');
}

type Fact = readonly [name: string, value: string];

const facts = (pairs: readonly Fact[]): string =>
  pairs.map(([name, value]) => `${name.padEnd(11)}${value}`).join('\n');

function aboutProduct(product: Product): Fact[] {
  const { id, spec, model, grid, windows, spinUp, levels, outputs } = product;
  const [first, last] = [windows[0]!.year, windows.at(-1)!.year];
  const years = first === last ? String(first) : `${first}–${last}`;
  const pixel = Math.hypot(grid.transform[0], grid.transform[3]);
  const size = `${Number(pixel.toPrecision(6))} ${grid.crs.geographic ? 'degrees' : 'm'}`;
  return [
    ['product', `${id}: ${spec.title}`],
    ['model', `${model.id} ${model.version}`],
    ['grid', `${grid.height} rows x ${grid.width} columns of ${size}, ${grid.crs.name}`],
    ['levels', `${levels.length}, each half as fine as the one before`],
    ['time', `${years}, ${sum(windows.map(({ steps }) => steps.length))} months`],
    ...(spinUp ? [firstStateFact(product, spinUp)] : []),
    ['outputs', Object.keys(outputs).join(' ')],
  ];
}

function firstStateFact(product: Product, { year, steps }: Window): Fact {
  const last = steps.at(-1)!.year;
  const years = year === last ? year : `${year}–${last}`;
  const { climatology, spinUp } = product.model;
  const title = climatologyInputs(product) ? climatology!.title : spinUp!.title;
  if (title) return ['first', `${years}, for ${title}`];
  return ['spin-up', `${years}, repeated until the first state is at rest`];
}

const inputColumns = (product: Product): Column<Binding>[] => [
  { head: 'input', align: 'left', text: ({ name }) => name },
  { head: 'from', align: 'left', shrinkTo: 24, text: (binding) => originOf(product, binding) },
  { head: 'stored', align: 'left', shrinkTo: 8, text: ({ source }) => storedUnits(source) },
  { head: 'becomes', align: 'left', shrinkTo: 14, text: becomes },
  { head: 'steps', text: ({ source }) => countOf(source, ({ times }) => times?.length ?? 1) },
  { head: 'objects', text: ({ source }) => countOf(source, ({ objects }) => objects.length) },
];

type Facts = Extract<BoundSource, { facts: unknown }>['facts'];

const countOf = (source: BoundSource, count: (facts: Facts) => number): string =>
  'facts' in source ? String(count(source.facts)) : '';

const storedUnits = (source: BoundSource): string => ('facts' in source ? (source.facts.units ?? '-') : '');

/** What the door makes of the stored numbers. */
function becomes({ variable, source }: Binding): string {
  if (source.kind === 'series') return `months by ${source.composite.method}, QA ${source.composite.qa}`;
  if (source.kind === 'classes')
    return `${variable.resampling === 'fractions' ? 'shares of classes' : 'class of the majority'}${source.maps ? ', by year' : ''}`;
  if (source.kind === 'constant' || source.kind === 'derived') return '';
  if (source.kind === 'days') return `days by ${source.toDays}, ${variable.units}`;
  return variable.units;
}

/** Where the numbers of an input come from. */
function originOf({ spec }: Product, { name, variable, source }: Binding): string {
  if ('facts' in source) return source.facts.title;
  if (source.kind === 'derived') return DERIVED_FROM[name]?.(spec.zones?.file) ?? 'made here';
  if (source.kind === 'table') return 'the series in the spec';
  const type = isClassInput(variable) ? schemeOf(variable).names[source.value] : undefined;
  return `${type ?? source.value}, everywhere`;
}

/** Inputs that the door makes itself (see `isDerived`). */
const DERIVED_FROM: Readonly<Record<string, (zones?: string) => string>> = {
  ndviFlags: () => '(ndvi)',
  typeFractions: () => '(vegtype)',
  landcoverValid: () => '(vegtype)',
  latitude: () => '(grid)',
  study: (zones) => (zones ? `(${zones})` : '(the whole grid)'),
};

function aboutWork(
  product: Product,
  plan: Plan,
  counting: readonly Task[],
  computing: readonly Task[],
): Fact[] {
  const { tasks } = plan;
  const { windows, shard } = product;
  const chunks = sum(tasks.map(({ windows: w }) => w.length));
  const missing = tasks.flatMap((task) => allOf(task).flatMap((window) => window.missing));
  const bytes = sum(computing.flatMap((task) => allOf(task).map((window) => window.bytes)));
  const steps = windows[0]!.steps.length;
  return [
    ['chunks', `${chunks} of ${steps} x ${shard.height} x ${shard.width}, in ${tasks.length} columns`],
    ['to count', columnsOf(counting)],
    ['to compute', counting.length > 0 ? 'known after counting' : columnsOf(computing)],
    ['reads', readsText(bytes, counting.length > 0)],
    ['memory', `${mib(Math.max(...tasks.map(({ memory }) => memory)))} a worker at most`],
    ...(missing.length > 0 ? [missingFact(missing)] : []),
    ...notesOf(product, plan).map((note): Fact => ['note', note]),
  ];
}

/** Coarser levels are made from what is written, which is read for it; that is not said here. */
const readsText = (bytes: number, counts: boolean): string =>
  bytes === 0
    ? 'nothing'
    : `at most ${mib(bytes)} of inputs to compute${counts ? ', and some to count' : ''}`;

/** What a task reads for: its first state and its years. */
const allOf = ({ spinUp, windows }: Task): readonly TaskWindow[] => (spinUp ? [spinUp, ...windows] : windows);

const columnsOf = ({ length }: readonly Task[]): string =>
  length === 0 ? 'nothing, all is current' : `${length} ${length === 1 ? 'column' : 'columns'}`;

function missingFact(keys: readonly string[]): Fact {
  const missing = [...new Set(keys)];
  return [
    'missing',
    `${missing.length} ${missing.length === 1 ? 'object' : 'objects, the first'}: ${missing[0]}`,
  ];
}
