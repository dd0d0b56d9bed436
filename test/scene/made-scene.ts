import { runSceneJob, type SceneOptions, sceneJobs } from '../../lib/scene/scene.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';

export const TINY: SceneOptions = { name: 'prd', window: 'tiny', years: [2021, 2022], seed: 1 };

/** A scene in memory, made in this thread; `turn` puts the jobs into another order. */
export async function madeScene(options: SceneOptions = TINY, turn = false): Promise<Store> {
  const store = memoryStore('scene');
  const jobs = sceneJobs(options);
  for (const job of turn ? jobs.reverse() : jobs) await runSceneJob(store, JSON.parse(JSON.stringify(job)));
  return store;
}

/** Every key with the etag of its bytes. */
export async function contents(store: Store): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { key, etag } of store.list('')) found.set(key, etag);
  return found;
}
