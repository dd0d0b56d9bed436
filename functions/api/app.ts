import { Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { getPath } from 'hono/utils/url';
import { NotFound } from '../../lib/errors.ts';
import type { World } from '../../lib/job/world.ts';
import { mayUse } from './auth.ts';
import type { ApiEnv } from './context.ts';
import { OverLimit, onError, Refusal } from './errors.ts';
import { gate } from './gate.ts';
import { type ApiOptions, limitsOf } from './options.ts';
import { LocalReductions } from './reduction-runs/local.ts';
import { addPage } from './routes/page.ts';
import { modernPath } from './routes/titiler.ts';
import { addRoutes } from './routes.ts';
import { Shelf } from './shelf.ts';

export type Api = Hono<ApiEnv>;

/**
 * The HTTP API over the products of a store: the same on a laptop and on Lambda. It reads nothing but the stores of
 * its world, whatever a request says.
 */
export function createApp(world: World, options: ApiOptions = {}): Api {
  const app = new Hono<ApiEnv>({ getPath: (request) => modernPath(getPath(request)) });
  const limits = limitsOf(options);
  const shelf = new Shelf(options);
  const queue = options.queue ?? new LocalReductions(world, limits, shelf);
  app.use(async (c, next) => {
    c.set('world', world);
    c.set('options', options);
    c.set('limits', limits);
    c.set('shelf', shelf);
    c.set('queue', queue);
    await next();
  });
  app.use(openToBrowsers());
  app.use(safeHeaders);
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  if (options.page) addPage(app, options.page);
  app.use(gate(limits));
  app.use(bodyLimit({ maxSize: limits.bodyBytes, onError: refuseBody(limits.bodyBytes) }));
  const [read, write] = [mayUse('read', options.auth), mayUse('write', options.auth)];
  app.use((c, next) => (isWrite(c.req.method) ? write : read)(c, next));
  addRoutes(app);
  app.notFound((c) => onError(missing(app, c.req.method, c.req.path), c));
  app.onError(onError);
  return app;
}

/** POST asks a question here; only these change something. */
const isWrite = (method: string): boolean => method === 'PUT' || method === 'DELETE' || method === 'PATCH';

const openToBrowsers = () =>
  cors({
    origin: '*',
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
    allowHeaders: ['Content-Type', 'Range', 'If-None-Match', 'If-Range', 'Authorization', 'X-API-Key'],
    exposeHeaders: ['ETag', 'Content-Range', 'Content-Length', 'Accept-Ranges', 'Retry-After', 'Link'],
    maxAge: 86_400,
  });

const safeHeaders: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next();
  c.res.headers.set('X-Content-Type-Options', 'nosniff');
};

const refuseBody = (most: number) => (): never => {
  throw new OverLimit('bodyBytes', most, most + 1, 'Send fewer or simpler polygons at a time.');
};

function missing(app: Api, method: string, path: string): Error {
  const other = ['GET', 'POST', 'PUT', 'DELETE'].filter((m) => m !== method && hasRoute(app, m, path));
  if (other.length === 0) return new NotFound(`There is nothing at ${path.slice(0, 200)}. See /api.`);
  return new Refusal('MethodNotAllowed', `${method} is not for ${path.slice(0, 200)}.`, {
    Allow: other.includes('GET') ? [...other, 'HEAD', 'OPTIONS'].join(', ') : other.join(', '),
  });
}

/** Whether a handler, and not only a middleware for all paths, is there. */
function hasRoute(app: Api, method: string, path: string): boolean {
  const [matches] = app.router.match(method, path);
  return matches.some(([[, route]]) => route.method === method);
}
