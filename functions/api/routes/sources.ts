import { z } from 'zod';
import { NotFound } from '../../../lib/errors.ts';
import type { Api } from '../app.ts';
import { chosenProduct } from '../choose.ts';
import { baseUrl } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { productParam } from '../params.ts';
import { sourceDocuments } from '../provenance.ts';
import { etagOf, sendJson, sendText, unchanged } from '../reply.ts';

const SOURCE = {
  name: 'ndvi',
  source: { files: 'ndvi_{YYYY}{DDD}.tif' },
  year: 2022,
  objects: [
    { key: 'ndvi_2022001.tif', size: 18_204, etag: '9b2cf535f27731c974343645a3985328', sha256: '5feceb66…' },
  ],
};

/** What a product is made from, by its spec and by its newest plan: where `derived_from` of the catalogue leads. */
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
      summary: 'A source of a product, and the objects of it that were used',
      tag: 'catalogue',
      description:
        'The objects that the newest plan of the product reads, of one year or of all: key, size and ETag as the store of the inputs said them, and `sha256` where it was taken of that very version (`chunkflux sources --checksum`). `missing` are those that should have been there. Equal inputs give equal bytes: the checksum of `derived_from` is of this answer.',
      answers: { 'application/json': SOURCE },
    }),
    checked('param', z.object({ product: productParam, name: z.string().meta({ example: 'ndvi' }) })),
    checked(
      'query',
      z.object({
        year: z
          .string()
          .regex(/^\d{4}$/, 'a year')
          .optional()
          .meta({ example: '2022' }),
      }),
    ),
    async (c) => {
      const { product } = await chosenProduct(c);
      const [{ name }, { year }] = [c.req.valid('param'), c.req.valid('query')];
      const window = product.product.windows.find((w) => String(w.year) === year);
      if (year !== undefined && !window) throw new NotFound(`${product.id} has no year ${year}.`);
      const documents = await sourceDocuments(c.var.world, product, window?.t);
      const found = Object.hasOwn(documents, name) ? documents[name] : undefined;
      if (!found) throw new NotFound(`${product.id} has no source "${name.slice(0, 60)}".`);
      const etag = etagOf(found.text);
      return unchanged(c, etag) ?? sendText(c, found.text, 'application/json', { etag });
    },
  );
}
