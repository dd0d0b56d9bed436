import { taskWorker } from '../../../functions/entry/local/task-worker.ts';
import type { Task } from '../../../lib/job/plan.ts';
import { silentLog } from '../../../lib/job/world.ts';
import { fileStore } from '../../../lib/store/file.ts';
import { tasksKey } from '../../../lib/store/keys.ts';

/** Does the tasks of a planned run as a worker does, and says the most memory that this process ever held, bytes. */
const [store, inputs, run, kind] = process.argv.slice(2) as [string, string, string, 'count' | 'run'];
const world = { store: fileStore(store), inputs: fileStore(inputs), now: Date.now, log: silentLog };
const work = taskWorker(() => world);
const tasks = (await world.store.get(tasksKey(run)))!;
const states: string[] = [];
for (const task of JSON.parse(new TextDecoder().decode(tasks.bytes)) as Task[]) {
  const { outcomes } = await work({ kind, at: { store, inputs }, run, task });
  states.push(...outcomes.map(({ state }) => state));
}
console.log(JSON.stringify({ peak: process.resourceUsage().maxRSS * 1024, states }));
