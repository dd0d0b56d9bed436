import { BadRequest } from '../../lib/errors.ts';
import { type Crs, crsByName } from '../../lib/grid/crs.ts';
import type { ChunkState } from '../../lib/job/record.ts';
import type { World } from '../../lib/job/world.ts';
import { pixelAt } from '../../lib/view/target-window.ts';
import { numberText } from './params.ts';
import type { ServedProduct } from './served-product.ts';
import type { ServedVariable } from './served-variable.ts';
import type { StepRange } from './step-axis.ts';

/** A pixel of a product, and where its centre is asked from. */
export interface Pixel {
  readonly row: number;
  readonly col: number;
}

export interface Series {
  readonly values: Float64Array;
  /** State of the chunk that each value lies in. */
  readonly states: readonly (ChunkState | 'unrecorded')[];
}

/** Coordinates as TiTiler takes them: longitude and latitude unless another CRS is named. */
export function placeFrom(text: string, crsName: string | undefined): { x: number; y: number; crs: Crs } {
  const parts = text.split(',').map((part) => part.trim());
  const crs = crsName === undefined ? crsByName('EPSG:4326') : crsNamed(crsName);
  const [x, y] = parts.map(Number);
  if (parts.length !== 2 || !parts.every((part) => numberText.test(part)))
    throw new BadRequest('coords', `"${text.slice(0, 60)}" is not two numbers, longitude first`);
  if (crs.geographic && !(Math.abs(y!) <= 90 && Math.abs(x!) <= 360))
    throw new BadRequest('coords', `${x}, ${y} is no longitude and latitude`);
  return { x: x!, y: y!, crs };
}

/** Accepts `EPSG:4326` and OGC's URIs. */
export function crsNamed(name: string): Crs {
  const uri = /\/def\/crs\/(EPSG|OGC)\/[^/]*\/(\w+)$/.exec(name);
  return crsByName(uri ? `${uri[1]}:${uri[2]}` : name);
}

/** The pixel that holds a place; undefined off the grid. */
export function pixelOf(product: ServedProduct, x: number, y: number, crs: Crs): Pixel | undefined {
  const grid = product.grid();
  const [col, row] = pixelAt(crs, x, y, grid).map(Math.floor) as [number, number];
  return col >= 0 && row >= 0 && col < grid.width && row < grid.height ? { row, col } : undefined;
}

/** A pixel through time: one range of a shard a year, because a shard keeps the steps of a place side by side. */
export async function seriesAt(
  world: World,
  product: ServedProduct,
  variable: ServedVariable,
  { row, col }: Pixel,
  { t0, t1 }: StepRange,
): Promise<Series> {
  const { depth } = variable;
  const { height, width } = product.product.shard;
  const place = { y: Math.floor(row / height), x: Math.floor(col / width) };
  const windows = Array.from(
    { length: Math.ceil(t1 / depth) - Math.floor(t0 / depth) },
    (_, i) => Math.floor(t0 / depth) + i,
  );
  const parts = await Promise.all(
    windows.map(async (t) => {
      const [from, to] = [Math.max(t0, t * depth), Math.min(t1, (t + 1) * depth)];
      const record = await product.record(world, 0, { t, ...place });
      const state = record?.state ?? ('unrecorded' as const);
      const region = { t0: from, t1: to, y0: row, y1: row + 1, x0: col, x1: col + 1 };
      const values =
        record && state === 'computed' ? await product.read(world, variable, 0, record, region) : undefined;
      return Array.from({ length: to - from }, (_, i) => ({ value: values?.[i] ?? Number.NaN, state }));
    }),
  );
  const all = parts.flat();
  return { values: Float64Array.from(all, ({ value }) => value), states: all.map(({ state }) => state) };
}
