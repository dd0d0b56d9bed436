import { z } from 'zod';
import type { Api } from '../app.ts';
import { chosenProduct } from '../choose.ts';
import { checked, describe } from '../doc.ts';
import { productParam } from '../params.ts';
import { newsOf } from '../product-news.ts';
import { sendJson } from '../reply.ts';

/** However many look, the store is listed so seldom, ms. */
const FRESH_MS = 2000;

/** What is new of a product, made to be asked for again and again. */
export function addUpdates(app: Api): void {
  const doc = describe({
    summary: 'Whether a product changed, and how far a run under way has come',
    tag: 'chunks',
    description:
      'From listings alone, no record is read. `version` changes with any recorded chunk; ask with If-None-Match. `run` is there while a run has not ended.',
    answers: {
      'application/json': {
        version: 'Zk3…',
        recorded: 12,
        all: 12,
        run: { id: '20260101T120000-prd-small-0a1b2c', stage: 'computing', done: 4, of: 12 },
      },
    },
  });
  const path = checked('param', z.object({ product: productParam }));
  app.get('/products/:product/updates', doc, path, async (c) => {
    const { product } = await chosenProduct(c);
    const { freshMs = FRESH_MS } = c.get('options');
    return sendJson(c, await newsOf(c.get('world'), product, freshMs));
  });
}
