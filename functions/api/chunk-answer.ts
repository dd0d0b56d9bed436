import { type ChunkCoord, colsOf, type Region, rowsOf } from '../../lib/grid/region.ts';
import type { ChunkRecord } from '../../lib/job/record.ts';
import type { World } from '../../lib/job/world.ts';
import { publicText } from './errors.ts';
import type { ServedProduct } from './served-product.ts';
import type { ServedVariable } from './served-variable.ts';

/** What a chunk's record says, fit for the outside. */
export function publicRecord(world: World, record: ChunkRecord): object {
  const { reason, ...rest } = record;
  return { ...rest, ...(reason && { reason: { ...reason, message: publicText(world, reason.message) } }) };
}

export interface ChunkValues {
  /** `[step][y][x]`, NaN = no data. */
  readonly cells: Float32Array;
  readonly shape: readonly [steps: number, rows: number, cols: number];
}

/** All cells of a variable in one chunk; all NaN where the chunk is not computed. */
export async function chunkValues(
  world: World,
  product: ServedProduct,
  variable: ServedVariable,
  level: number,
  at: ChunkCoord,
  record: ChunkRecord | undefined,
): Promise<ChunkValues> {
  const place = product.chunkRegion(level, at);
  const t0 = at.t * variable.depth;
  const region: Region = { ...place, t0, t1: Math.min(t0 + variable.depth, variable.axis.labels.length) };
  const shape = [region.t1 - t0, rowsOf(region), colsOf(region)] as const;
  if (record?.state !== 'computed') {
    return { cells: new Float32Array(shape[0] * shape[1] * shape[2]).fill(Number.NaN), shape };
  }
  return { cells: Float32Array.from(await product.read(world, variable, level, record, region)), shape };
}
