import { z } from 'zod';
import { BadRequest, NotFound } from '../../../lib/errors.ts';
import type { World } from '../../../lib/job/world.ts';
import { setRoot } from '../../../lib/store/keys.ts';
import type { Api } from '../app.ts';
import { chosenProduct } from '../choose.ts';
import { checked, describe } from '../doc.ts';
import { EXAMPLE_POLYGON } from '../example-zone.ts';
import { productParam } from '../params.ts';
import { keepWeights } from '../reduction/kept-weights.ts';
import { listStoredZones, readStoredZones, zonesKey } from '../reduction/stored-zones.ts';
import { zonesFrom } from '../reduction/zones.ts';
import { sendJson } from '../reply.ts';
import { jsonBody } from './reductions.ts';

const GEO = 'application/geo+json';
const setParam = z
  .string()
  .meta({ description: 'Name of a set; `zones` is the one that the spec names', example: 'zones' });

/** Sets of polygons that a product keeps. */
export function addZones(app: Api): void {
  const list = describe({
    summary: 'Names of the stored sets of zones',
    tag: 'reductions',
    answers: { 'application/json': { sets: ['zones'] } },
  });
  app.get(
    '/products/:product/zones',
    list,
    checked('param', z.object({ product: productParam })),
    async (c) => {
      const { product } = await chosenProduct(c);
      return sendJson(c, { sets: await listStoredZones(c.var.world, product) });
    },
  );
  const path = checked('param', z.object({ product: productParam, set: setParam }));
  app.get(
    '/products/:product/zones/:set',
    describe({
      summary: 'A set of zones as GeoJSON',
      tag: 'reductions',
      answers: { [GEO]: { type: 'FeatureCollection' } },
    }),
    path,
    async (c) => {
      const { product } = await chosenProduct(c);
      const { geojson } = await readStoredZones(c.var.world, product, c.req.valid('param').set);
      return sendJson(c, geojson, { type: GEO });
    },
  );
  const example = {
    type: 'FeatureCollection',
    features: [
      {
        type: 'Feature',
        properties: { id: 'a' },
        geometry: EXAMPLE_POLYGON,
      },
    ],
  };
  const put = describe({
    summary: 'Store a set of zones',
    tag: 'reductions',
    body: { [GEO]: { example }, 'application/json': { example } },
    answers: { 'application/json': { set: 'a', zones: 1 } },
  });
  app.put('/products/:product/zones/:set', put, path, async (c) => {
    const { product } = await chosenProduct(c);
    const { set } = c.req.valid('param');
    const key = zonesKey(product.id, set);
    const geojson = await jsonBody(c);
    const zones = zonesFrom(geojson, product.grid(), 'coverage', c.var.limits);
    const wrong = zones.find(({ problem }) => problem !== undefined);
    if (wrong) throw new BadRequest(`features[${wrong.index}]`, wrong.problem!);
    const { world } = c.var;
    const { etag } = await world.store.put(key, new TextEncoder().encode(JSON.stringify(geojson)));
    await deleteBelow(world, `${setRoot(product.id, set)}weights/`);
    await keepWeights(world, { product, set, etag }, zones);
    return c.json({ set, zones: zones.length });
  });
  const remove = describe({ summary: 'Delete a stored set of zones', tag: 'reductions' });
  app.delete('/products/:product/zones/:set', remove, path, async (c) => {
    const { product } = await chosenProduct(c);
    const key = zonesKey(product.id, c.req.valid('param').set);
    if (!(await c.var.world.store.head(key)))
      throw new NotFound(`${product.id} has no stored zones "${c.req.valid('param').set}".`);
    await c.var.world.store.delete(key);
    await deleteBelow(c.var.world, `${setRoot(product.id, c.req.valid('param').set)}weights/`);
    return c.body(null, 204);
  });
}

async function deleteBelow({ store }: World, prefix: string): Promise<void> {
  for await (const { key } of store.list(prefix)) await store.delete(key);
}
