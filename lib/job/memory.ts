import { bytesPerCell } from '../grid/cells.ts';
import { cellsOf, colsOf, type Region, rowsOf } from '../grid/region.ts';
import { RASTER_DESK_BYTES } from '../kernels/raster-desk.ts';
import { DESK_BYTES } from '../science/kernels/desk.ts';
import { type Binding, isRead } from './binding.ts';
import { schemeOf } from './binding-classes.ts';
import type { DaySource } from './binding-days.ts';
import { stateValues, stepCount, stripRows, valuesIn } from './compute.ts';
import { CLASS_BAND_BYTES } from './door-classes.ts';
import { batchSteps } from './door-days.ts';
import { layerRegions, layerWindow, type PixelWindow, storedSteps } from './footprint.ts';
import {
  allWindows,
  climatologyInputs,
  daysIn,
  firstStateInputs,
  type Product,
  regionOf,
  SPIN_UP,
  type Window,
  windowAt,
} from './product.ts';

const MIB = 2 ** 20;

/** A worker before its first task: V8 and the code. Measured: 99 MiB with a folder, 86 under Lambda's runtime client. */
const RUNTIME_BYTES = 128 * MIB;

/** Arrays that nobody holds any more and V8, or the C library, has not given back yet. By the peaks of tests up to 70 MiB, of days of weather most. */
const GARBAGE_BYTES = 112 * MIB;

/** An array while it is cut into inner chunks and encoded: itself once more, and what is put. */
const ENCODING = 2.5;

/**
 * Bound of what a worker holds at the worst moment of a task, bytes, the kernels' memory included: while it reads,
 * computes, writes, or builds the chunk above. `test/job/memory.test.ts` holds it against measured peaks.
 */
export function taskMemory(
  product: Product,
  bindings: readonly Binding[],
  place: { y: number; x: number },
): number {
  const wanted = climatologyInputs(product);
  const worst = allWindows(product).map(({ t }) => {
    if (t === SPIN_UP && wanted) return climatologyMemory(product, bindings, place, wanted);
    const region = regionOf(product, { ...place, t });
    const chunk = chunkMemory(product, bindings, region, t);
    return t === SPIN_UP ? chunk : Math.max(chunk, coarseMemory(product, region, place));
  });
  return RUNTIME_BYTES + GARBAGE_BYTES + DESK_BYTES + RASTER_DESK_BYTES + Math.max(...worst);
}

/** One window's inputs after the other, what is made of them, and the state that is set at the end. */
function climatologyMemory(
  product: Product,
  bindings: readonly Binding[],
  place: { y: number; x: number },
  wanted: ReadonlySet<string>,
): number {
  const region = regionOf(product, { ...place, t: 0 });
  const cells = rowsOf(region) * colsOf(region);
  const read = bindings.filter(({ name }) => wanted.has(name));
  const values = sum(read.map(({ variable }) => valuesIn(variable, product.windows[0]!)));
  const strips = 8 * stripRows(product, region) * colsOf(region) * values;
  const reading = product.windows.map(({ t }) => {
    const inputs = read.map((binding) => inputBytes(product, binding, region, t));
    return sum(inputs.map(({ held }) => held)) + Math.max(...inputs.map((input) => input.reading));
  });
  const kept = cells * (product.model.climatology!.bytesPerCell + 8 * stateValues(product));
  return kept + strips + Math.max(...reading);
}

function chunkMemory(product: Product, bindings: readonly Binding[], region: Region, t: number): number {
  const cells = rowsOf(region) * colsOf(region);
  const wanted = t === SPIN_UP ? firstStateInputs(product) : undefined;
  const read = wanted ? bindings.filter(({ name }) => wanted.has(name)) : bindings;
  const inputs = read.map((binding) => inputBytes(product, binding, region, t));
  const held = sum(inputs.map((input) => input.held));
  const reading = held + Math.max(0, ...inputs.map((input) => input.reading));
  const window = windowAt(product, t);
  const outputs = t === SPIN_UP ? [0] : outputBytes(product, region);
  const stripCells = stripRows(product, region) * colsOf(region);
  const values = sum(read.map(({ variable }) => valuesIn(variable, window)));
  const written = t === SPIN_UP ? 0 : sum(outputs) / cells;
  const strips = 8 * stripCells * values + 2 * stripCells * written;
  const state = 2 * 8 * cells * stateValues(product);
  const computing = held + strips + sum(outputs) + state;
  const areas = 8 * cells;
  const writing = sum(outputs) + state + areas + ENCODING * Math.max(...outputs);
  return Math.max(reading, computing, writing);
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const outputBytes = ({ outputs, windows }: Product, region: Region): number[] =>
  Object.values(outputs).map(
    (variable) =>
      stepCount(variable, windows[0]!) *
      rowsOf(region) *
      colsOf(region) *
      bytesPerCell(variable.dtype ?? 'float32'),
  );

/**
 * The chunks above, one output at a time: coarse means with their areas in double, a child and its half, and the areas
 * encoded. From the second level on, a child comes with areas of its own.
 */
function coarseMemory(product: Product, region: Region, { y, x }: { y: number; x: number }): number {
  const child = Math.max(...outputBytes(product, region));
  const above = product.levels.slice(1).map(({ level }) => {
    const coarse = regionOf(product, { t: 0, y: y >> level, x: x >> level }, level);
    const means = Math.max(...outputBytes(product, coarse));
    return 3 * means + ENCODING * 2 * means + (level === 1 ? 1.75 : 3.75) * child;
  });
  return Math.max(0, ...above);
}

/** Days, or what is held between steps, in double, with the steps that made each day counted; read in batches. */
function dayBytes(source: DaySource, window: Window, raw: number) {
  const steps = storedSteps(source, window.t).length;
  const step = steps === 0 ? 0 : raw / steps;
  const pixels = step / bytesPerCell(source.facts.dtype);
  const days = source.windows[window.t]!;
  if ('slots' in days) return { held: 8 * pixels * days.slots.length, reading: 2 * raw };
  const batch = Math.min(steps, batchSteps(source.facts, step));
  return { held: 9 * pixels * daysIn(window), reading: 2 * step * batch };
}

/** What an input holds once it is read, and what reading it needs on top of that for a while. */
interface Bytes {
  readonly held: number;
  readonly reading: number;
}

/**
 * Areas of the pixels that are read, and what the cells of one row of the product cover of them: cell and weight, in
 * lists that grow by half. A cell covers those within it, and those along its sides in part.
 */
function meanBytes(read: PixelWindow, region: Region): number {
  const pixels = (read.y1 - read.y0) * (read.x1 - read.x0);
  const covered = (2 * pixels) / rowsOf(region) + 9 * colsOf(region);
  return 8 * pixels + 1.5 * 16 * covered;
}

function inputBytes(product: Product, binding: Binding, region: Region, t: number): Bytes {
  const { source, variable } = binding;
  const cells = rowsOf(region) * colsOf(region);
  const counters = 4 * (schemeOf(variable).names.length + 1) * cells;
  if (variable.resampling === 'fractions') return { held: 2 * counters, reading: counters };
  if (!isRead(source)) return { held: 0, reading: 0 };
  const stored = layerRegions(product.grid, binding, t, region).map(({ layer, regions }) => {
    const facts = layer.endsWith('.quality') && source.kind === 'series' ? source.quality! : source.facts;
    return regions.reduce((total, r) => total + cellsOf(r) * bytesPerCell(facts.dtype), 0);
  });
  const raw = sum(stored);
  const size = bytesPerCell(source.facts.dtype);
  const window = layerWindow(product.grid, binding, source.facts, region);
  const weights = variable.resampling === 'mean' && window ? meanBytes(window, region) : 0;
  const plusWeights = (bytes: Bytes): Bytes => ({ ...bytes, held: bytes.held + weights });
  if (source.kind === 'days') return plusWeights(dayBytes(source, windowAt(product, t), raw));
  if (source.kind === 'field' || source.kind === 'years')
    return plusWeights({ held: (8 / size) * raw, reading: 2 * raw });
  if (source.kind === 'series') return { held: raw, reading: raw / 2 };
  return { held: cells, reading: 2 * Math.min(raw, CLASS_BAND_BYTES * size) + counters };
}
