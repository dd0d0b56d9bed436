import { type ReductionPlan, windowOf } from '../reduction/plan.ts';
import type { Part } from './asked.ts';

/** Cells that one part may read: seconds of work, so that progress is seen and a worker never runs out of time. */
const PART_CELLS = 400e6;
/** Zones times steps of one part: what it writes stays a few megabytes. */
const PART_ROWS = 20_000;

/**
 * Cuts a reduction into parts that each read about as much: zones that lie near each other together, and where one zone
 * alone is too much, its steps apart. A sum over steps cannot be cut in time.
 */
export function splitReduction(
  plan: ReductionPlan,
  { partCells = PART_CELLS, partRows = PART_ROWS } = {},
): Part[] {
  const { range, variables, asked } = plan;
  const steps = range.t1 - range.t0;
  const cells = cellsOfZones(plan).map((pixels) => pixels * variables.length);
  const parts: Part[] = [];
  let zones: number[] = [];
  let sum = 0;
  const close = (): void => {
    if (zones.length > 0) parts.push({ zones, range });
    zones = [];
    sum = 0;
  };
  for (const i of byPlace(plan)) {
    const perStep = Math.max(1, cells[i]!);
    const atOnce = Math.max(1, Math.min(Math.floor(partCells / perStep), partRows));
    if (asked.over === 'each' && atOnce < steps) {
      for (let t0 = range.t0; t0 < range.t1; t0 += atOnce)
        parts.push({ zones: [i], range: { t0, t1: Math.min(t0 + atOnce, range.t1) } });
      continue;
    }
    if (sum + perStep * steps > partCells || (zones.length + 1) * steps > partRows) close();
    zones.push(i);
    sum += perStep * steps;
  }
  close();
  return parts;
}

/** Pixels that each zone needs of the chunks on its outline. */
function cellsOfZones(plan: ReductionPlan): number[] {
  const pixels = plan.zones.map(() => 0);
  for (const chunk of plan.chunks) {
    for (const i of chunk.zones) {
      const { y0, y1, x0, x1 } = windowOf(plan, { ...chunk, zones: [i] });
      pixels[i]! += (y1 - y0) * (x1 - x0);
    }
  }
  return pixels;
}

/** Zones by the chunk that they begin in, row by row: those of one part share what they read. */
function byPlace({ zones, product }: ReductionPlan): number[] {
  const { height, width } = product.product.shard;
  const places = zones.map(({ zone }, i) => ({
    i,
    y: Math.floor((zone?.window?.y0 ?? 0) / height),
    x: Math.floor((zone?.window?.x0 ?? 0) / width),
  }));
  return places.sort((a, b) => a.y - b.y || a.x - b.x || a.i - b.i).map(({ i }) => i);
}
