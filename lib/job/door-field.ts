import type { GeoGrid } from '../grid/geo-grid.ts';
import { colsOf } from '../grid/region.ts';
import { type Bilinear, prepareBilinear, prepareMean, prepareNearest } from '../grid/resample.ts';
import { warpWindow } from '../grid/warp.ts';
import { doorDesk } from '../science/kernels/desk.ts';
import type { Binding, FieldSource, ReadSource } from './binding.ts';
import { convertStep, type Tally } from './convert.ts';
import type { DoorContext, DoorInput, StripRoom } from './door.ts';
import { layerWindow, type PixelWindow, storedSteps } from './footprint.ts';
import { checkYear } from './plausible.ts';
import { readStoredSteps, type StoredStep } from './stored-step.ts';

type FieldBinding = Binding & { readonly source: FieldSource };

/**
 * A field on its own, often coarse, grid: converted there, and interpolated to the product's pixels strip by strip
 * (spec casa.md 1.7: the converted monthly fields are what is interpolated).
 */
export async function fieldDoor(context: DoorContext, binding: FieldBinding): Promise<DoorInput> {
  const { product, region, window, world } = context;
  const { source, variable } = binding;
  const tally = { outOfRange: 0, clamped: 0 };
  const counts = () => ({ ...tally });
  const steps = variable.dims === 'tyx' ? window.steps.length : 1;
  const read = layerWindow(product.grid, binding, source.facts, region);
  if (!read) return { strip: (y0, y1) => nothing(steps, (y1 - y0) * (region.x1 - region.x0)), counts };
  const wanted = storedSteps(source, window.t).slice(0, steps);
  const stored = await readStoredSteps(context.open(source.facts), read, wanted, world.signal);
  const fields = convertAll(context, binding, stored, tally);
  checkYear({ ...binding, facts: source.facts }, fields, tally);
  const resample = resampler(context, binding, read);
  return { strip: (y0, y1, room) => resample(fields, y0, y1, room), counts };
}

const nothing = (steps: number, cells: number): Float64Array =>
  new Float64Array(steps * cells).fill(Number.NaN);

function convertAll(
  { window }: DoorContext,
  { source, variable }: FieldBinding,
  stored: readonly StoredStep[],
  tally: Tally,
): Float64Array[] {
  const { facts, conversion, sign } = source;
  return stored.map((step, s) =>
    convertStep(step, window.steps[s]!.days, { variable, facts, conversion, sign }, tally),
  );
}

/** Fields on a source's pixels, interpolated to rows `[y0, y1)` of the chunk: `[field][cell]`. */
export type Resample = (
  fields: readonly Float64Array[],
  y0: number,
  y1: number,
  room?: StripRoom,
) => Float64Array;

/** One output array, reused from strip to strip, where the model has none. */
export function resampler(
  context: DoorContext,
  binding: Binding & { readonly source: ReadSource },
  read: PixelWindow,
): Resample {
  const { facts } = binding.source;
  const width = colsOf(context.region);
  let out = new Float64Array(0);
  const ownRoom = (length: number): Float64Array => {
    if (out.length < length) out = new Float64Array(length);
    return out.subarray(0, length);
  };
  const { resampling } = binding.variable;
  if (resampling === 'bilinear') {
    const grid = sharedBilinear(context, facts.grid, read);
    return (fields, y0, y1, room) => {
      const cells = (y1 - y0) * width;
      const strip = room?.(fields.length * cells) ?? ownRoom(fields.length * cells);
      grid.prepare(context.region.y0 + y0, y1 - y0);
      for (const [s, field] of fields.entries()) grid.apply(field, strip, s * cells);
      return strip;
    };
  }
  const row =
    resampling === 'mean' ? meanRows(context, facts.grid, read) : nearestRows(context, facts.grid, read);
  return (fields, y0, y1, room) => {
    const cells = (y1 - y0) * width;
    const strip = room?.(fields.length * cells) ?? ownRoom(fields.length * cells);
    for (let y = y0; y < y1; y++) {
      const apply = row(context.region.y0 + y);
      for (const [s, field] of fields.entries()) apply(field, strip, s * cells + (y - y0) * width);
    }
    return strip;
  };
}

/** Prepares a row of the product for any number of fields, each written from `at` on. */
type Rows = (y: number) => (field: Float64Array, out: Float64Array, at: number) => void;

function nearestRows({ product, region }: DoorContext, source: GeoGrid, read: PixelWindow): Rows {
  const nearestRow = prepareNearest(warpWindow(product.grid, region, source), read);
  const index = new Int32Array(region.x1 - region.x0);
  return (y) => {
    nearestRow(y, index);
    return (field, out, at) => {
      for (let i = 0; i < index.length; i++) out[at + i] = index[i]! < 0 ? Number.NaN : field[index[i]!]!;
    };
  };
}

function meanRows({ product, region }: DoorContext, source: GeoGrid, read: PixelWindow): Rows {
  const mean = prepareMean(product.grid, region, source, read);
  return (y) => {
    mean.prepare(y);
    return mean.apply;
  };
}

/** One resampling a chunk and source grid: places, weights and the search along the coast are found once for all. */
function sharedBilinear(
  { product, region, resamplings }: DoorContext,
  source: GeoGrid,
  read: PixelWindow,
): Bilinear {
  const key = JSON.stringify([source.crs.proj4, source.transform, source.height, source.width, read]);
  const known = resamplings.get(key);
  if (known) return known;
  const made = prepareBilinear(warpWindow(product.grid, region, source), source, read, {
    interpolate: doorDesk()?.interpolate,
  });
  resamplings.set(key, made);
  return made;
}
