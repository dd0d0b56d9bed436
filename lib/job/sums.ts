import type { Cells } from '../grid/cells.ts';
import { Sum } from '../grid/sum.ts';
import { sumsDesk } from '../science/kernels/desk.ts';
import type { StepSums } from '../science/kernels/sums.ts';
import type { Sums } from './record.ts';

/**
 * Valid cells, their area and the area-weighted total of each step, by compensated sums, so that the total of a
 * country hardly depends on the shape of the chunks.
 *
 * @param cells `[step][y][x]`, NaN = nodata
 * @param areas true area of each cell, `[y][x]`, m2
 */
export function sumChunk(cells: Cells, steps: number, areas: Float64Array): Sums {
  const byKernel = cells instanceof Float32Array ? sumsDesk()?.sum(cells, steps, areas) : undefined;
  const perStep = byKernel ?? sumByLoop(cells, steps, areas);
  const any = perStep.some(({ valid }) => valid > 0);
  return {
    valid: perStep.map(({ valid }) => valid),
    area: perStep.map(({ area }) => area),
    total: perStep.map(({ total }) => total),
    min: any ? perStep.reduce((low, { min }) => Math.min(low, min), Number.POSITIVE_INFINITY) : null,
    max: any ? perStep.reduce((high, { max }) => Math.max(high, max), Number.NEGATIVE_INFINITY) : null,
  };
}

/** The same without the kernel. */
export function sumByLoop(cells: Cells, steps: number, areas: ArrayLike<number>): StepSums[] {
  const perStep: StepSums[] = [];
  for (let step = 0; step < steps; step++)
    perStep.push(sumStep(cells, step, cells.length / steps, areas, perStep[step - 1]));
  return perStep;
}

/**
 * Neumaier's sums (see `Sum`), their parts in local variables: this runs over every cell that is written.
 *
 * @param before sums of the step before: where it misses the same cells, it has the same area
 */
function sumStep(
  cells: Cells,
  step: number,
  count: number,
  areas: ArrayLike<number>,
  before: StepSums | undefined,
): StepSums {
  const first = step * count;
  const toOther = before ? count : 0;
  let sameCells = before !== undefined;
  let [total, lost, valid] = [0, 0, 0];
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let k = first; k < first + count; k++) {
    const value = cells[k]!;
    const missing = Number.isNaN(value);
    if (missing !== Number.isNaN(cells[k - toOther]!)) sameCells = false;
    if (missing) continue;
    valid++;
    const term = value * areas[k - first]!;
    const next = total + term;
    lost += Math.abs(total) >= Math.abs(term) ? total - next + term : term - next + total;
    total = next;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const area = sameCells ? before!.area : sumAreas(cells, first, count, areas);
  return { valid, area, total: total + lost, min, max };
}

function sumAreas(cells: Cells, first: number, count: number, areas: ArrayLike<number>): number {
  const sum = new Sum();
  for (let i = 0; i < count; i++) if (!Number.isNaN(cells[first + i]!)) sum.add(areas[i]!);
  return sum.value;
}
