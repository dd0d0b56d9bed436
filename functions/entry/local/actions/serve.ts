import { BadRequest } from '../../../../lib/errors.ts';
import { createApp } from '../../../api/app.ts';
import { type AuthOptions, limitsOf } from '../../../api/options.ts';
import { builtPage } from '../../../api/page/build-page.ts';
import { LocalReductions } from '../../../api/reduction-runs/local.ts';
import { sweepAll } from '../../../api/reduction-runs/sweep.ts';
import { Shelf } from '../../../api/shelf.ts';
import { apiAuth, memoryLimit } from '../../../runtime/env.ts';
import { listen } from '../listen.ts';
import { placeOf } from '../location.ts';
import { openWorld } from '../open-job.ts';

export interface Options {
  readonly inputs?: string;
  readonly port: string;
  readonly host: string;
}

/** Reductions that are too old are looked for so often. */
const SWEEP_MS = 60 * 60_000;
const LOOPBACK = /^(localhost|127\.|::1$)/;

export async function serveStore({ port, host, inputs }: Options, store: string): Promise<void> {
  const number = Number(port);
  if (!(Number.isInteger(number) && number >= 0 && number < 65_536))
    throw new BadRequest('port', `"${port}" is no port`);
  const world = openWorld({ store: placeOf(store), inputs: placeOf(inputs ?? store) });
  const auth: AuthOptions = { ...apiAuth(), loopback: LOOPBACK.test(host) };
  const shelf = new Shelf();
  const queue = new LocalReductions(world, limitsOf({}), shelf);
  const compute = inputs === undefined ? {} : { compute: { memoryLimit: memoryLimit() } };
  const app = createApp(world, { auth, page: builtPage(), queue, ...compute });
  const server = await listen(app.fetch, host, number);
  console.log(`Products of ${world.store.name} at ${server.url}`);
  const left = await queue.resume();
  if (left > 0) console.log(`Going on with ${left} parts of reductions that were asked for before.`);
  const sweep = async (): Promise<void> => sweepAll(world, await shelf.list(world));
  const clock = setInterval(() => void sweep(), SWEEP_MS);
  void sweep();
  await interrupted();
  clearInterval(clock);
  await server.close();
}

const interrupted = (): Promise<void> =>
  new Promise((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
