import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDev } from '../../functions/entry/local/actions/dev.ts';
import { takeItems } from '../../functions/messages.ts';
import { onInput } from '../../functions/on-input.ts';
import { readCurrent } from '../../lib/job/current.ts';
import { openRun, worldFor } from '../../lib/job/opened-run.ts';
import { runTask } from '../../lib/job/run-task.ts';
import { countingStore } from '../../lib/store/counting.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { s3Store } from '../../lib/store/s3.ts';
import type { Store } from '../../lib/store/store.ts';
import { eventPlatform, type Message } from '../helpers/event-platform.ts';
import { putEventInputs, putSpec, respirationFields } from '../helpers/event-products.ts';
import { warm } from '../helpers/event-uploads.ts';
import { tinyInputs } from '../helpers/tiny-inputs.ts';
import { median } from './median.ts';

const SIDE = 16;
const ROUNDS = 7;
const LARGER = 64;

/** What events cost beyond the work that they are for. */
export async function benchEvents() {
  const overhead = await handlerOverhead();
  return { overhead, requests: await requestsOfChunk(), dev: await throughputOfDev() };
}

/** `SIDE` x `SIDE` places of some pixels, the same climate for all. */
async function inputsOf(cells: number): Promise<Store> {
  const inputs = await putEventInputs(memoryStore('inputs'), tinyInputs({ rows: 3, cols: 3, years: [2021] }));
  await putSpec(inputs, fieldsOf(SIDE, cells));
  return inputs;
}

function fieldsOf(side: number, cells: number) {
  const pixel = 0.75 / (side * cells);
  const grid = {
    crs: 'EPSG:4326',
    transform: [pixel, 0, 10, 0, -pixel, 48],
    shape: [side * cells, side * cells],
    shard: [cells, cells],
    chunk: [cells, cells],
  };
  return respirationFields({ grid });
}

type Place = Extract<Message, { item: unknown }>;

async function planned(cells: number) {
  const counting = countingStore(memoryStore('product'));
  const platform = eventPlatform(await inputsOf(cells), { store: counting.store });
  await onInput(platform.world, ['specs/spec.yaml']);
  return { platform, counting, items: platform.waiting.splice(0) as Place[] };
}

/** Processor time of all places by `takeItems`, beside that of `runTask` alone; taken in turns. */
async function handlerOverhead() {
  const alone: number[] = [];
  const handled: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await cpuMsOfEach(tasksAlone));
    handled.push(await cpuMsOfEach(tasksHandled));
  }
  const [task, item] = [median(alone), median(handled)];
  return {
    places: SIDE * SIDE,
    pixels: LARGER * LARGER,
    taskCpuMs: task,
    itemCpuMs: item,
    ratio: item / task,
  };
}

async function cpuMsOfEach(work: () => Promise<() => Promise<void>>): Promise<number> {
  const go = await work();
  const before = process.cpuUsage();
  await go();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / (SIDE * SIDE);
}

async function tasksAlone() {
  const { platform, items } = await planned(LARGER);
  const { current } = await readCurrent(platform.world, 'soil');
  const opened = await openRun(platform.world, current!.run);
  const own = worldFor(platform.world, opened);
  return async () => {
    for (const { item } of items)
      await runTask(own, opened.plan, opened.product, await opened.task(item as { y: number; x: number }));
  };
}

async function tasksHandled() {
  const { platform, items } = await planned(LARGER);
  const messages = items.map(({ id, item }) => ({ id, body: JSON.stringify(item), attempt: 1 }));
  return async () => {
    for (const message of messages) await takeItems(platform.world, [message]);
  };
}

/**
 * Requests of the product's store a place, beside the least that there can be: a shard, its record and its receipt, and a
 * third of a chunk above with its shard, valid area and record; of looks, one at the own record, one at a sibling, and
 * for each chunk above the other three records, its own and its four shards.
 */
async function requestsOfChunk() {
  const { platform, counting, items } = await planned(2);
  counting.take();
  for (const { id, item } of items.slice(0, -1))
    await takeItems(platform.world, [{ id, body: JSON.stringify(item), attempt: 1 }]);
  const { get, head, put, list } = counting.take();
  const of = (n: number) => Number((n / (items.length - 1)).toFixed(2));
  const third = 1 / 3;
  return {
    measured: { get: of(get + head), put: of(put), list: of(list) },
    least: { get: 2 + third * (3 + 1 + 4), put: 3 + third * 3, list: 0 },
  };
}

/** `chunkflux dev`, from the first byte of an upload to a product and a tile that show it. */
async function throughputOfDev() {
  const folder = await mkdtemp(join(tmpdir(), 'chunkflux-bench-'));
  const dev = await startDev(join(folder, 'out'), 0, 0);
  try {
    const bucket = s3Store({ bucket: 'inputs', endpoint: dev.s3, region: 'us-east-1' });
    const source = await inputsOf(LARGER);
    const first = await seconds(async () => {
      for await (const { key } of source.list('')) await bucket.put(key, (await source.get(key))!.bytes);
      await dev.cloud.idle();
    });
    const again: number[] = [];
    for (let round = 1; round <= 3; round++) {
      again.push(
        await seconds(async () => {
          await warm(bucket, round);
          await dev.cloud.idle();
          await show(dev.api);
        }),
      );
    }
    const places = SIDE * SIDE;
    return {
      places,
      firstSeconds: first,
      againSeconds: median(again),
      placesASecond: places / median(again),
    };
  } finally {
    await dev.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function show(api: string): Promise<void> {
  for (const path of ['tiles/WebMercatorQuad/6/33/22.png', 'reductions?bbox=10,47.3,10.7,48']) {
    const answer = await fetch(`${api}/products/soil/${path}`);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
    await answer.arrayBuffer();
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
