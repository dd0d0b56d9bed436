import { BadRequest, GridMismatch } from '../errors.ts';
import { MODIS_SPHERE } from '../grid/authalic.ts';
import { isFloat } from '../grid/cells.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { centresInZones, type Zone } from '../grid/zone.ts';
import type { Layer, RawWindow } from '../raster/layer.ts';
import { decodeMod17, MIN_CHILDREN, meanOfChildren } from '../science/validation/mod17.ts';
import { type Agreement, agreement } from '../science/validation/regression.ts';
import { Candidates, pixelIndex, tilePixelIndex } from '../science/validation/sample.ts';
import { decode } from './decode.ts';
import { coarseWithin, fineWindow, type Nesting, nestingOf } from './nesting.ts';
import { hull, meet, type PixelWindow } from './zone-weights.ts';

/** How the reference says its numbers: as `Npp_500m` of MOD17A3HGF, or plainly in gC m-2 a-1 by its own scale. */
export type ReferenceForm = 'mod17' | 'plain';

export interface ValidationInput {
  /** What the product is judged by: one map, annual. */
  readonly reference: Layer;
  readonly form: ReferenceForm;
  readonly product: {
    readonly title: string;
    readonly grid: GeoGrid;
    /** Annual values of a window, gC m-2 a-1, NaN = no data. */
    read(window: PixelWindow): Promise<Float64Array>;
  };
  /** On the reference's grid: only pixels whose centre lies in one of them are drawn. Everywhere when absent. */
  readonly zones?: readonly Zone[];
  /** Pixels to draw: 2395 unless said. */
  readonly sample?: number;
  readonly seed?: number;
  /** Seeds over which the scores spread, from `seed` on. */
  readonly seeds?: number;
  readonly signal?: AbortSignal;
}

export interface Spread {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly std: number;
}

export interface Validation {
  /** Reference pixels with both values. */
  readonly candidates: number;
  /** x is the reference, y the product. */
  readonly agreement: Agreement;
  readonly spread: {
    readonly seeds: number;
    readonly r2: Spread;
    readonly rmse: Spread;
    readonly bias: Spread;
  };
  /** Pixels of the product along a side of one of the reference. */
  readonly side: number;
  /** The drawn pixels, in order of their keys: row and column of the reference, and the window of the product. */
  readonly drawn: readonly {
    readonly row: number;
    readonly col: number;
    readonly x: number;
    readonly y: number;
    readonly window: PixelWindow;
  }[];
  readonly notes: readonly string[];
}

/** Points that the paper draws. */
export const PAPER_SAMPLE = 2395;
export const PAPER_SEEDS = 100;
/** Cells of the product in memory at a time. */
const MAX_CELLS = 4_000_000;
/** Share of a reference pixel's own pixels that must have a value: three of four. */
const MIN_SHARE = MIN_CHILDREN / 4;

/**
 * Agreement of an annual map with a reference at a reproducible sample of its pixels, and its spread over seeds.
 *
 * @throws GridMismatch when the reference's pixels are no whole squares of the product's, or do not meet it
 * @see spec casa.md 6
 */
export async function validate(input: ValidationInput): Promise<Validation> {
  const { reference, sample = PAPER_SAMPLE, seed = 1, seeds = PAPER_SEEDS } = input;
  checkNumbers(sample, seed, seeds);
  const pairs = await pairsOf(input);
  const candidates = new Candidates(pairs.indices);
  const at = (s: number): { places: Int32Array; fit: Agreement } => {
    const places = candidates.sample(s, sample);
    const pick = (from: readonly number[]) => Float64Array.from(places, (p) => from[p]!);
    return { places, fit: agreement(pick(pairs.x), pick(pairs.y)) };
  };
  const first = at(seed);
  const fits = Array.from({ length: seeds }, (_, k) => (k === 0 ? first : at(seed + k)).fit);
  const { width } = reference.facts.grid;
  return {
    candidates: pairs.x.length,
    agreement: first.fit,
    spread: {
      seeds,
      r2: spreadOf(fits.map(({ r2 }) => r2)),
      rmse: spreadOf(fits.map(({ rmse }) => rmse)),
      bias: spreadOf(fits.map(({ bias }) => bias)),
    },
    side: pairs.nesting.side,
    drawn: Array.from(first.places, (p) => {
      const [row, col] = [Math.floor(pairs.places[p]! / width), pairs.places[p]! % width];
      const window = fineWindow({ y0: row, y1: row + 1, x0: col, x1: col + 1 }, pairs.nesting);
      return { row, col, x: pairs.x[p]!, y: pairs.y[p]!, window };
    }),
    notes: notesOf(input, pairs.x.length, sample),
  };
}

function checkNumbers(sample: number, seed: number, seeds: number): void {
  const whole = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  if (!whole(sample, 3, 1e6))
    throw new BadRequest('sample', `${sample} is no number of points: 3 to 1000000`);
  if (!whole(seed, 0, 2 ** 52)) throw new BadRequest('seed', `${seed} is no seed: a whole number, 0 or more`);
  if (!whole(seeds, 1, 1000)) throw new BadRequest('seeds', `${seeds} is no number of seeds: 1 to 1000`);
}

interface Pairs {
  readonly nesting: Nesting;
  readonly x: number[];
  readonly y: number[];
  /** Row-major in the reference. */
  readonly places: number[];
  /** What the keys are made of: the same for every cut of one product of MODIS. */
  readonly indices: number[];
}

async function pairsOf({ reference, form, product, zones, signal }: ValidationInput): Promise<Pairs> {
  const { facts } = reference;
  const nesting = nestingOf(product.grid, facts.grid, { fine: product.title, coarse: facts.title });
  if (form === 'mod17' && isFloat(facts.dtype)) {
    throw new BadRequest(
      'form',
      `${facts.title} holds ${facts.dtype}, and Npp_500m of MOD17A3HGF is int16. Say plain, if its numbers are gC m-2 a-1`,
    );
  }
  const pairs: Pairs = { nesting, x: [], y: [], places: [], indices: [] };
  const indexOf = indexing(facts.grid);
  for (const window of bands(windowOf(product.grid, facts.grid, nesting, facts.title, zones), nesting)) {
    signal?.throwIfAborted();
    const inZone = zones && centresInZones(zones, window);
    if (inZone && !inZone.includes(1)) continue;
    const [raw, fine] = await Promise.all([
      reference.read({ t0: 0, t1: 1, ...window }, signal ? { signal } : {}),
      product.read(fineWindow(window, nesting)),
    ]);
    const values = form === 'mod17' ? decodeRaw(raw) : decode(facts, raw);
    addPairs(pairs, window, values, fine, inZone, indexOf, facts.grid.width);
  }
  return pairs;
}

function windowOf(
  fine: GeoGrid,
  coarse: GeoGrid,
  nesting: Nesting,
  title: string,
  zones?: readonly Zone[],
): PixelWindow {
  const within = coarseWithin(fine, coarse, nesting);
  const touched = zones && hull(zones.flatMap(({ window }) => window ?? []));
  const window = within && (zones ? touched && meet(within, touched) : within);
  if (window) return window;
  throw new GridMismatch(`${title} does not meet the product${zones ? ' within the zones' : ''}.`);
}

/** Bands of rows, as many as memory holds of the product. */
function* bands({ y0, y1, x0, x1 }: PixelWindow, { side }: Nesting): Generator<PixelWindow> {
  const rows = Math.max(1, Math.floor(MAX_CELLS / (side * side * (x1 - x0))));
  for (let y = y0; y < y1; y += rows) yield { y0: y, y1: Math.min(y + rows, y1), x0, x1 };
}

/** As stored: what the file calls nodata is a fill of MOD17's already. */
const decodeRaw = ({ cells, valid }: RawWindow): Float64Array =>
  Float64Array.from(cells, (raw, i) => (valid?.[i] === 0 ? Number.NaN : decodeMod17(raw)));

function addPairs(
  { nesting: { side }, x, y, places, indices }: Pairs,
  window: PixelWindow,
  values: Float64Array,
  fine: Float64Array,
  inZone: Uint8Array | undefined,
  indexOf: (row: number, col: number) => number,
  width: number,
): void {
  const cols = window.x1 - window.x0;
  const needed = Math.ceil(MIN_SHARE * side * side);
  const children = new Float64Array(side * side);
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!) || inZone?.[i] === 0) continue;
    const [r, c] = [Math.floor(i / cols), i % cols];
    for (let k = 0; k < children.length; k++)
      children[k] = fine[(r * side + Math.floor(k / side)) * cols * side + c * side + (k % side)]!;
    const mean = meanOfChildren(children, needed);
    if (Number.isNaN(mean)) continue;
    const [row, col] = [window.y0 + r, window.x0 + c];
    x.push(values[i]!);
    y.push(mean);
    places.push(row * width + col);
    indices.push(indexOf(row, col));
  }
}

const TILE = (2 * Math.PI * MODIS_SPHERE.a) / 36;

/** On MODIS's own 500 m grid by tile, so that every cut of it draws the same places; else row by row. */
function indexing({ crs, transform, height, width }: GeoGrid): (row: number, col: number) => number {
  const [a, , c, , , f] = transform;
  const isModis = crs.name === 'MODIS sinusoidal' && Math.abs((a * 2400) / TILE - 1) < 1e-6;
  if (!isModis) return (row, col) => row * width + col;
  const col0 = Math.round((c + 18 * TILE) / a);
  const row0 = Math.round((9 * TILE - f) / a);
  const tile = (at: number): number => Math.floor(at / 2400);
  const single = tile(row0) === tile(row0 + height - 1) && tile(col0) === tile(col0 + width - 1);
  return (row, col) => {
    const [y, x] = [row0 + row, col0 + col];
    return single ? pixelIndex(y % 2400, x % 2400) : tilePixelIndex(tile(y), tile(x), y % 2400, x % 2400);
  };
}

function spreadOf(all: readonly number[]): Spread {
  const values = all.filter(Number.isFinite);
  if (values.length === 0) return { mean: Number.NaN, min: Number.NaN, max: Number.NaN, std: Number.NaN };
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const std = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  return { mean, min: Math.min(...values), max: Math.max(...values), std };
}

function notesOf({ form, zones }: ValidationInput, found: number, sample: number): string[] {
  return [
    'x is the reference, y the product; RMSE is of y - x, not of the residuals of the fit',
    ...(found < sample
      ? [`only ${found} pixels have both values: all of them are taken, and every seed gives the same`]
      : []),
    ...(zones ? [] : ['drawn from the whole of what both maps cover: name zones to draw within them']),
    ...(form === 'mod17'
      ? [
          'MOD17A3HGF has no NPP for built-up pixels (fill 32762): this says nothing of urban cores',
          'MOD17 has its own FPAR, weather and parameters: agreement is consistency, not truth',
        ]
      : []),
  ];
}
