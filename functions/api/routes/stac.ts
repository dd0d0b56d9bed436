import { z } from 'zod';
import { NotFound } from '../../../lib/errors.ts';
import type { Api } from '../app.ts';
import { chosenProduct } from '../choose.ts';
import { baseUrl } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { productParam } from '../params.ts';
import { sendJson } from '../reply.ts';
import { stacCollection, stacItem } from '../stac.ts';

const GEO = 'application/geo+json';

/** A static STAC catalogue: a collection a product, an item a year. */
export function addStac(app: Api): void {
  app.get(
    '/stac',
    describe({
      summary: 'STAC catalogue of the products',
      tag: 'catalogue',
      answers: { 'application/json': { type: 'Catalog', stac_version: '1.1.0' } },
    }),
    async (c) => {
      const base = baseUrl(c);
      const ids = await c.var.shelf.list(c.var.world);
      return sendJson(c, {
        type: 'Catalog',
        stac_version: '1.1.0',
        id: 'chunkflux',
        description: 'Maps of land-carbon fluxes.',
        links: [
          { rel: 'root', href: `${base}/stac`, type: 'application/json' },
          { rel: 'self', href: `${base}/stac`, type: 'application/json' },
          ...ids.map((id) => ({
            rel: 'child',
            href: `${base}/stac/${id}`,
            type: 'application/json',
            title: id,
          })),
        ],
      });
    },
  );
  const inProduct = checked('param', z.object({ product: productParam }));
  app.get(
    '/stac/:product',
    describe({
      summary: 'STAC collection of a product',
      tag: 'catalogue',
      answers: { 'application/json': { type: 'Collection' } },
    }),
    inProduct,
    async (c) => {
      const { product } = await chosenProduct(c);
      return sendJson(c, await stacCollection(c.var.world, product, baseUrl(c)));
    },
  );
  app.get(
    '/stac/:product/items',
    describe({
      summary: 'STAC items of a product: its years',
      tag: 'catalogue',
      answers: { [GEO]: { type: 'FeatureCollection' } },
    }),
    inProduct,
    async (c) => {
      const { product } = await chosenProduct(c);
      const features = [];
      for (const { t } of product.product.windows)
        features.push(await stacItem(c.var.world, product, t, baseUrl(c)));
      return sendJson(
        c,
        { type: 'FeatureCollection', features, numberReturned: features.length },
        { type: GEO },
      );
    },
  );
  const item = checked(
    'param',
    z.object({
      product: productParam,
      item: z
        .string()
        .regex(/^\d{4}$/, 'a year')
        .meta({ example: '2021' }),
    }),
  );
  app.get(
    '/stac/:product/items/:item',
    describe({
      summary: 'STAC item: one year of a product',
      tag: 'catalogue',
      answers: { [GEO]: { type: 'Feature' } },
    }),
    item,
    async (c) => {
      const { product } = await chosenProduct(c);
      const year = Number(c.req.valid('param').item);
      const window = product.product.windows.find((w) => w.year === year);
      if (!window) throw new NotFound(`${product.id} has no year ${year}.`);
      return sendJson(c, await stacItem(c.var.world, product, window.t, baseUrl(c)), { type: GEO });
    },
  );
}
