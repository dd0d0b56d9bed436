import type { MiddlewareHandler } from 'hono';
import pLimit from 'p-limit';
import { z } from 'zod';
import { BadRequest } from '../../../lib/errors.ts';
import { viewBytes } from '../../../lib/grid/cells.ts';
import type { ChunkCoord } from '../../../lib/grid/region.ts';
import { encodeNpy } from '../../../lib/view/npy.ts';
import type { Api } from '../app.ts';
import { writer } from '../auth.ts';
import { chosenProduct } from '../choose.ts';
import { chunkValues, publicRecord } from '../chunk-answer.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { freshen } from '../fresh.ts';
import { boolText, formatQuery, index, productParam } from '../params.ts';
import { briefRecords } from '../record-index.ts';
import { etagOf, sendBytes, sendJson, unchanged } from '../reply.ts';
import type { ServedProduct } from '../served-product.ts';

const level = index('Level: 0 is native, each further one half as fine').optional();
const inProduct = checked('param', z.object({ product: productParam }));

/** The truth of single chunks: state, record, values. */
export function addChunks(app: Api): void {
  const list = describe({
    summary: 'States of the recorded chunks of a level',
    tag: 'chunks',
    answers: { 'application/json': { chunks: [{ t: 0, y: 0, x: 0, state: 'computed' }] } },
  });
  app.get('/products/:product/chunks', list, inProduct, checked('query', z.object({ level })), async (c) => {
    const { product } = await chosenProduct(c);
    const at = Number(c.req.valid('query').level ?? 0);
    product.grid(at);
    const records = await briefRecords(c.var.world, product, at);
    const chunks = records.map(({ at: place, state, digest }) => ({ ...place, state, digest }));
    return sendJson(c, { level: at, chunks });
  });

  const one = describe({
    summary: 'State, record and values of one chunk',
    tag: 'chunks',
    description:
      'Without `variable`: the record as JSON. With it: the values too, or alone as npy (`[step][y][x]`, float32) or raw little-endian bytes. A chunk that is not computed says so by its state; its values are NaN (null in JSON). `fresh=true` computes it first, or answers 202 where workers do that.',
    answers: {
      'application/json': { state: 'computed' },
      'application/x-npy': undefined,
      'application/octet-stream': undefined,
    },
  });
  const path = checked(
    'param',
    z.object({
      product: productParam,
      t: index('Window of steps: a year'),
      y: index('Row of chunks'),
      x: index('Column of chunks'),
    }),
  );
  const query = checked(
    'query',
    z.object({
      level,
      variable: z.string().optional().meta({ example: 'nep_a' }),
      f: formatQuery(['json', 'npy', 'raw']),
      fresh: boolText().meta({
        description:
          'Compute the chunk first where it is missing, or older than its inputs. Needs the right to write.',
      }),
    }),
  );
  const oneAtATime = pLimit(1); // a chunk in the making takes much memory
  app.get('/products/:product/chunks/:t/:y/:x', one, path, query, mayFreshen, async (c) => {
    const { world } = c.var;
    const { product } = await chosenProduct(c);
    const { t, y, x } = c.req.valid('param');
    const { level: asked = '0', variable: name, f = 'json' } = c.req.valid('query');
    const [at, depth] = [{ t: Number(t), y: Number(y), x: Number(x) }, Number(asked)];
    product.checkChunk(depth, at);
    const made = wantsFresh(c) && (await oneAtATime(() => askFresh(c, product, depth, at)));
    if (made instanceof Response) return made;
    const record = await product.record(world, depth, at);
    const etag = etagOf(product.etag, depth, at, record?.digest, record?.state, name, f);
    const same = unchanged(c, etag);
    if (same) return same;
    const state = record?.state ?? 'unrecorded';
    const headers = { 'X-Chunk-State': state, ...(made && { 'X-Chunk-Fresh': made }) };
    if (name === undefined) {
      if (f !== 'json') throw new BadRequest('variable', `${f} holds values: say of which variable`);
      return sendJson(
        c,
        { level: depth, at, state, ...(record && { record: publicRecord(world, record) }) },
        { etag, headers },
      );
    }
    const variable = product.variable(name);
    const { cells, shape } = await chunkValues(world, product, variable, depth, at, record);
    if (f === 'npy') return sendBytes(c, encodeNpy(cells, shape), 'application/x-npy', { etag, headers });
    if (f === 'raw')
      return sendBytes(c, viewBytes(cells), 'application/octet-stream', {
        etag,
        headers: { ...headers, 'X-Shape': shape.join(','), 'X-Data-Type': '<f4' },
      });
    const axis = variable.axis.labels.slice(at.t * variable.depth, at.t * variable.depth + shape[0]);
    const values = { variable: name, units: variable.units, times: axis, shape, values: Array.from(cells) };
    return sendJson(
      c,
      { level: depth, at, state, ...(record && { record: publicRecord(world, record) }), ...values },
      { etag, headers },
    );
  });
}

const wantsFresh = (c: ApiContext): boolean => ['true', '1'].includes(c.req.query('fresh') ?? '');

const mayFreshen: MiddlewareHandler<ApiEnv> = (c, next) => (wantsFresh(c) ? writer(c, next) : next());

/** @returns what became of the chunk, or an answer when it is made elsewhere */
async function askFresh(
  c: ApiContext,
  product: ServedProduct,
  level: number,
  at: ChunkCoord,
): Promise<Response | string> {
  if (level > 0) throw new BadRequest('level', 'fresh is for chunks of level 0; those above them follow');
  const { world, options, limits, queue } = c.var;
  if (options.compute) return freshen(world, product, at, options.compute.memoryLimit, limits);
  await queue.send([{ kind: 'run', product: product.id, y: at.y, x: at.x }]);
  return c.json({ at, state: 'asked' }, 202, { 'Retry-After': '15', 'Cache-Control': 'no-store' });
}
