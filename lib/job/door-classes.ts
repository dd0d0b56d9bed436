import { release } from '../grid/cells.ts';
import { colsOf, rowsOf } from '../grid/region.ts';
import { ClassCounts, classTable, prepareNearest, UNKNOWN } from '../grid/resample.ts';
import { warpWindow } from '../grid/warp.ts';
import { NO_TYPE } from '../science/landcover/classes.ts';
import type { Binding } from './binding.ts';
import { type ClassSource, mapOf, schemeOf } from './binding-classes.ts';
import { type ClassMap, type FractionMap, keptClassMap, keptFractionMap } from './class-map.ts';
import type { DoorContext, DoorInput } from './door.ts';
import { layerWindow, type PixelWindow, storedSteps } from './footprint.ts';
import type { DoorCounts } from './record.ts';
import { readStoredSteps, type StoredStep } from './stored-step.ts';

type ClassBinding = Binding & { readonly source: ClassSource };

/**
 * Fine pixels are read in bands of at most this many, so that a 10 m map of a chunk never lies in memory whole. A band
 * is a row of blocks, or some: none is read twice, and the lower the band, the closer it follows a slanting grid.
 */
const BAND_PIXELS = 8 * 2 ** 20;

/** Bytes that one band holds at most; the planner's bound. */
export const CLASS_BAND_BYTES = BAND_PIXELS;

const BAND_ROWS = 256;

/** Below this many fine pixels a cell there is nothing to count: the pixel under the centre speaks for the cell. */
const MIN_PIXELS_TO_COUNT = 2;

/** Class of each cell: the majority of the fine pixels in it, or the pixel under its centre. */
export async function classDoor(context: DoorContext, binding: ClassBinding): Promise<DoorInput> {
  const { product, region } = context;
  const width = colsOf(region);
  const read = layerWindow(product.grid, binding, binding.source.facts, region);
  const { types, unknown } = await classMap(context, binding, read);
  return {
    strip: (y0, y1) => types.subarray(y0 * width, y1 * width),
    counts: () => countsOf(context, binding, unknown),
  };
}

function countsOf(
  { window }: DoorContext,
  { source }: ClassBinding,
  unknown: ClassMap['unknown'],
): DoorCounts {
  const map = mapOf(source, window.t);
  return {
    outOfRange: 0,
    clamped: 0,
    ...(map && { mapOf: map.year }),
    ...(Object.keys(unknown).length > 0 && { unknownCodes: unknown }),
  };
}

function classMap(
  context: DoorContext,
  binding: ClassBinding,
  read: PixelWindow | undefined,
): ClassMap | Promise<ClassMap> {
  const types = new Uint8Array(rowsOf(context.region) * colsOf(context.region)).fill(NO_TYPE);
  if (!read) return { types, unknown: {} };
  if (!isFiner(read, types.length)) return pickClasses(context, binding, read, types);
  return keptClassMap(context, binding, read, async () => {
    const counts = await countClasses(context, binding, read);
    for (let pixel = 0; pixel < types.length; pixel++) {
      const type = counts.majority(pixel);
      if (type >= 0) types[pixel] = type;
    }
    return { types, unknown: counts.unknownCodes };
  });
}

/** Share of each class in each cell, `[class][cell]`; NaN where less than half of the fine pixels have one. */
export async function fractionDoor(context: DoorContext, binding: ClassBinding): Promise<DoorInput> {
  const { product, region } = context;
  const classes = schemeOf(binding.variable).names.length;
  const width = colsOf(region);
  const whole = rowsOf(region) * width;
  const read = layerWindow(product.grid, binding, binding.source.facts, region);
  const { shares, unknown } = read
    ? await fractionMap(context, binding, read, classes)
    : { shares: new Float32Array(classes * whole).fill(Number.NaN), unknown: {} };
  return {
    strip(y0, y1) {
      const [from, cells] = [y0 * width, (y1 - y0) * width];
      const strip = new Float64Array(classes * cells);
      for (let c = 0; c < classes; c++)
        strip.set(shares.subarray(c * whole + from, c * whole + from + cells), c * cells);
      return strip;
    },
    counts: () => countsOf(context, binding, unknown),
  };
}

/** Counted once a place and kept; of a map that is not finer than the cells, each cell is wholly of one class. */
async function fractionMap(
  context: DoorContext,
  binding: ClassBinding,
  read: PixelWindow,
  classes: number,
): Promise<FractionMap> {
  const cells = rowsOf(context.region) * colsOf(context.region);
  const shares = new Float32Array(classes * cells).fill(Number.NaN);
  if (!isFiner(read, cells)) {
    const { types, unknown } = await pickClasses(context, binding, read, new Uint8Array(cells).fill(NO_TYPE));
    types.forEach((type, i) => {
      for (let c = 0; type !== NO_TYPE && c < classes; c++) shares[c * cells + i] = c === type ? 1 : 0;
    });
    return { shares, unknown };
  }
  return keptFractionMap(context, binding, 'shares', read, async () => {
    const counts = await countClasses(context, binding, read);
    const of = new Float64Array(classes);
    for (let i = 0; i < cells; i++) {
      counts.fractions(i, of);
      for (let c = 0; c < classes; c++) shares[c * cells + i] = of[c]!;
    }
    return { shares, unknown: counts.unknownCodes };
  });
}

/** Share of each cell's fine pixels that have a class; of a map that is not finer than the cells, all or nothing. */
export async function validDoor(context: DoorContext, binding: ClassBinding): Promise<DoorInput> {
  const { product, region } = context;
  const width = colsOf(region);
  const read = layerWindow(product.grid, binding, binding.source.facts, region);
  const cells = rowsOf(region) * width;
  const { shares, unknown } = read
    ? await validMap(context, binding, read, cells)
    : { shares: new Float32Array(cells), unknown: {} };
  return {
    strip: (y0, y1) => Float64Array.from(shares.subarray(y0 * width, y1 * width)),
    counts: () => countsOf(context, binding, unknown),
  };
}

async function validMap(
  context: DoorContext,
  binding: ClassBinding,
  read: PixelWindow,
  cells: number,
): Promise<FractionMap> {
  if (!isFiner(read, cells)) {
    const { types, unknown } = await pickClasses(context, binding, read, new Uint8Array(cells).fill(NO_TYPE));
    return { shares: Float32Array.from(types, (type) => (type === NO_TYPE ? 0 : 1)), unknown };
  }
  return keptFractionMap(context, binding, 'valid', read, async () => {
    const counts = await countClasses(context, binding, read);
    const shares = Float32Array.from({ length: cells }, (_, pixel) => counts.validFraction(pixel));
    return { shares, unknown: counts.unknownCodes };
  });
}

const isFiner = (read: PixelWindow, cells: number): boolean =>
  (read.y1 - read.y0) * (read.x1 - read.x0) >= MIN_PIXELS_TO_COUNT * cells;

async function countClasses(
  context: DoorContext,
  { source, variable }: ClassBinding,
  read: PixelWindow,
): Promise<ClassCounts> {
  const { product, region, window, world } = context;
  const counts = new ClassCounts(product.grid, region, source.facts.grid, schemeOf(variable).names.length);
  const table = tableOf(source);
  const layer = context.open(source.facts);
  for (const box of bandsOf(read, source.facts.block.y)) {
    const band = counts.narrow(box);
    if (!band) continue;
    const [stored] = await readStoredSteps(layer, band, storedSteps(source, window.t), world.signal);
    counts.add(band, masked(stored!, source), table);
    release(stored!.cells);
  }
  return counts;
}

function* bandsOf(read: PixelWindow, blockRows: number): Generator<PixelWindow> {
  const wanted = blockRows * Math.ceil(BAND_ROWS / blockRows);
  const rows = Math.max(1, Math.min(wanted, Math.floor(BAND_PIXELS / (read.x1 - read.x0))));
  for (let y0 = read.y0; y0 < read.y1; ) {
    const y1 = Math.min(read.y1, (Math.floor(y0 / rows) + 1) * rows);
    yield { ...read, y0, y1 };
    y0 = y1;
  }
}

async function pickClasses(
  { product, region, window, world, open }: DoorContext,
  { source }: ClassBinding,
  read: PixelWindow,
  types: Uint8Array,
): Promise<ClassMap> {
  const layer = open(source.facts);
  const [stored] = await readStoredSteps(layer, read, storedSteps(source, window.t), world.signal);
  const table = tableOf(source);
  const codes = masked(stored!, source);
  const nearestRow = prepareNearest(warpWindow(product.grid, region, source.facts.grid), read);
  const index = new Int32Array(colsOf(region));
  const unknown: Record<string, number> = {};
  for (let y = 0; y < rowsOf(region); y++) {
    nearestRow(region.y0 + y, index);
    for (let i = 0; i < index.length; i++) {
      if (index[i]! < 0) continue;
      const code = codes[index[i]!]!;
      const type = table[code] ?? UNKNOWN;
      if (type >= 0) types[y * index.length + i] = type;
      else if (type === UNKNOWN) unknown[code] = (unknown[code] ?? 0) + 1;
    }
  }
  return { types, unknown };
}

/** The legend as a table by code; what the legend calls fill, and the file's nodata, have no class. */
function tableOf({ facts, legend }: ClassSource): Int16Array {
  const classes = Object.entries(legend).map(([code, type]) => [code, type === NO_TYPE ? -1 : type]);
  const nodata = (facts.nodata ?? []).map((code) => [String(code), -1]);
  return classTable(Object.fromEntries([...nodata, ...classes]), facts.dtype === 'uint8' ? 256 : 65_536);
}

/** Cells that the file's own mask leaves out get a code that no legend has. */
function masked({ cells, valid }: StoredStep, { facts }: ClassSource): StoredStep['cells'] {
  if (!valid) return cells;
  const fill = facts.nodata?.[0] ?? 0;
  return cells.map((code, i) => (valid[i] === 0 ? fill : code)) as StoredStep['cells'];
}
