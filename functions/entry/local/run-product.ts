import pLimit from 'p-limit';
import type { Budget } from '../../../lib/job/budget.ts';
import { effortOf, moneyOf, NOTING } from '../../../lib/job/cost.ts';
import { finishRun, type RunSummary } from '../../../lib/job/finish.ts';
import { startMeter } from '../../../lib/job/meter.ts';
import { writeMetadata } from '../../../lib/job/outputs.ts';
import { pendingTasks } from '../../../lib/job/pending.ts';
import type { Task } from '../../../lib/job/plan.ts';
import { mergeCounts } from '../../../lib/job/prepare.ts';
import { writeReceipt, writeStep } from '../../../lib/job/receipt.ts';
import { type Planned, startRun } from '../../../lib/job/start.ts';
import type { World } from '../../../lib/job/world.ts';
import type { Pool } from './pool.ts';
import type { Progress } from './progress.ts';
import type { Locations } from './task-worker.ts';
import { tryAgain } from './try-again.ts';

/** A run of an older spec that gives way to this one unrecords the chunk that it was at: that one is done again. */
const ROUNDS = 3;

/**
 * Runs a planned product on worker threads: counts what the model needs first, computes what is not current, and says
 * how it ended. Stopping it at any moment leaves a product that the next run goes on with.
 *
 * @throws StaleInput an input is no longer the one that was planned with
 * @throws Conflict the product was accepted anew with another spec meanwhile
 * @throws StoreFailure the store failed, and went on failing
 * @throws BudgetExceeded the next task might cost more than is left
 */
export async function runProduct(
  world: World,
  planned: Planned,
  pool: Pool,
  at: Locations,
  progress: Progress,
  budget?: Budget,
): Promise<RunSummary> {
  const { product, plan } = planned;
  const stage = <T>(what: string, work: () => Promise<T>) => tryAgain(world, what, work);
  await step('accepting', () => startRun(world, planned));
  budget?.note(moneyOf(planned.planning));
  await step('metadata', () => writeMetadata(world, product));
  await workOff('count', 'counting');
  await step('merging', () => mergeCounts(world, product, () => plan.tasks, plan.counts));
  for (let round = 1; ; round++) {
    await workOff('run', 'computing');
    const summary = await step('finishing', () => finishRun(world, product, plan.run));
    if (summary.chunks.unrecorded === 0 || round === ROUNDS) return summary;
  }

  /** What this thread does itself costs as well. */
  async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
    const meter = startMeter(world);
    const result = await stage(what, work);
    const effort = meter.read();
    budget?.note(moneyOf(effort));
    await stage('receipt', () => writeStep(world, plan.run, what, effort));
    return result;
  }

  async function workOff(kind: 'count' | 'run', name: string): Promise<void> {
    const tasks = await step(name, () => pendingTasks(world, product, plan.tasks, kind));
    if (tasks.length === 0) return;
    progress.begin(name, tasks.length, 'columns');
    try {
      await eachUntilOneFails(pool.threads, tasks, async (task) => {
        await doTask(kind, task);
        progress.done();
      });
    } finally {
      progress.end();
    }
  }

  async function doTask(kind: 'count' | 'run', task: Task): Promise<void> {
    const what = `${kind} ${task.place.y}/${task.place.x}`;
    const share = budget?.reserve();
    const run = () => pool.run({ kind, at, run: plan.run, task }, world.signal);
    const reply = await stage(what, run).finally(() => share?.release());
    const receipt = { ...reply, before: NOTING };
    budget?.spend(moneyOf(effortOf(receipt)));
    await stage('receipt', () => writeReceipt(world, plan.run, kind, task, receipt));
  }
}

/** Does all, some at a time. When one fails, those under way still end, so that nothing goes on behind the error. */
async function eachUntilOneFails<T>(
  atOnce: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const limit = pLimit(atOnce);
  const failures: unknown[] = [];
  const guarded = async (item: T) => {
    if (failures.length === 0) await work(item).catch((error) => failures.push(error));
  };
  await Promise.all(items.map((item) => limit(guarded, item)));
  if (failures.length > 0) throw failures[0];
}
