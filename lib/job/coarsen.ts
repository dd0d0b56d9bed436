import { cellAreas, rowAreas } from '../grid/area.ts';
import { allocate, type Cells, release } from '../grid/cells.ts';
import { type ChunkCoord, colsOf, rowsOf } from '../grid/region.ts';
import { type BlockShape, type CoarsePlace, coarsenMajority, coarsenMean } from '../raster/pyramid.ts';
import { readShard } from '../raster/read-shard.ts';
import { shardExtent } from '../raster/write.ts';
import { validAreaName } from '../raster/zarr-product.ts';
import { dataRoot } from '../store/keys.ts';
import { stepCount } from './compute.ts';
import { arrayNamed } from './outputs.ts';
import { type Product, regionOf } from './product.ts';
import type { ChunkRecord } from './record.ts';
import type { World } from './world.ts';

/** Arrays of a coarser chunk by name, `[step][y][x]`: means with their valid areas, and majorities. */
export type CoarseArrays = Record<string, Cells>;

/**
 * Halves one output of a child, its mean and valid area or its majority, and puts it where it belongs in the chunk above.
 *
 * @param arrays written, see `newArrays`
 */
export async function coarsenOutput(
  { store, signal }: World,
  product: Product,
  level: number,
  at: ChunkCoord,
  child: ChunkRecord,
  name: string,
  arrays: CoarseArrays,
): Promise<void> {
  const shape = shapeOf(product, child, name);
  const place = placeOf(product, level, at, child);
  const read = (array: string) =>
    readShard(
      store,
      dataRoot(product.id),
      arrayNamed(product, level - 1, array),
      child.at,
      signal ? { signal } : {},
    );
  const cells = await read(name);
  if (cells instanceof Uint8Array) {
    const { fill } = arrayNamed(product, level, name);
    coarsenMajority(cells, fill, shape, arrays[name] as Uint8Array, place);
  } else {
    const areas =
      level === 1
        ? (rowAreas(product.grid, child.region.y0, child.region.y1) ??
          cellAreas(product.grid, regionOf(product, child.at)))
        : ((await read(validAreaName(name))) as Float64Array);
    const mean = arrays[name] as Float32Array;
    const validArea = arrays[validAreaName(name)] as Float64Array;
    coarsenMean(cells as Float32Array, areas, shape, { mean, validArea }, place);
    release(areas);
  }
  release(cells);
}

const shapeOf = (product: Product, child: ChunkRecord, name: string): BlockShape => ({
  steps: stepCount(product.outputs[name]!, product.windows[child.at.t]!),
  rows: rowsOf(child.region),
  cols: colsOf(child.region),
});

function placeOf(product: Product, level: number, at: ChunkCoord, child: ChunkRecord): CoarsePlace {
  const region = regionOf(product, at, level);
  const { y0, x0 } = child.region;
  return { rows: rowsOf(region), cols: colsOf(region), y: y0 / 2 - region.y0, x: x0 / 2 - region.x0 };
}

/**
 * The arrays of one output of a coarser chunk before any child has given.
 *
 * @param covered its children write every cell; else all are nodata at first
 */
export function newArrays(
  product: Product,
  level: number,
  at: ChunkCoord,
  name: string,
  covered: boolean,
): CoarseArrays {
  const { dtype = 'float32' } = product.outputs[name]!;
  const names = dtype === 'float32' ? [name, validAreaName(name)] : [name];
  return Object.fromEntries(
    names.map((array) => {
      const spec = arrayNamed(product, level, array);
      const length = shardExtent(spec, at).reduce((n, d) => n * d, 1);
      const cells = allocate(spec.dtype, length);
      return [array, covered ? cells : cells.fill(spec.fill)];
    }),
  );
}

const ratioOf = ({ outputs }: Product, name: string): readonly string[] => {
  const coarsen = outputs[name]?.coarsen;
  return typeof coarsen === 'object' ? coarsen.ratio : [];
};

/** Names of the outputs, each ratio behind what it is made of. */
export function ratiosLast(product: Product): string[] {
  const isRatio = (name: string): boolean => ratioOf(product, name).length > 0;
  const names = Object.keys(product.outputs);
  return [...names.filter((name) => !isRatio(name)), ...names.filter(isRatio)];
}

export const isPartOfRatio = (product: Product, name: string): boolean =>
  Object.keys(product.outputs).some((ratio) => ratioOf(product, ratio).includes(name));

/** A ratio of a coarser cell is the ratio of its means, never the mean of ratios (spec casa.md 5.1, V16). */
export function coarseRatio(product: Product, arrays: CoarseArrays, name: string): void {
  const ratio = arrays[name];
  const [over, under] = ratioOf(product, name).map((of) => arrays[of]);
  if (!ratio || !over || !under) return;
  for (let i = 0; i < ratio.length; i++) {
    if (!Number.isNaN(ratio[i]!)) ratio[i] = over[i]! / under[i]!;
  }
}
