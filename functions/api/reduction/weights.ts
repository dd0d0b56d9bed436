import { cellAreas, rowAreas } from '../../../lib/grid/area.ts';
import type { GeoGrid } from '../../../lib/grid/geo-grid.ts';
import type { World } from '../../../lib/job/world.ts';
import type { SparseWeights, WeightLists } from '../../../lib/view/sparse-weights.ts';
import { meet, type PixelWindow } from '../../../lib/view/zone-weights.ts';
import { sharesIn } from './class-cover.ts';
import type { KeptWeights } from './kept-weights.ts';
import { type PixelChunk, type ReductionPlan, windowOf } from './plan.ts';

/** The part of a chunk that its zones need, and the pixels of each of them in it. */
export interface ChunkWeights {
  readonly window: PixelWindow;
  /** True areas of the window's pixels, m2; more of them may follow. */
  readonly areas: Float64Array;
  /** Whether all pixels of a row have one area. */
  readonly evenRows: boolean;
  /** In the order of the chunk's zones; undefined where one does not meet the window. */
  readonly weights: readonly (SparseWeights | undefined)[];
}

/**
 * The exact shares of a chunk's pixels in its zones.
 * @param lists hold them until the next chunk
 */
export async function weighChunk(
  world: World,
  plan: ReductionPlan,
  chunk: PixelChunk,
  lists: WeightLists,
): Promise<ChunkWeights> {
  const { product, zones, cover } = plan;
  const window = windowOf(plan, chunk);
  const areas = areasOf(product.grid(), window);
  const evenRows = rowAreas(product.grid(), 0, 0) !== undefined;
  if (plan.kept)
    return { window, areas, evenRows, weights: await keptWeights(world, plan, plan.kept, chunk, lists) };
  const shares = await cover?.sharesAt(chunk);
  const region = product.chunkRegion(0, { t: 0, y: chunk.y, x: chunk.x });
  const byClass = new Map<number, Float64Array>();
  const sharesOf = (cls: number | undefined): Float64Array | undefined => {
    if (!shares || cls === undefined) return undefined;
    const known = byClass.get(cls) ?? sharesIn(shares, cls, region, window);
    byClass.set(cls, known);
    return known;
  };
  lists.begin(window);
  const found = chunk.zones.map((i) => {
    const { zone, cover: cls } = zones[i]!;
    const part = meet(zone!.window!, window);
    return part && lists.add(zone!, part, sharesOf(cls));
  });
  const weights = found.map((ranges) => ranges && { ...ranges, lists: lists.lists });
  return { window, areas, evenRows, weights };
}

const equalAreas = new WeakMap<GeoGrid, Float64Array>();

/** Areas of a window's pixels, and of more than those on a grid where all are the same: these are made once. */
function areasOf(grid: GeoGrid, window: PixelWindow): Float64Array {
  if (!grid.crs.equalArea) return cellAreas(grid, window);
  const pixels = (window.y1 - window.y0) * (window.x1 - window.x0);
  const known = equalAreas.get(grid);
  if (known && known.length >= pixels) return known;
  const areas = cellAreas(grid, { y0: 0, y1: 1, x0: 0, x1: pixels });
  equalAreas.set(grid, areas);
  return areas;
}

/** As they were kept, brought into the window of those that are asked for; a chunk that is in none of them is whole. */
async function keptWeights(
  world: World,
  plan: ReductionPlan,
  kept: KeptWeights,
  chunk: PixelChunk,
  lists: WeightLists,
): Promise<ChunkWeights['weights']> {
  const window = windowOf(plan, chunk);
  lists.begin(window);
  const onRim = chunk.zones.some((i) =>
    plan.zones[i]!.kept!.rim.some(({ y, x }) => y === chunk.y && x === chunk.x),
  );
  const found = onRim ? await kept.chunk(world, chunk) : undefined;
  const region = plan.product.chunkRegion(0, { t: 0, y: chunk.y, x: chunk.x });
  const ranges = chunk.zones.map((i) => {
    const known = found?.weights.get(plan.zones[i]!.index);
    return known ? lists.copy(known, found!.window) : lists.whole(meet(region, window)!);
  });
  return ranges.map((own) => ({ ...own, lists: lists.lists }));
}
