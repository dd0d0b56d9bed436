import { serve } from '@hono/node-server';
import { BadRequest } from '../../../lib/errors.ts';

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
