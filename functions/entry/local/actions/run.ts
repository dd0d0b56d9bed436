import { addEffort } from '../../../../lib/job/cost.ts';
import { notesOf } from '../../../../lib/job/notes.ts';
import { readAnew, readCost, readWholeCost } from '../../../../lib/job/run-cost.ts';
import { planProduct } from '../../../../lib/job/start.ts';
import type { World } from '../../../../lib/job/world.ts';
import { productKey } from '../../../../lib/store/keys.ts';
import { memoryLimit, threadCount } from '../../../runtime/env.ts';
import { budgetFor } from '../budget-for.ts';
import { EXIT } from '../exit.ts';
import { openJob, stopOnInterrupt } from '../open-job.ts';
import { openPool } from '../pool.ts';
import { barProgress } from '../progress.ts';
import { runProduct } from '../run-product.ts';
import { anewText, summaryText } from '../summary.ts';

export interface Options {
  readonly json?: boolean;
  readonly budget?: string;
}

export async function runSpec(specPath: string, options: Options, store: string): Promise<void> {
  const signal = stopOnInterrupt();
  const started = Date.now();
  const { spec, at, world } = await openJob(specPath, store, signal);
  const pool = openPool(threadCount());
  try {
    if (!(await world.store.head(productKey(spec.product)))) pool.start(); // all is to do: load while the plan is made
    const planned = await planProduct(world, spec, memoryLimit());
    const budget = await budgetFor(world, planned, options.budget);
    for (const note of notesOf(planned.product, planned.plan)) console.error(`Note: ${note}.`);
    const summary = await runProduct(world, planned, pool, at, barProgress(), budget);
    const text = () => didText(world, planned.plan.run, Date.now() - started);
    console.log(options.json ? JSON.stringify(summary, null, 2) : summaryText(summary, await text()));
    if (summary.state === 'incomplete') process.exitCode = EXIT.incomplete;
  } finally {
    await pool.close();
  }
}

/** What the run itself took: a person sees at once whether there was anything to do. */
async function didText(world: World, run: string, millis: number): Promise<string> {
  const { calls: places } = addEffort(await readCost(world, run, 'count'), await readCost(world, run, 'run'));
  if (places === 0) return 'There was nothing to do.';
  const { bytesRead, bytesWritten } = await readWholeCost(world, run);
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const anew = anewText(await readAnew(world, run));
  return `Done anew: ${anew}. Read ${mib(bytesRead)}, wrote ${mib(bytesWritten)} in ${(millis / 1000).toFixed(1)} s (run ${run}).`;
}
