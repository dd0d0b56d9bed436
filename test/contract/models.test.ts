import { describe, expect, it } from 'vitest';
import { NO_TYPE } from '../../lib/science/landcover/classes.ts';
import type { FluxModel, InputVariable, OutputVariable } from '../../lib/science/model.ts';
import { MODELS } from '../../lib/science/models.ts';
import { type Arrays, freshState, outputsOf, run, shapeOf } from '../science/year.ts';
import { cutCells, type InputArrays, inputsOf } from './inputs.ts';
import { type Reach, VARIANTS, type Variant } from './variants.ts';

/** 5 x 6 cells, as everywhere in the tests. */
const CELLS = 30;
const SHAPE = shapeOf(CELLS);
const SEEDS = [1, 2, 3, 4];

/** A number that no output takes. */
const UNTOUCHED = { double: -4321.5, byte: 201 };

function setUp({ model, params }: Variant, seed: number) {
  const parsed = model.params.parse(params);
  const declared = model.inputs(parsed);
  return { parsed, declared, input: inputsOf(declared, SHAPE, seed) };
}

const firstStates = new Map<Variant, Record<string, Float64Array>>();

/** The state that a model starts from in some of the cells: at rest in usual weather, where it starts at rest. */
function startOf(variant: Variant, from = 0, to = CELLS): Record<string, Float64Array> {
  const { model, params } = variant;
  const parsed = model.params.parse(params);
  let whole = firstStates.get(variant);
  if (!whole) {
    whole = freshState(model, CELLS, parsed);
    const { input } = setUp(variant, 2);
    if (model.spinUp?.years(parsed, [2021, 2021]))
      for (const _rested of model.spinUp.compute(SHAPE, input, parsed, whole, 0));
    if (model.climatology?.inputs(parsed).length) {
      const made = model.climatology.open(CELLS, parsed);
      made.add(SHAPE, input, 0);
      made.finish(whole);
    }
    firstStates.set(variant, whole);
  }
  return Object.fromEntries(
    Object.entries(whole).map(([name, values]) => {
      const each = values.length / CELLS;
      return [name, values.slice(from * each, to * each)];
    }),
  );
}

/** A daily model has many outputs and days: of its equal ones some stand for all. */
const isLong = ({ outputs }: Variant): boolean => (outputs?.length ?? 0) > 40;

const runVariant = (variant: Variant, input: InputArrays, stored = false): Arrays =>
  run(variant.model, SHAPE, input, variant.model.params.parse(variant.params), {}, startOf(variant), stored);

/** Outputs that a variant can fill. */
const outputsOfVariant = ({ model, outputs }: Variant): [string, OutputVariable][] =>
  Object.entries(model.outputs).filter(([name]) => outputs?.includes(name) ?? true);

/** The same numbers, bit by bit; a matcher that walks arrays as objects takes a hundred times as long. */
function expectBits(actual: Arrays[string], wanted: Arrays[string], name: string): void {
  const same = actual.length === wanted.length && actual.every((value, q) => Object.is(value, wanted[q]));
  if (!same) expect(actual, name).toEqual(wanted);
}

function expectSame(actual: Arrays, wanted: Arrays): void {
  for (const [name, values] of Object.entries(wanted)) expectBits(actual[name]!, values, name);
}

/** Cells of an output that are missing, as `step:cell` or `cell`. */
function missing(model: FluxModel, name: string, values: ArrayLike<number>): Set<number> {
  const { dtype, fill } = model.outputs[name]!;
  const found = new Set<number>();
  for (let q = 0; q < values.length; q++)
    if (dtype === 'uint8' ? values[q] === fill : Number.isNaN(values[q]!)) found.add(q);
  return found;
}

/** A whole number of 0…n−1 that goes with a seed. */
const pick = (seed: number, n: number) => (seed * 7919) % n;

describe.each(VARIANTS)('$title', (variant) => {
  const { model, reach } = variant;

  it('writes every output it is given, within the declared range', () => {
    for (const seed of SEEDS) {
      const { parsed, input } = setUp(variant, seed);
      const output = outputsOf(model, SHAPE);
      for (const array of Object.values(output))
        array.fill(array instanceof Uint8Array ? UNTOUCHED.byte : UNTOUCHED.double);
      model.computeChunk(SHAPE, input, parsed, {}, startOf(variant), output);
      for (const [name, values] of Object.entries(output)) {
        const { range, fill, dtype } = model.outputs[name]!;
        const odd = [...values].filter(
          (v) => !(v >= range[0] && v <= range[1]) && !(dtype === 'uint8' ? v === fill : Number.isNaN(v)),
        );
        expect(odd, name).toEqual([]);
      }
    }
  });

  it('gives numbers where nothing is missing', () => {
    const { input } = setUp(variant, 2);
    const output = runVariant(variant, input);
    for (const [name, { units }] of outputsOfVariant(variant))
      if (units.startsWith('g m-2')) expect(missing(model, name, output[name]!).size, name).toBe(0);
  });

  it('writes the same with one output wanted as with all', () => {
    const { parsed, input } = setUp(variant, 4);
    const all = runVariant(variant, input);
    for (const [i, [name]] of outputsOfVariant(variant).entries()) {
      if (isLong(variant) && i % 9 !== 0) continue;
      const only = outputsOf(model, SHAPE, false, [name]);
      model.computeChunk(SHAPE, input, parsed, {}, startOf(variant), only);
      expectBits(only[name]!, all[name]!, name);
    }
  });

  it('rounds stored single precision from double', () => {
    const { input } = setUp(variant, 2);
    const double = runVariant(variant, input);
    const stored = runVariant(variant, input, true);
    for (const [name, values] of Object.entries(stored))
      if (values instanceof Float32Array) expectBits(values, Float32Array.from(double[name]!), name);
  });

  it('leaves its inputs alone and gives the same bits twice', () => {
    for (const seed of SEEDS) {
      const { input } = setUp(variant, seed);
      const before = structuredClone(input);
      const once = runVariant(variant, input);
      expect(input).toEqual(before);
      expectSame(runVariant(variant, input), once);
    }
  });

  it('passes a missing value on where it is read, there and nowhere else', () => {
    for (const [name, lost] of Object.entries(reach)) {
      for (const seed of isLong(variant) ? SEEDS.slice(0, 1) : SEEDS) {
        const { declared, input } = setUp(variant, 2 * seed);
        const before = runVariant(variant, input);
        const cell = pick(seed, CELLS);
        const { dims } = declared[name]!;
        const step =
          dims === 'tyx' ? stepToLose(variant, before, cell, seed) : dims === 'dyx' ? pick(seed + 3, 365) : 0;
        input[name]![step * CELLS + cell] = Number.NaN;
        const after = runVariant(variant, input);
        for (const [output, { dims: written }] of outputsOfVariant(variant)) {
          const wanted = new Set(missing(model, output, before[output]!));
          for (const row of rowsLost(lost, output, written, dims, step)) wanted.add(row * CELLS + cell);
          if (output === 'flag_a' && lost.year) wanted.add(cell);
          expect(missing(model, output, after[output]!), `${output} without ${name}`).toEqual(wanted);
        }
        expectOthersSame(variant, before, after, cell);
      }
    }
  });

  it('gives the same for any cut of the cells', () => {
    const { parsed, declared, input } = setUp(variant, 2);
    const whole = runVariant(variant, input);
    for (const [from, to] of [
      [0, 4],
      [4, 11],
      [11, 12],
      [12, 30],
    ] as const) {
      const cut = cutCells(input, declared, SHAPE, from, to);
      const part = run(model, shapeOf(to - from), cut, parsed, {}, startOf(variant, from, to));
      for (const [name] of outputsOfVariant(variant)) {
        const rows = whole[name]!.length / CELLS;
        const wanted = Array.from({ length: rows }, (_, r) => [
          ...whole[name]!.subarray(r * CELLS + from, r * CELLS + to),
        ]).flat();
        expectBits(Float64Array.from(part[name]!), Float64Array.from(wanted), name);
      }
    }
  });

  it('runs without its optional inputs', () => {
    const { declared, input } = setUp(variant, 2);
    for (const [name, { optional }] of Object.entries(declared)) if (optional) delete input[name];
    expect(() => runVariant(variant, input)).not.toThrow();
  });

  it('refuses parameters that it does not know', () => {
    expect(model.params.safeParse({ ...variant.params, nonsense: 1 }).success).toBe(false);
    for (const section of Object.keys(model.params.parse(variant.params) as object)) {
      const parsed = model.params.safeParse({ [section]: { nonsense: 1 } });
      expect(parsed.success, section).toBe(false);
    }
  });
});

const ofClasses = VARIANTS.filter(
  ({ model, params }) => 'vegtype' in model.inputs(model.params.parse(params)),
);

describe.each(ofClasses)('$title', (variant) => {
  it('has no flux without a class, and none on water or snow', () => {
    const { model } = variant;
    const { parsed, input } = setUp(variant, 2);
    for (const type of [NO_TYPE, 11, 12]) {
      input.vegtype!.fill(type);
      const output = run(model, SHAPE, input, parsed);
      for (const [name, { units }] of Object.entries(model.outputs))
        if (units.startsWith('g m-2'))
          expect(missing(model, name, output[name]!).size, name).toBe(output[name]!.length);
    }
  });
});

/** A month other than the one that sets T_opt: losing that one empties the year, which has a test of its own. */
function stepToLose({ model }: Variant, before: Arrays, cell: number, seed: number): number {
  const step = pick(seed + 3, 12);
  if (!model.outputs.topt_month) return step;
  return before.topt_month![cell] === step + 1 ? (step + 1) % 12 : step;
}

/** Rows of an output that go missing with a missing value of an input, at a step of its own. */
function rowsLost(
  { day, month, year }: Reach,
  output: string,
  written: OutputVariable['dims'],
  dims: InputVariable['dims'],
  step: number,
): number[] {
  const every = written === 'yx' ? [0] : SHAPE.steps.map((_, t) => t);
  if (day?.includes(output)) return [step];
  if (year?.includes(output)) return every;
  if (!month.includes(output)) return [];
  if (dims === 'dyx') return [monthOfDay(step)];
  return dims === 'tyx' ? [step] : every;
}

/** Month, from 0, of a day of a year without 29 February. */
const monthOfDay = (day: number): number =>
  [31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365].findIndex((end) => day < end);

function expectOthersSame(variant: Variant, before: Arrays, after: Arrays, cell: number): void {
  for (const [name] of outputsOfVariant(variant)) {
    const others = (values: Arrays[string]) => Float64Array.from(values).filter((_, q) => q % CELLS !== cell);
    expectBits(others(after[name]!), others(before[name]!), name);
  }
}

describe('State', () => {
  const stateful = VARIANTS.filter(({ model }) => Object.keys(model.state ?? {}).length > 0);

  it.each(stateful)('of $title belongs to each cell alone', (variant) => {
    const { model } = variant;
    const { parsed, declared, input } = setUp(variant, 2);
    const whole = startOf(variant);
    run(model, SHAPE, input, parsed, {}, whole);
    for (const [from, to] of [
      [0, 4],
      [4, 30],
    ] as const) {
      const part = startOf(variant, from, to);
      run(model, shapeOf(to - from), cutCells(input, declared, SHAPE, from, to), parsed, {}, part);
      for (const [name, values] of Object.entries(part)) {
        const each = values.length / (to - from);
        expect(values, name).toEqual(whole[name]!.slice(from * each, to * each));
      }
    }
  });
});

describe('The registry', () => {
  it('is wholly under contract', () => {
    expect(new Set(VARIANTS.map(({ model }) => model.id))).toEqual(new Set(MODELS.map(({ id }) => id)));
  });

  it('has one model an id', () => {
    expect(new Set(MODELS.map(({ id }) => id)).size).toBe(MODELS.length);
  });
});
