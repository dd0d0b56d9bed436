import type { Context } from 'hono';
import type { Item, Queue } from '../../lib/job/queue.ts';
import type { World } from '../../lib/job/world.ts';
import type { ApiOptions, Limits } from './options.ts';
import type { Shelf } from './shelf.ts';

/** What every route is given with its request. */
export interface ApiEnv {
  Variables: {
    /** With the signal of this request: aborted when its time is up or its client is gone. */
    world: World;
    options: ApiOptions;
    limits: Limits;
    shelf: Shelf;
    /** Where work goes that is longer than a request. */
    queue: Queue<Item>;
    /** Set by a route that streams: its turn ends when this does. */
    until?: Promise<unknown>;
  };
}

export type ApiContext = Context<ApiEnv>;

export const signalOf = (c: ApiContext): { signal?: AbortSignal } => {
  const { signal } = c.get('world');
  return signal ? { signal } : {};
};

/** Links begin with this: the operator's word, or what a proxy says, or the request itself. */
export function baseUrl(c: ApiContext): string {
  const said = c.get('options').publicUrl;
  if (said) return said.replace(/\/+$/, '');
  const url = new URL(c.req.url);
  const scheme = c.req.header('x-forwarded-proto')?.split(',')[0]?.trim();
  const host = c.req.header('x-forwarded-host')?.split(',')[0]?.trim();
  const proto = scheme === 'https' || scheme === 'http' ? scheme : url.protocol.slice(0, -1);
  return `${proto}://${host && /^[\w.:[\]-]+$/.test(host) ? host : url.host}`;
}
