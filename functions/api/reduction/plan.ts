import type { PixelWindow } from '../../../lib/grid/warp.ts';
import { type Block, type ChunkCover, coverChunks } from '../../../lib/view/chunk-cover.ts';
import { hull, meet } from '../../../lib/view/zone-weights.ts';
import { OverLimit } from '../errors.ts';
import type { Limits } from '../options.ts';
import type { ServedProduct } from '../served-product.ts';
import type { ServedVariable } from '../served-variable.ts';
import type { StepRange } from '../step-axis.ts';
import type { ClassCover } from './class-cover.ts';
import type { KeptWeights } from './kept-weights.ts';
import type { Asked } from './request.ts';
import type { AskedZone } from './zones.ts';

/** A chunk whose pixels are looked at, for the zones that its part of the map concerns. */
export interface PixelChunk {
  readonly y: number;
  readonly x: number;
  /** Places in the list of zones. */
  readonly zones: number[];
}

export interface ReductionPlan {
  readonly product: ServedProduct;
  readonly variables: readonly ServedVariable[];
  readonly range: StepRange;
  readonly zones: readonly AskedZone[];
  readonly asked: Asked;
  /** Tells the classes of land cover apart, where that is asked for. */
  readonly cover?: ClassCover;
  /** Of a stored set: its weights, where they are kept. */
  readonly kept?: KeptWeights;
  /** Blocks of chunks wholly in a zone, by zone. */
  readonly whole: ReadonlyMap<number, readonly Block[]>;
  readonly chunks: readonly PixelChunk[];
}

/** Statistics that whole-chunk sums do not hold. */
const NEEDS_PIXELS = new Set(['min', 'max', 'std', 'quantiles', 'histogram']);
export const DEFAULT_STATISTICS = ['mean', 'total', 'area'] as const;

export const statisticsOf = ({ statistics }: Asked): readonly string[] => statistics ?? DEFAULT_STATISTICS;
export const needsPixels = (asked: Asked): boolean =>
  asked.path === 'pixels' ||
  asked.over !== 'each' ||
  statisticsOf(asked).some((name) => NEEDS_PIXELS.has(name));

/** What must be read for a reduction; nothing is read yet. @throws OverLimit */
export function planReduction(base: Omit<ReductionPlan, 'whole' | 'chunks'>, limits: Limits): ReductionPlan {
  const whole = new Map<number, readonly Block[]>();
  const chunks = new Map<string, PixelChunk>();
  const everyPixel = base.cover !== undefined || needsPixels(base.asked);
  for (const [i, asked] of base.zones.entries()) {
    if (!asked.zone?.window) continue;
    const cover = coverOf(base.product, asked, everyPixel);
    if (cover.whole.length > 0) whole.set(i, cover.whole);
    for (const { y, x } of cover.rim) addChunk(chunks, y, x, i);
  }
  const plan = { ...base, whole, chunks: [...chunks.values()].sort((a, b) => a.y - b.y || a.x - b.x) };
  checkSize(plan, limits);
  return plan;
}

/** How a zone lies on the chunks of a product. @param everyPixel no block counts as a whole */
export function coverOf(
  { product }: ServedProduct,
  { zone, edges, kept }: AskedZone,
  everyPixel: boolean,
): ChunkCover {
  const { shard, levels } = product;
  const window = zone?.window;
  if (!window) return { whole: [], rim: [] };
  if (kept && !everyPixel) return kept;
  const isInside = (row: number, col: number): boolean =>
    zone.weights({ y0: row, y1: row + 1, x0: col, x1: col + 1 })[0] === 1;
  const spansChunk = window.y1 - window.y0 >= shard.height && window.x1 - window.x0 >= shard.width;
  const cover = coverChunks({
    edges: everyPixel || !spansChunk ? undefined : edges,
    window,
    chunk: shard,
    topLevel: levels.length - 1,
    isInside,
  });
  return kept ? { whole: [], rim: cover.rim.filter((block) => holds(kept, block)) } : cover;
}

/** Whether a zone has a pixel in a chunk at all. */
const holds = ({ whole, rim }: ChunkCover, { y, x }: Block): boolean =>
  rim.some((block) => block.y === y && block.x === x) ||
  whole.some((block) => y >> block.level === block.y && x >> block.level === block.x);

export function addChunk(chunks: Map<string, PixelChunk>, y: number, x: number, zone: number): void {
  const key = `${y},${x}`;
  const known = chunks.get(key);
  if (known) known.zones.push(zone);
  else chunks.set(key, { y, x, zones: [zone] });
}

/** A window of time, and the steps of it that are asked for: `[from, to)` of the variable's own. */
export interface StepWindow {
  readonly t: number;
  readonly from: number;
  readonly to: number;
}

export function stepWindows({ range, variables }: Pick<ReductionPlan, 'range' | 'variables'>): StepWindow[] {
  const { depth } = variables[0]!;
  const first = Math.floor(range.t0 / depth);
  return Array.from({ length: Math.ceil(range.t1 / depth) - first }, (_, i) => {
    const t = first + i;
    return { t, from: Math.max(range.t0, t * depth), to: Math.min(range.t1, (t + 1) * depth) };
  });
}

const windows = new WeakMap<PixelChunk, PixelWindow>();

/** The part of a chunk that its zones need. */
export function windowOf({ product, zones }: ReductionPlan, chunk: PixelChunk): PixelWindow {
  const known = windows.get(chunk);
  if (known) return known;
  const region = product.chunkRegion(0, { t: 0, y: chunk.y, x: chunk.x });
  const window = hull(chunk.zones.flatMap((i) => meet(zones[i]!.zone!.window!, region) ?? [])) ?? EMPTY;
  windows.set(chunk, window);
  return window;
}

const EMPTY: PixelWindow = { y0: 0, y1: 0, x0: 0, x1: 0 };

function checkSize(plan: ReductionPlan, limits: Limits): void {
  const numbers = plan.zones.length * (plan.range.t1 - plan.range.t0) * plan.variables.length;
  if (numbers > limits.rows)
    throw new OverLimit('rows', limits.rows, numbers, 'Ask for fewer zones, steps or variables at a time.');
  checkCells(plan, plan.chunks, limits);
}

/** @throws OverLimit when the pixels of these chunks are more than one request may read */
export function checkCells(plan: ReductionPlan, chunks: readonly PixelChunk[], { cells }: Limits): void {
  const perPixel = (plan.range.t1 - plan.range.t0) * plan.variables.length;
  const { product } = plan;
  const asked = perPixel * chunks.reduce((sum, chunk) => sum + pixelsOf(windowOf(plan, chunk)), 0);
  if (asked > cells)
    throw new OverLimit(
      'cells',
      cells,
      asked,
      'Ask for fewer steps or zones at a time, or leave out the statistics that need every pixel.',
      `/products/${product.id}/reductions/runs`,
    );
}

const pixelsOf = ({ y0, y1, x0, x1 }: PixelWindow): number => (y1 - y0) * (x1 - x0);
