import { addEffort, type Effort, NO_EFFORT, timesEffort } from './cost.ts';
import { measured } from './meter.ts';
import { writeMetadata } from './outputs.ts';
import type { Task } from './plan.ts';
import { mergeCounts } from './prepare.ts';
import type { Product } from './product.ts';
import { readRecord } from './record.ts';
import { type Planned, startRun } from './start.ts';
import type { World } from './world.ts';

/** Objects that a run notes its end with: its summary, and what each of its steps took. */
const NOTES = 7;

/** What accepting a product takes: done as it will be. */
export const tryAccepting = (world: World, planned: Planned): Promise<Effort> =>
  measured(world, async () => {
    await startRun(world, planned);
    await writeMetadata(world, planned.product);
  });

/** What merging the counts of all tasks takes, by those of some; of all where nothing has to be counted. */
export async function tryMerging(
  world: World,
  { product, plan }: Planned,
  counted: readonly Task[],
): Promise<Effort> {
  const tasks = counted.length > 0 ? counted : plan.tasks;
  const effort = await measured(world, () => mergeCounts(world, product, () => tasks, plan.counts));
  const { puts, bytesWritten } = effort;
  return { ...timesEffort(effort, plan.tasks.length / tasks.length), puts, bytesWritten };
}

/** What reading back every record takes, of all levels, by those of some columns. */
export async function tryReadingBack(
  world: World,
  { id, levels, windows }: Product,
  tasks: readonly Task[],
): Promise<Effort> {
  const at = tasks.flatMap(({ place }) => windows.map(({ t }) => ({ t, ...place })));
  const read = () => Promise.all(at.map((each) => readRecord(world.store, id, 0, each)));
  const effort = await measured(world, read);
  const places = levels.reduce((n, { shards }) => n + shards.height * shards.width, 0);
  const all = timesEffort(effort, (places * windows.length) / at.length);
  return addEffort(all, { ...NO_EFFORT, puts: NOTES });
}
