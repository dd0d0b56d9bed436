import { serve } from '@hono/node-server';
import type { Command } from 'commander';
import { BadRequest } from '../../../../lib/errors.ts';
import { createApp } from '../../../api/app.ts';
import { type AuthOptions, limitsOf } from '../../../api/options.ts';
import { builtPage } from '../../../api/page/build-page.ts';
import { LocalReductions } from '../../../api/reduction-runs/local.ts';
import { apiAuth, memoryLimit } from '../../../runtime/env.ts';
import { placeOf } from '../location.ts';
import { openWorld } from '../open-job.ts';

interface Options {
  readonly inputs?: string;
  readonly port: string;
  readonly host: string;
}

const LOOPBACK = /^(localhost|127\.|::1$)/;

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('serve the products of the store over HTTP: maps, tiles, totals, Zarr')
    .option(
      '--inputs <location>',
      'where the inputs of the products lie, to compute chunks on request (?fresh=true)',
    )
    .option('--port <number>', 'port to listen on; 0 takes a free one', '8080')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .action(async ({ port, host, inputs }: Options) => {
      const number = Number(port);
      if (!(Number.isInteger(number) && number >= 0 && number < 65_536))
        throw new BadRequest('port', `"${port}" is no port`);
      const { store } = program.opts<{ store: string }>();
      const world = openWorld({ store: placeOf(store), inputs: placeOf(inputs ?? store) });
      const auth: AuthOptions = { ...apiAuth(), loopback: LOOPBACK.test(host) };
      const queue = new LocalReductions(world, limitsOf({}));
      const compute = inputs === undefined ? {} : { compute: { memoryLimit: memoryLimit() } };
      const app = createApp(world, { auth, page: builtPage(), queue, ...compute });
      const server = await listen(app.fetch, host, number);
      console.log(`Products of ${world.store.name} at ${server.url}`);
      const left = await queue.resume();
      if (left > 0) console.log(`Going on with ${left} parts of reductions that were asked for before.`);
      await interrupted();
      await server.close();
    });
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens until closed. @throws BadRequest when the port is taken */
export function listen(
  fetch: Parameters<typeof serve>[0]['fetch'],
  hostname: string,
  port: number,
): Promise<RunningServer> {
  return new Promise((done, fail) => {
    const server = serve({ fetch, hostname, port }, (info) => {
      const host = hostname.includes(':') ? `[${hostname}]` : hostname;
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => closed());
          if ('closeAllConnections' in server) server.closeAllConnections();
        });
      done({ url: `http://${host}:${info.port}`, close });
    });
    server.on('error', (cause: Error) =>
      fail(
        new BadRequest(
          'port',
          `cannot listen on ${hostname}:${port} (${cause.message}); --port 0 takes a free one`,
          { cause },
        ),
      ),
    );
  });
}

const interrupted = (): Promise<void> =>
  new Promise((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
