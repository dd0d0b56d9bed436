import pLimit from 'p-limit';
import { allocate, type Cells, type DType } from '../grid/cells.ts';
import type { ObjectHead, Store } from '../store/store.ts';
import type { CogLevel } from './cog-levels.ts';
import {
  fillSparse,
  type PixelWindow,
  plannedBytes,
  planWindow,
  readBlocks,
  type Target,
  type WindowPlan,
} from './cog-window.ts';

/** Requests of one `read` that are under way at a time; with `MAX_REQUEST` this bounds what waits to be decoded. */
const CONCURRENCY = 8;

/** What one step's window takes: its cells and, where the file has one, its mask. */
export interface StepPlan {
  readonly cells: WindowPlan;
  readonly mask?: WindowPlan;
}

/** @param band from 0 */
export function planStep(object: ObjectHead, level: CogLevel, window: PixelWindow, band: number): StepPlan {
  const cells = planWindow(object, level.image, window, band);
  return level.mask ? { cells, mask: planWindow(object, level.mask, window, 0) } : { cells };
}

/** Bytes that doing a plan moves. */
export const stepBytes = ({ cells, mask }: StepPlan): number =>
  plannedBytes(cells) + (mask ? plannedBytes(mask) : 0);

/** What the windows of all steps have in common. */
export interface WindowForm {
  readonly dtype: DType;
  /** Value of blocks that are not stored. */
  readonly fill: number;
  /** Cells of one step. */
  readonly plane: number;
}

/** Reads the windows of some steps into one array. The first failure stops the other requests. */
export async function readSteps(
  store: Store,
  steps: readonly StepPlan[],
  { dtype, fill, plane }: WindowForm,
  signal?: AbortSignal,
): Promise<{ cells: Cells; valid?: Uint8Array }> {
  const cells = allocate(dtype, plane * steps.length);
  let valid: Uint8Array | undefined;
  const validity = (): Uint8Array => {
    valid ??= new Uint8Array(cells.length).fill(1);
    return valid;
  };
  const limit = pLimit(CONCURRENCY);
  const abort = new AbortController();
  const both = signal ? AbortSignal.any([signal, abort.signal]) : abort.signal;
  const fetchInto = async (plan: WindowPlan, target: Target): Promise<void> => {
    await Promise.all(plan.reads.map((read) => limit(() => readBlocks(store, plan, read, target, both))));
  };
  const readStep = async (step: StepPlan, i: number): Promise<void> => {
    const target = { cells, at: i * plane, valid: validity };
    fillSparse(step.cells, fill, target);
    await Promise.all([
      fetchInto(step.cells, target),
      step.mask && readMask(step.mask, plane, target, fetchInto),
    ]);
  };
  try {
    await Promise.all(steps.map(readStep));
  } catch (error) {
    abort.abort(error);
    throw error;
  }
  return valid ? { cells, valid } : { cells };
}

/** Reads a mask image (0 = no cell; a block that is not stored is 0) and enters it into the window's validity. */
async function readMask(
  plan: WindowPlan,
  plane: number,
  { at, valid }: Target,
  fetchInto: (plan: WindowPlan, target: Target) => Promise<void>,
): Promise<void> {
  const cells = allocate(plan.image.dtype, plane);
  await fetchInto(plan, { cells, at: 0, valid: () => new Uint8Array(plane) });
  const validity = valid();
  for (let i = 0; i < plane; i++) if (cells[i] === 0) validity[at + i] = 0;
}
