import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { type PixelWindow, warpWindow } from '../../lib/grid/warp.ts';
import { type ChunkRecord, isDone } from '../../lib/job/record.ts';
import type { World } from '../../lib/job/world.ts';
import type { TargetPlan } from '../../lib/view/target-window.ts';
import { STATE_CODES } from '../../lib/view/tile-image.ts';
import type { Chosen } from './choose.ts';
import { staleTest } from './stale.ts';

/** Places of native chunks that one picture looks up at most; further out it goes by coarser chunks. */
const MOST_CHUNKS = 400;

export interface StateMask {
  /** One of `STATE_CODES`, or 0, a pixel of the target. */
  readonly states: Uint8Array;
  /** What it follows from. */
  readonly facts: unknown;
}

/** Which pixels of a picture show chunks that are not there, and why. */
export async function stateMask(
  world: World,
  { product, variable, step }: Chosen,
  target: GeoGrid,
  place: TargetPlan,
): Promise<StateMask> {
  const { t } = product.windowOf(variable, step);
  const { levels, shard } = product.product;
  const level = levels.findIndex(
    ({ shards, level: l }) => l >= place.level || shards.height * shards.width <= MOST_CHUNKS,
  );
  const { grid, shards } = levels[level]!;
  const lookup = new Uint8Array(shards.height * shards.width);
  const at = Array.from(lookup, (_, i) => ({ t, y: Math.floor(i / shards.width), x: i % shards.width }));
  const records = await Promise.all(at.map((place) => product.record(world, level, place)));
  const isStale = level === 0 ? await staleTest(world, product, t) : undefined;
  const codes = await Promise.all(records.map((record) => codeOf(record, isStale)));
  lookup.set(codes);
  const states = new Uint8Array(target.width * target.height);
  if (lookup.some((code) => code > 0)) {
    eachPlace(target, place.shown, grid, (i, col, row) => {
      const inside = col >= 0 && row >= 0 && col < grid.width && row < grid.height;
      if (inside)
        states[i] = lookup[Math.floor(row / shard.height) * shards.width + Math.floor(col / shard.width)]!;
    });
  }
  return { states, facts: [level, ...lookup] };
}

/** Only native chunks are told to be out of date: what coarser ones should be made from is in no plan. */
async function codeOf(
  record: ChunkRecord | undefined,
  isStale: ((record: ChunkRecord) => Promise<boolean>) | undefined,
): Promise<number> {
  if (!record) return STATE_CODES.unrecorded;
  if (!isDone(record) || record.lacking)
    return STATE_CODES[record.state === 'failed' ? 'failed' : 'missing-input'];
  return isStale && (await isStale(record)) ? STATE_CODES.stale : 0;
}

function eachPlace(
  target: GeoGrid,
  shown: PixelWindow,
  grid: GeoGrid,
  visit: (i: number, col: number, row: number) => void,
): void {
  const warp = warpWindow(target, shown, grid);
  const width = shown.x1 - shown.x0;
  const [cols, rows] = [new Float64Array(width), new Float64Array(width)];
  for (let y = shown.y0; y < shown.y1; y++) {
    warp.row(y, cols, rows);
    for (let x = 0; x < width; x++) visit(y * target.width + shown.x0 + x, cols[x]!, rows[x]!);
  }
}
