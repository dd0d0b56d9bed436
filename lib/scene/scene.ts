import type { Store } from '../store/store.ts';
import {
  type Composite,
  climateFiles,
  compositeFiles,
  landCoverFile,
  textFiles,
  worldCoverFile,
} from './scene-files.ts';
import type { SceneObject } from './scene-object.ts';
import { assertSceneOptions, SCENE_DEFAULTS, type SceneOptions } from './scene-options.ts';

export { SCENE_DEFAULTS, type SceneOptions } from './scene-options.ts';

/** A part of the scene that needs nothing of any other part; plain JSON. */
export type SceneJob =
  | { readonly kind: 'composites'; readonly options: SceneOptions; readonly composites: readonly Composite[] }
  | { readonly kind: 'landCover' | 'worldCover' | 'climate' | 'texts'; readonly options: SceneOptions };

/** Composites of a job: enough to pay for drawing the land first, few enough to keep both ends of a pool busy. */
const COMPOSITES_A_JOB = 12;

/**
 * The jobs that make a scene, in any order, by any number of workers, the longest first.
 * @throws BadRequest that names the option
 */
export function sceneJobs(options: SceneOptions): SceneJob[] {
  assertSceneOptions(options);
  const days = Array.from({ length: 23 }, (_, k) => 16 * k + 1);
  const all = options.years.flatMap((year) => days.map((dayOfYear) => ({ year, dayOfYear })));
  const jobs: SceneJob[] = [{ kind: 'landCover', options }];
  for (let k = 0; k < all.length; k += COMPOSITES_A_JOB) {
    jobs.push({ kind: 'composites', options, composites: all.slice(k, k + COMPOSITES_A_JOB) });
  }
  if (options.window === 'small') jobs.push({ kind: 'worldCover', options });
  return [...jobs, { kind: 'climate', options }, { kind: 'texts', options }];
}

/** What a job wrote. */
export interface SceneReceipt {
  readonly objects: number;
  readonly bytes: number;
}

/** Does one job. The bytes depend on the job alone. */
export async function runSceneJob(store: Store, job: SceneJob, signal?: AbortSignal): Promise<SceneReceipt> {
  let objects = 0;
  let bytes = 0;
  for (const object of objectsOf(job)) {
    signal?.throwIfAborted();
    await store.put(object.key, object.bytes, signal ? { signal } : {});
    objects += 1;
    bytes += object.bytes.byteLength;
  }
  return { objects, bytes };
}

/** Makes the whole scene in this thread. */
export async function makeScene(
  { store }: { readonly store: Store },
  options: SceneOptions = SCENE_DEFAULTS,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<SceneReceipt> {
  const jobs = sceneJobs(options);
  const total = { objects: 0, bytes: 0 };
  for (const [k, job] of jobs.entries()) {
    const { objects, bytes } = await runSceneJob(store, job);
    total.objects += objects;
    total.bytes += bytes;
    onProgress(k + 1, jobs.length);
  }
  return total;
}

function objectsOf(job: SceneJob): Iterable<SceneObject> {
  switch (job.kind) {
    case 'composites':
      return compositeFiles(job.options, job.composites);
    case 'landCover':
      return [landCoverFile(job.options)];
    case 'worldCover':
      return [worldCoverFile(job.options)];
    case 'climate':
      return climateFiles(job.options);
    case 'texts':
      return textFiles(job.options);
  }
}
