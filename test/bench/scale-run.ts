import { onChunks } from '../../functions/on-chunks.ts';
import { onInput } from '../../functions/on-input.ts';
import { readSummary } from '../../lib/job/advance.ts';
import { readCurrent } from '../../lib/job/current.ts';
import { countingStore } from '../../lib/store/counting.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { eventPlatform, type Message } from '../helpers/event-platform.ts';
import { putEventInputs, putSpec, respirationFields } from '../helpers/event-products.ts';
import { tinyInputs } from '../helpers/tiny-inputs.ts';

/**
 * Sends a product of `side` x `side` places of four pixels through the real handlers on a memory store and prints what
 * planning, doing and finishing took: `node test/bench/scale-run.ts 316` is 99,856 tasks.
 */
export async function runScale(side: number) {
  const inputs = await putEventInputs(memoryStore('inputs'), tinyInputs({ rows: 3, cols: 3, years: [2021] }));
  const pixel = 0.75 / (2 * side); // all of it interpolates from a few cells of climate
  const grid = {
    crs: 'EPSG:4326',
    transform: [pixel, 0, 10, 0, -pixel, 48],
    shape: [2 * side, 2 * side],
    shard: [2, 2],
    chunk: [2, 2],
  };
  await putSpec(inputs, respirationFields({ grid }));
  const store = countingStore(memoryStore('product'));
  const platform = eventPlatform(inputs, { store: store.store });
  const clock = stopwatch();
  await onInput(platform.world, ['specs/spec.yaml']);
  const plan = { ...clock(), ...store.take() };
  const items = platform.waiting.splice(0) as Extract<Message, { item: unknown }>[];
  const last = items.pop()!;
  for (const [i, item] of items.entries()) {
    if (i % 10_000 === 9_999)
      console.error(
        i + 1,
        Math.round(performance.now() / 1000),
        's',
        Math.round(process.memoryUsage().rss / 2 ** 20),
        'MiB',
      );
    const { again } = await onChunks(platform.world, [{ ...item, attempt: 1 }]);
    if (again.length > 0) throw new Error(platform.logged.at(-1));
  }
  const work = { ...clock(), ...store.take() };
  await onChunks(platform.world, [{ ...last, attempt: 1 }]);
  const finish = { ...clock(), ...store.take() };
  const { current } = await readCurrent(platform.world, 'soil');
  return {
    tasks: items.length + 1,
    plan,
    work,
    finish,
    summary: await readSummary(platform.world, current!.run),
  };
}

function stopwatch() {
  let at = performance.now();
  let used = process.cpuUsage();
  return () => {
    const seconds = (performance.now() - at) / 1000;
    at = performance.now();
    const cpuSeconds = process.cpuUsage(used).user / 1e6;
    used = process.cpuUsage();
    return {
      cpuSeconds: Number(cpuSeconds.toFixed(2)),
      seconds: Number(seconds.toFixed(2)),
      rssMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
    };
  };
}

if (process.argv[1] === import.meta.filename) console.log(await runScale(Number(process.argv[2] ?? 100)));
