import { addEffort, type Effort, NO_EFFORT, NOTING, timesEffort } from './cost.ts';
import { tryAccepting, tryMerging, tryReadingBack } from './estimate-steps.ts';
import { measured } from './meter.ts';
import type { Task } from './plan.ts';
import { countTask } from './prepare.ts';
import { type Product, regionOf } from './product.ts';
import { readRecord } from './record.ts';
import { runTask } from './run-task.ts';
import type { Planned } from './start.ts';
import type { World } from './world.ts';

/** All of it. */
export const wholeOf = ({ planning, counting, computing, finishing }: Estimate): Effort =>
  [planning, counting, computing, finishing].reduce(addEffort);

/** What a run would take, by stages, before it is started. */
export interface Estimate {
  readonly counted: number;
  readonly computed: number;
  /** Planning, as it was done just now, and looking what there is to do. */
  readonly planning: Effort;
  readonly counting: Effort;
  readonly computing: Effort;
  /** Accepting the product, merging its counts, reading its records back. */
  readonly finishing: Effort;
  /** Places that were done to know. */
  readonly sampled: number;
}

/** Squares of four siblings that are tried: each shows four chunks and the one that is built above them. */
const SQUARES = 3;

/**
 * What the pending tasks of a plan would take. Does a few of them into a scratch store and scales: requests by tasks,
 * bytes and seconds by cells. Places are taken across the map, so that sea and land are both seen.
 *
 * @param world somewhere to try: the product as it is, in a store that keeps what is written to itself and counts
 * @param looking what it took to find the pending tasks
 */
export async function estimateRun(
  world: World,
  planned: Planned,
  counting: readonly Task[],
  computing: readonly Task[],
  looking: Effort,
): Promise<Estimate> {
  const { product } = planned;
  const counted = sampleOf(product, counting).flat();
  const all = counting.length > 0 ? counted : sampleOf(product, computing).flat();
  const tried = await trySample(world, planned, counted, all);
  const cellsOf = (tasks: readonly Task[]) => tasks.reduce((n, { place }) => n + cells(product, place), 0);
  const scale = (effort: Effort, from: readonly Task[], to: readonly Task[]): Effort =>
    from.length === 0 ? NO_EFFORT : scaled(effort, to.length / from.length, cellsOf(to) / cellsOf(from));
  const first = scale(tried.computing, all, computing);
  return {
    counted: counting.length,
    computed: computing.length,
    planning: addEffort(planned.planning, looking),
    counting: scale(tried.counting, counted, counting),
    computing: tried.climbed ? first : addEffort(first, higherLevels(product, tried.building, computing)),
    finishing: tried.finishing,
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

async function trySample(world: World, planned: Planned, counted: readonly Task[], tasks: readonly Task[]) {
  const { product, plan } = planned;
  const accepting = await tryAccepting(world, planned);
  let counting = NO_EFFORT;
  for (const task of counted)
    counting = addEffort(counting, await placed(world, () => countTask(world, plan, product, task)));
  const merging = await tryMerging(world, planned, counted);
  const efforts: Effort[] = [];
  for (const task of tasks) efforts.push(await placed(world, () => runTask(world, plan, product, task)));
  const computing = efforts.reduce(addEffort, NO_EFFORT);
  const reading = await tryReadingBack(world, product, tasks.length > 0 ? tasks : plan.tasks.slice(0, 1));
  const finishing = [accepting, merging, reading].reduce(addEffort);
  const climbed = await hasClimbed(world, product, tasks);
  return { counting, computing, finishing, building: buildingOf(efforts, tasks), climbed };
}

/** Whether the sample was climbed from beyond the first level: where the product is there already, siblings are. */
async function hasClimbed(world: World, product: Product, tasks: readonly Task[]): Promise<boolean> {
  const last = tasks.at(-1);
  if (!last || product.levels.length < 3) return true;
  const at = { t: last.windows.at(-1)!.t, y: last.place.y >> 2, x: last.place.x >> 2 };
  return (await readRecord(world.store, product.id, 2, at)) !== undefined;
}

/** What a place takes: a worker is called for it, and notes it. */
const placed = async (world: World, work: () => Promise<unknown>): Promise<Effort> =>
  addEffort(await measured(world, work), { ...NOTING, calls: 1 });

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
