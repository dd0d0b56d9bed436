import { release } from '../grid/cells.ts';
import { cellsOf } from '../grid/region.ts';
import { prepareNearest } from '../grid/resample.ts';
import { warpWindow } from '../grid/warp.ts';
import type { LayerFacts } from '../raster/layer.ts';
import { monthComposer } from '../science/casa/composite.ts';
import type { Binding, SeriesSource } from './binding.ts';
import { stripRows } from './compute.ts';
import {
  type CodeTable,
  codesOf,
  codeTable,
  convertValue,
  type Meaning,
  missingTest,
  type Tally,
} from './convert.ts';
import type { DoorContext, DoorInput, StripRoom } from './door.ts';
import { maximumByKernel } from './door-maximum.ts';
import { layerWindow, type PixelWindow, qualitySteps, storedSteps } from './footprint.ts';
import { checkRange } from './plausible.ts';
import { readStoredSteps, type StoredStep } from './stored-step.ts';

type SeriesBinding = Binding & { readonly source: SeriesSource };

const MONTHS = 12;
const NO_RELIABILITY = 255;
const PURE_NUMBER = { factor: 1, offset: 0, perDay: false } as const;

/**
 * Composites of a year, kept as stored; each strip picks its pixels and makes months of them. Gives the input itself
 * and, as `<name>Flags`, what is to be said of each month.
 */
export async function seriesDoor(
  context: DoorContext,
  binding: SeriesBinding,
): Promise<Record<string, DoorInput>> {
  const { name } = binding;
  const tally = { outOfRange: 0, clamped: 0 };
  const series = await readSeries(context, binding);
  const composeStrip = stripComposer(context, binding, series, tally);
  const values = (series?.composites.length ?? 0) * cellsOf({ ...context.region, t1: context.region.t0 + 1 });
  let last: { at: string; composed: Composed } | undefined;
  const compose = (y0: number, y1: number, room?: StripRoom): Composed => {
    const at = `${y0}-${y1}`;
    if (last?.at !== at) last = { at, composed: composeStrip(y0, y1, room) };
    return last.composed;
  };
  return {
    [name]: {
      strip: (y0, y1, room) => compose(y0, y1, room).months,
      counts: () => ({ ...tally }),
      check: () => checkRange({ ...binding, facts: binding.source.facts }, tally, values),
      release: () => releaseSeries(series),
    },
    [`${name}Flags`]: {
      strip: (y0, y1) => compose(y0, y1).flags,
      counts: () => ({ outOfRange: 0, clamped: 0 }),
    },
  };
}

interface StoredSeries {
  readonly composites: readonly StoredStep[];
  readonly quality: readonly StoredStep[] | undefined;
  readonly read: PixelWindow;
}

/** @returns undefined where the source does not reach the chunk */
async function readSeries(
  { product, region, window, world, open }: DoorContext,
  binding: SeriesBinding,
): Promise<StoredSeries | undefined> {
  const { source } = binding;
  const read = layerWindow(product.grid, binding, source.facts, region);
  if (!read) return undefined;
  const stepsOf = (facts: LayerFacts, steps: readonly number[]) =>
    readStoredSteps(open(facts), read, steps, world.signal);
  return {
    composites: await stepsOf(source.facts, storedSteps(source, window.t)),
    quality:
      source.quality && (await stepsOf(source.quality, qualitySteps(source, source.quality, window.t))),
    read,
  };
}

function releaseSeries(series: StoredSeries | undefined): void {
  for (const step of [...(series?.composites ?? []), ...(series?.quality ?? [])]) {
    release(step.cells);
    if (step.valid) release(step.valid);
  }
}

interface Composed {
  /** `[month][cell]`, NaN where nothing valid lies near in time. */
  readonly months: Float64Array;
  /** `[month][cell]`, bits of `NDVI_FLAG`. */
  readonly flags: Uint8Array;
}

/** Composes strips, each in the arrays of the one before. */
function stripComposer(
  { product, region, window }: DoorContext,
  { source, variable }: SeriesBinding,
  series: StoredSeries | undefined,
  tally: Tally,
): (y0: number, y1: number, room?: StripRoom) => Composed {
  const width = region.x1 - region.x0;
  if (!series) {
    return (y0, y1) => ({
      months: new Float64Array(MONTHS * (y1 - y0) * width).fill(Number.NaN),
      flags: new Uint8Array(MONTHS * (y1 - y0) * width),
    });
  }
  const { composites, quality, read } = series;
  const nearestRow = prepareNearest(warpWindow(product.grid, region, source.facts.grid), read);
  const meaning: Meaning = { variable, facts: source.facts, conversion: PURE_NUMBER, sign: 1 };
  const table = tableOf(source, meaning);
  const startDoy = source.composites[window.t]!.map((composite) => composite.startDoy);
  const dates = { year: window.year, period: source.composite.period, startDoy };
  const reliabilityOf = source.quality && reliabilityReader(source.quality);
  const byKernel = maximumByKernel(
    {
      ...{ composites, quality, dates, table, options: source.composite, facts: source.facts },
      reliability: source.quality && reliabilityByByte(source.quality),
    },
    stripRows(product, region) * width,
  );
  let room = stripArrays(0);
  return (y0, y1, modelRoom) => {
    const cells = (y1 - y0) * width;
    if (room.index.length < cells) room = stripArrays(cells);
    const index = room.index.subarray(0, cells);
    for (let y = y0; y < y1; y++)
      nearestRow(region.y0 + y, index.subarray((y - y0) * width, (y - y0 + 1) * width));
    const months = modelRoom?.(MONTHS * cells) ?? room.months.subarray(0, MONTHS * cells);
    const flags = room.flags.subarray(0, MONTHS * cells);
    if (byKernel) {
      tally.outOfRange += byKernel(index, width, months, flags);
      return { months, flags };
    }
    const composer = monthComposer(dates, cells, source.composite, months, flags);
    for (const [k, composite] of composites.entries()) {
      if (table) pickByTable(composite, index, table, room.values, tally);
      else pickByValue(composite, index, meaning, room.values, tally);
      if (quality) pickReliability(quality[k]!, index, reliabilityOf!, room.reliability);
      composer.add(room.values, quality && room.reliability);
    }
    composer.finish();
    return { months, flags };
  };
}

const tables = new WeakMap<SeriesSource, CodeTable | undefined>();

/** What codes mean is worked out once for all chunks that are made with a plan. */
function tableOf(source: SeriesSource, meaning: Meaning): CodeTable | undefined {
  if (!tables.has(source)) tables.set(source, codeTable(source.facts.dtype, 1, meaning));
  return tables.get(source);
}

const stripArrays = (cells: number) => ({
  /** Place of each cell in the read window, −1 outside. */
  index: new Int32Array(cells),
  /** Of one composite. */
  values: new Float64Array(cells),
  reliability: new Uint8Array(cells),
  months: new Float64Array(MONTHS * cells),
  flags: new Uint8Array(MONTHS * cells),
});

function pickByTable(
  { cells: stored, valid }: StoredStep,
  index: Int32Array,
  { lowest, values, outOfRange, clamped }: CodeTable,
  out: Float64Array,
  tally: Tally,
): void {
  for (let i = 0; i < index.length; i++) {
    const at = index[i]!;
    if (at < 0 || valid?.[at] === 0) {
      out[i] = Number.NaN;
      continue;
    }
    const code = stored[at]! - lowest;
    const value = values[code]!;
    out[i] = value;
    if (value > 0 || value < 0) continue; // what is missing, refused or clamped is NaN or 0
    tally.outOfRange += outOfRange[code]!;
    tally.clamped += clamped[code]!;
  }
}

function pickByValue(
  { cells: stored, valid }: StoredStep,
  index: Int32Array,
  meaning: Meaning,
  out: Float64Array,
  tally: Tally,
): void {
  const isMissing = missingTest(meaning.facts);
  for (let i = 0; i < index.length; i++) {
    const at = index[i]!;
    const missing = at < 0 || isMissing(stored[at]!) || valid?.[at] === 0;
    out[i] = missing ? Number.NaN : convertValue(stored[at]!, 1, meaning, tally);
  }
}

/** MODIS pixel reliability; 255 where there is none, which counts as fill. */
function pickReliability(
  { cells: stored, valid }: StoredStep,
  index: Int32Array,
  reliabilityOf: (stored: number) => number,
  out: Uint8Array,
): void {
  for (let i = 0; i < index.length; i++) {
    const at = index[i]!;
    out[i] = at < 0 || valid?.[at] === 0 ? NO_RELIABILITY : reliabilityOf(stored[at]!);
  }
}

/** What a stored number says of quality: reliability, or that there is none. */
function reliabilityMeaning(facts: LayerFacts): (stored: number) => number {
  const isMissing = missingTest(facts);
  return (stored) =>
    isMissing(stored) || !(stored >= 0 && stored < NO_RELIABILITY) ? NO_RELIABILITY : stored;
}

/** By a table where the type is small. */
function reliabilityReader(facts: LayerFacts): (stored: number) => number {
  const meaning = reliabilityMeaning(facts);
  const codes = codesOf(facts.dtype);
  if (!codes) return meaning;
  const table = Uint8Array.from({ length: codes.length }, (_, i) => meaning(codes.lowest + i));
  return (stored) => table[stored - codes.lowest]!;
}

/** By the byte that is stored; undefined for types of more bytes. */
function reliabilityByByte(facts: LayerFacts): Uint8Array | undefined {
  if (facts.dtype !== 'uint8' && facts.dtype !== 'int8') return undefined;
  const meaning = reliabilityMeaning(facts);
  const signed = (byte: number) => (facts.dtype === 'int8' && byte > 127 ? byte - 256 : byte);
  return Uint8Array.from({ length: 256 }, (_, byte) => meaning(signed(byte)));
}
