import { type SceneOptions, type SceneReceipt, sceneJobs } from '../../../lib/scene/scene.ts';
import type { Pool } from './pool.ts';
import type { Progress } from './progress.ts';

/** Makes a scene on worker threads; the bytes do not depend on how many. */
export async function makeScene(
  options: SceneOptions,
  at: string,
  pool: Pool,
  progress: Progress,
  signal?: AbortSignal,
): Promise<SceneReceipt> {
  const jobs = sceneJobs(options);
  progress.begin('making', jobs.length, 'parts');
  try {
    const receipts = await Promise.all(
      jobs.map(async (job) => {
        const { receipt } = await pool.run({ kind: 'scene', at: { store: at, inputs: at }, job }, signal);
        progress.done();
        return receipt!;
      }),
    );
    return receipts.reduce((a, b) => ({ objects: a.objects + b.objects, bytes: a.bytes + b.bytes }));
  } finally {
    progress.end();
  }
}
