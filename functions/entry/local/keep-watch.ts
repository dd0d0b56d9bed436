import { dirname, resolve } from 'node:path';
import { BadRequest, isFluxError } from '../../../lib/errors.ts';
import type { RunSummary } from '../../../lib/job/finish.ts';
import { planProduct } from '../../../lib/job/start.ts';
import { memoryLimit, threadCount } from '../../runtime/env.ts';
import { budgetFor } from './budget-for.ts';
import { watchFolders } from './changes.ts';
import { isRemote } from './location.ts';
import { openJob } from './open-job.ts';
import { openPool } from './pool.ts';
import { barProgress } from './progress.ts';
import { runProduct } from './run-product.ts';

/** What a watcher tells of: how a run ended, or why there was none. */
export type Told = { readonly summary: RunSummary } | { readonly refused: string };

/**
 * Keeps a product up to date for as long as the signal lasts: runs it, and again after each change of its spec or of
 * the folder of its inputs. Only what depends on the change is computed.
 * @throws BadRequest when the spec or its inputs do not lie in a folder
 */
export async function keepWatch(
  specPath: string,
  store: string,
  signal: AbortSignal,
  tell: (told: Told) => void,
): Promise<void> {
  if (isRemote(specPath)) throw new BadRequest('spec', 'lies in a bucket; only folders can be watched');
  const { at } = await openJob(specPath, store, signal);
  if (isRemote(at.inputs)) {
    throw new BadRequest('spec.inputs', 'lie in a bucket; only folders can be watched. See chunkflux dev');
  }
  const ours = isRemote(at.store) ? [] : [at.store];
  const changes = watchFolders([at.inputs, dirname(resolve(specPath))], ours, signal);
  const pool = openPool(threadCount());
  try {
    while (!signal.aborted) {
      tell(await runOnce(specPath, store, signal, pool));
      await changes.next();
    }
  } finally {
    changes.close();
    await pool.close();
  }
}

/** What another change may mend is told, not thrown. */
async function runOnce(
  specPath: string,
  store: string,
  signal: AbortSignal,
  pool: ReturnType<typeof openPool>,
): Promise<Told> {
  try {
    const { spec, at, world } = await openJob(specPath, store, signal);
    const planned = await planProduct(world, spec, memoryLimit());
    const budget = await budgetFor(world, planned);
    return { summary: await runProduct(world, planned, pool, at, barProgress(), budget) };
  } catch (error) {
    if (isFluxError(error)) return { refused: `${error.code}: ${error.message}` };
    throw error;
  }
}
