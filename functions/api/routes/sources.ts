import { z } from 'zod';
import { NotFound } from '../../../lib/errors.ts';
import type { Api } from '../app.ts';
import { chosenProduct } from '../choose.ts';
import { baseUrl } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { productParam } from '../params.ts';
import { sendJson } from '../reply.ts';

/** What a product is made from, as its spec says it: where `derived_from` of the catalogue leads. */
export function addSources(app: Api): void {
  app.get(
    '/products/:product/sources',
    describe({
      summary: 'Sources of a product',
      tag: 'catalogue',
      answers: { 'application/json': { sources: [{ name: 'ndvi' }] } },
    }),
    checked('param', z.object({ product: productParam })),
    async (c) => {
      const { product } = await chosenProduct(c);
      const at = `${baseUrl(c)}/products/${product.id}/sources`;
      const sources = Object.entries(product.product.spec.sources).map(([name, source]) => ({
        name,
        source,
        links: [{ rel: 'self', href: `${at}/${name}`, type: 'application/json' }],
      }));
      return sendJson(c, { sources });
    },
  );
  app.get(
    '/products/:product/sources/:name',
    describe({
      summary: 'A source of a product, as its spec says it',
      tag: 'catalogue',
      answers: { 'application/json': { name: 'ndvi', source: { files: 'ndvi_{YYYY}{DDD}.tif' } } },
    }),
    checked('param', z.object({ product: productParam, name: z.string().meta({ example: 'ndvi' }) })),
    async (c) => {
      const { product } = await chosenProduct(c);
      const { name } = c.req.valid('param');
      const sources: Readonly<Record<string, unknown>> = product.product.spec.sources;
      const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
      if (!source) throw new NotFound(`${product.id} has no source "${name.slice(0, 60)}".`);
      return sendJson(c, { name, product: product.id, source });
    },
  );
}
