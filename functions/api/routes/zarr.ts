import { z } from 'zod';
import { NotFound } from '../../../lib/errors.ts';
import { dataRoot } from '../../../lib/store/keys.ts';
import { isKey } from '../../../lib/store/object-key.ts';
import type { Api } from '../app.ts';
import { rangeOf } from '../byte-range.ts';
import { chosenProduct } from '../choose.ts';
import { type ApiContext, signalOf } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { productParam } from '../params.ts';
import { etagOf, sendBytes, unchanged } from '../reply.ts';

/** Metadata and chunks; nothing else lies there. */
const KEY = /^(?:[\w-]+\/)*(?:zarr\.json|c(?:\/\d+)*)$/;

/** The product's Zarr as it lies in the store, by range: `xr.open_zarr('https://…/products/x/zarr/0')`. */
export function addZarr(app: Api): void {
  const doc = describe({
    summary: 'An object of the Zarr group: metadata or a shard',
    tag: 'catalogue',
    description: 'Range requests are answered with 206. `/zarr` is the group itself.',
    answers: { 'application/json': undefined, 'application/octet-stream': undefined },
  });
  const inGroup = checked('param', z.object({ product: productParam }));
  app.get('/products/:product/zarr', doc, inGroup, (c) => sendObject(c, 'zarr.json'));
  const inside = checked(
    'param',
    z.object({ product: productParam, key: z.string().meta({ example: 'zarr.json' }) }),
  );
  app.get('/products/:product/zarr/:key{.+}', doc, inside, (c) => sendObject(c, c.req.valid('param').key));
}

async function sendObject(c: ApiContext, name: string): Promise<Response> {
  const { product } = await chosenProduct(c);
  const { store } = c.var.world;
  const key = `${dataRoot(product.id)}/${name}`;
  const head = KEY.test(name) && isKey(key) ? await store.head(key, signalOf(c)) : undefined;
  if (!head) throw new NotFound(`${product.id} has no object ${name.slice(0, 200)} in its Zarr.`);
  const etag = etagOf(head.etag);
  const same = unchanged(c, etag);
  if (same) return same;
  const type = name.endsWith('.json') ? 'application/json' : 'application/octet-stream';
  const headers = { 'Accept-Ranges': 'bytes' };
  if (c.req.method === 'HEAD') {
    const reply = sendBytes(c, new Uint8Array(0), type, { etag, headers });
    reply.headers.set('Content-Length', String(head.size));
    return reply;
  }
  const stale = c.req.header('if-range') !== undefined && c.req.header('if-range') !== etag;
  const range = stale ? undefined : rangeOf(c.req.header('range'), head.size);
  const object = await store.get(key, { ifMatch: head.etag, ...signalOf(c), ...(range && { range }) });
  if (!object) throw new NotFound(`${product.id} has no object ${name.slice(0, 200)} in its Zarr any more.`);
  const whole = sendBytes(c, object.bytes, type, { etag, headers });
  if (!range) return whole;
  whole.headers.set('Content-Range', `bytes ${range.offset}-${range.offset + range.length - 1}/${head.size}`);
  return new Response(whole.body, { status: 206, headers: whole.headers });
}
