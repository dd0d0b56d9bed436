import { planTasks } from '../../lib/job/plan.ts';
import { readPlanInput } from '../../lib/job/start.ts';
import { silentLog } from '../../lib/job/world.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { WORLDS, worldInputs, worldSpec } from './world-inputs.ts';

/** Plans products of the whole world with the real planner: what docs/scale.md says was printed by this. */
for (const world of WORLDS) {
  const inputs = await worldInputs(world);
  const started = performance.now();
  const at = { store: memoryStore(), inputs, now: Date.now, log: silentLog };
  const input = await readPlanInput(at, worldSpec(world), 8 * 2 ** 30);
  const opened = performance.now();
  const seen = { tasks: 0, windows: 0, bytes: 0, memory: 0 };
  for (const { windows, memory } of planTasks(input)) {
    seen.tasks++;
    seen.windows += windows.length;
    seen.memory = Math.max(seen.memory, memory);
    for (const { bytes } of windows) seen.bytes += bytes;
  }
  const { levels, windows } = input.product;
  const coarse =
    levels.slice(1).reduce((n, { shards }) => n + shards.height * shards.width, 0) * windows.length;
  console.log(world.name);
  console.log({
    ...seen,
    coarse,
    levels: levels.length,
    openSeconds: (opened - started) / 1000,
    planSeconds: (performance.now() - opened) / 1000,
    rssMiB: process.memoryUsage().rss / 2 ** 20,
  });
}
