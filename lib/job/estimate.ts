import { addEffort, type Effort, effortOf, NO_EFFORT, type Receipt, timesEffort } from './cost.ts';
import type { Task } from './plan.ts';
import { countTask, mergeCounts } from './prepare.ts';
import { type Product, regionOf } from './product.ts';
import { readRecord } from './record.ts';
import { runTask } from './run-task.ts';
import { acceptProduct, type Planned } from './start.ts';
import type { World } from './world.ts';

/** What a run would take, by stages, before it is started. */
export interface Estimate {
  readonly counted: number;
  readonly computed: number;
  readonly counting: Effort;
  readonly computing: Effort;
  /** Places that were done to know. */
  readonly sampled: number;
}

/** Somewhere to try: the product as it is, in a store that keeps what is written to itself; and what was asked of it and of the inputs. */
export interface Scratch {
  readonly world: World;
  take(): NonNullable<Receipt['effort']>;
}

/** Squares of four siblings that are tried: each shows four chunks and the one that is built above them. */
const SQUARES = 3;

/**
 * What the pending tasks of a plan would take. Does a few of them into a scratch store and scales: requests by tasks,
 * bytes and seconds by cells. Places are taken across the map, so that sea and land are both seen.
 */
export async function estimateRun(
  scratch: Scratch,
  { product, plan }: Planned,
  counting: readonly Task[],
  computing: readonly Task[],
): Promise<Estimate> {
  const counted = sampleOf(product, counting).flat();
  const all = counting.length > 0 ? counted : sampleOf(product, computing).flat();
  const tried = await trySample(scratch, { product, plan }, counted, all);
  const cellsOf = (tasks: readonly Task[]) => tasks.reduce((n, { place }) => n + cells(product, place), 0);
  const scale = (effort: Effort, from: readonly Task[], to: readonly Task[]): Effort =>
    from.length === 0 ? NO_EFFORT : scaled(effort, to.length / from.length, cellsOf(to) / cellsOf(from));
  const first = scale(tried.computing, all, computing);
  return {
    counted: counting.length,
    computed: computing.length,
    counting: scale(tried.counting, counted, counting),
    computing: tried.climbed ? first : addEffort(first, higherLevels(product, tried.building, computing)),
    sampled: all.length,
  };
}

/** Those of some squares of siblings that have something to do, evenly across what has. */
function sampleOf({ levels }: Product, pending: readonly Task[]): Task[][] {
  const cols = Math.ceil(levels[0]!.shards.width / 2);
  const squares = new Map<number, Task[]>();
  for (const task of pending) {
    const at = (task.place.y >> 1) * cols + (task.place.x >> 1);
    const square = squares.get(at);
    if (square) square.push(task);
    else squares.set(at, [task]);
  }
  const found = [...squares.values()];
  const n = Math.min(SQUARES, found.length);
  return Array.from({ length: n }, (_, i) => found[Math.floor(((i + 0.5) / n) * found.length)]!);
}

async function trySample(
  scratch: Scratch,
  { product, plan }: Planned,
  counted: readonly Task[],
  tasks: readonly Task[],
) {
  const { world } = scratch;
  await acceptProduct(world, product);
  scratch.take();
  let counting = NO_EFFORT;
  if (counted.length > 0) {
    for (const task of counted) {
      const started = world.now();
      await countTask(world, plan, product, task);
      counting = addEffort(counting, spent(scratch, world.now() - started));
    }
    await mergeCounts(world, product, () => counted, plan.counts);
    scratch.take();
  }
  const efforts: Effort[] = [];
  for (const task of tasks) {
    const started = world.now();
    const outcomes = await runTask(world, plan, product, task);
    efforts.push(effortOf({ outcomes, millis: world.now() - started, effort: scratch.take() }));
  }
  const computing = efforts.reduce(addEffort, NO_EFFORT);
  const climbed = await hasClimbed(scratch, product, tasks);
  return { counting, computing, building: buildingOf(efforts, tasks), climbed };
}

/** Whether the sample was climbed from beyond the first level: where the product is there already, siblings are. */
async function hasClimbed({ world }: Scratch, product: Product, tasks: readonly Task[]): Promise<boolean> {
  const last = tasks.at(-1);
  if (!last || product.levels.length < 3) return true;
  const at = { t: last.windows.at(-1)!.t, y: last.place.y >> 2, x: last.place.x >> 2 };
  return (await readRecord(world.store, product.id, 2, at)) !== undefined;
}

const spent = (scratch: Scratch, millis: number): Effort => effortOf({ millis, effort: scratch.take() });

/** What building one chunk above four took: the last of a square does it besides its own. */
function buildingOf(efforts: readonly Effort[], tasks: readonly Task[]): Effort {
  const isLast = (i: number) => {
    const [own, next] = [tasks[i]!.place, tasks[i + 1]?.place];
    return !next || own.y >> 1 !== next.y >> 1 || own.x >> 1 !== next.x >> 1;
  };
  const lasts = efforts.filter((_, i) => isLast(i));
  const others = efforts.filter((_, i) => !isLast(i));
  if (others.length === 0) return NO_EFFORT;
  const mean = (of: readonly Effort[]) => timesEffort(of.reduce(addEffort, NO_EFFORT), 1 / of.length);
  const difference = addEffort(mean(lasts), timesEffort(mean(others), -1));
  return Object.fromEntries(
    Object.entries(difference).map(([key, value]) => [key, Math.max(0, value)]),
  ) as unknown as Effort;
}

/** The first level above is in the sample; those above it are not. */
function higherLevels({ levels }: Product, building: Effort, computing: readonly Task[]): Effort {
  const all = levels[0]!.shards.height * levels[0]!.shards.width;
  const chunks = levels.slice(2).reduce((n, { shards }) => n + shards.height * shards.width, 0);
  return timesEffort(building, (chunks * computing.length) / all);
}

function cells(product: Product, place: { readonly y: number; readonly x: number }): number {
  const { y0, y1, x0, x1 } = regionOf(product, { ...place, t: 0 });
  return (y1 - y0) * (x1 - x0);
}

const scaled = (effort: Effort, byTasks: number, byCells: number): Effort => ({
  gets: effort.gets * byTasks,
  puts: effort.puts * byTasks,
  lists: effort.lists * byTasks,
  calls: effort.calls * byTasks,
  bytesRead: effort.bytesRead * byCells,
  bytesWritten: effort.bytesWritten * byCells,
  seconds: effort.seconds * byCells,
});
