import type { Cells } from '../grid/cells.ts';
import type { Layer, RawWindow } from '../raster/layer.ts';
import { type PixelWindow, runsOf } from './footprint.ts';

/** One stored step of a layer's window, `[y][x]`. */
export interface StoredStep {
  readonly cells: Cells;
  /** 1 = valid, where the file carries a mask. */
  readonly valid?: Uint8Array;
}

/** Reads the steps of a window, neighbouring ones at once. @returns one entry a step asked for, in that order */
export async function readStoredSteps(
  layer: Layer,
  window: PixelWindow,
  steps: readonly number[],
  signal?: AbortSignal,
): Promise<StoredStep[]> {
  const byStep = new Map<number, StoredStep>();
  for (const [t0, t1] of runsOf(steps)) {
    const raw = await layer.read({ ...window, t0, t1 }, signal ? { signal } : {});
    for (let step = t0; step < t1; step++) byStep.set(step, stepOf(raw, step - t0));
  }
  return steps.map((step) => byStep.get(step)!);
}

function stepOf({ region, cells, valid }: RawWindow, step: number): StoredStep {
  const count = cells.length / (region.t1 - region.t0);
  const part = <T extends Cells>(array: T): T => array.subarray(step * count, (step + 1) * count) as T;
  return { cells: part(cells), ...(valid && { valid: part(valid) }) };
}
