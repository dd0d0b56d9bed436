import { type Effort, NO_EFFORT, timesEffort } from './cost.ts';
import type { OpenedRun } from './opened-run.ts';
import { countMetadata } from './outputs.ts';
import type { EventWorld } from './queue.ts';

/** Finishing asks for many at a time, a row of small things one after the other: more than one of S3's answers takes of a worker. */
const SECONDS_A_REQUEST = 0.02;
/** A record is read once, and once more where someone changes it under the run's end. */
const LOOKS = 2;
/** The summary and what the end itself took; the end of sending, and who was given up. */
const FEW = 4;

/**
 * More than what comes after a run's places takes, by its plan alone: merging its counts, accepting it once more, closing
 * rows, reading records back. Chunks that are left to the end of the run to be built are not in it.
 */
export function finishBound({ product }: Pick<OpenedRun, 'product'>): Effort {
  const { levels, windows, model } = product;
  const { height, width } = levels[0]!.shards;
  const chunks = levels.reduce((n, { shards }) => n + shards.height * shards.width, 0) * windows.length;
  const counts = model.prepare ? (height * width + FEW) * windows.length : 0;
  const metadata = countMetadata(product);
  const stages = model.prepare ? 2 : 1;
  const gets = LOOKS * chunks + counts + metadata + stages * height + FEW;
  const puts = (model.prepare ? windows.length : 0) + metadata + stages * height + FEW;
  return { ...NO_EFFORT, gets, puts, lists: FEW, seconds: SECONDS_A_REQUEST * (gets + puts + FEW) };
}

/**
 * More than tries took that nobody heard of: each all the time that a worker has, and the requests of the one that we know.
 */
export function deadTries({ longest = 0 }: EventWorld, tries: number, known: Effort): Effort {
  return timesEffort({ ...known, seconds: Math.max(longest / 1000, known.seconds), calls: 1 }, tries);
}
