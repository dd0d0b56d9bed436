import { NotFound } from '../errors.ts';
import { taskPartKey } from '../store/keys.ts';
import type { Task } from './plan.ts';
import type { Product } from './product.ts';
import { encodeJson, parseJson } from './record.ts';
import type { World } from './world.ts';

/** Windows in one object of tasks: some 150 KiB. A worker reads one part for the places of a batch. */
const WINDOWS_A_PART = 1024;

const tasksAPart = ({ windows }: Product): number => Math.max(1, Math.floor(WINDOWS_A_PART / windows.length));

/** Stores tasks, in the order of places, in parts. Holds one part at a time. */
export async function writeTasks(
  { store }: World,
  run: string,
  product: Product,
  tasks: Iterable<Task>,
): Promise<void> {
  const size = tasksAPart(product);
  let part: Task[] = [];
  let n = 0;
  const flush = () => store.put(taskPartKey(run, n++), encodeJson(part));
  for (const task of tasks) {
    part.push(task);
    if (part.length < size) continue;
    await flush();
    part = [];
  }
  if (part.length > 0) await flush();
}

/** Where the task of a place lies: in which part, and where in it. @throws NotFound when there is no such place */
export function taskIn(product: Product, { y, x }: { y: number; x: number }): { n: number; index: number } {
  const { height, width } = product.levels[0]!.shards;
  if (y >= height || x >= width) {
    throw new NotFound(`${product.id} has ${height}x${width} places; there is no ${y}/${x}`);
  }
  const at = y * width + x;
  const size = tasksAPart(product);
  return { n: Math.floor(at / size), index: at % size };
}

export async function readPart({ store }: World, run: string, n: number): Promise<readonly Task[]> {
  const key = taskPartKey(run, n);
  const object = await store.get(key);
  if (!object) throw new NotFound(`${key} is not in ${store.name}`);
  return parseJson(key, object.bytes) as Task[];
}

/** All tasks of a run, part by part. */
export async function* readTasks(world: World, run: string, product: Product): AsyncGenerator<Task> {
  const { height, width } = product.levels[0]!.shards;
  const parts = Math.ceil((height * width) / tasksAPart(product));
  for (let n = 0; n < parts; n++) yield* await readPart(world, run, n);
}
