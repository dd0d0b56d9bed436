import pLimit from 'p-limit';
import { z } from 'zod';
import type { ChunkState } from '../../../lib/job/record.ts';
import type { Api } from '../app.ts';
import { chosenProduct } from '../choose.ts';
import { type ApiContext, baseUrl } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { lonLatBounds } from '../extent.ts';
import { landCoverOf } from '../land-cover-classes.ts';
import { productParam, variableParam } from '../params.ts';
import { briefRecords } from '../record-index.ts';
import { sendJson } from '../reply.ts';
import type { ServedProduct } from '../served-product.ts';
import type { ServedVariable } from '../served-variable.ts';

const inProduct = checked('param', z.object({ product: productParam }));
const READ_AT_ONCE = 8;

export function addProducts(app: Api): void {
  const list = describe({
    summary: 'The products of this server',
    tag: 'products',
    answers: { 'application/json': { products: [{ id: 'prd-small', title: 'Monthly NEP' }] } },
  });
  app.get('/products', list, async (c) => {
    const { shelf, world } = c.var;
    const limit = pLimit(READ_AT_ONCE);
    const ids = await shelf.list(world);
    const found = await Promise.all(ids.map((id) => limit(() => briefOf(c, id))));
    return sendJson(c, { products: found.filter(Boolean) });
  });

  const one = describe({
    summary: 'One product: variables, steps, grid, links',
    tag: 'products',
    answers: { 'application/json': { id: 'prd-small' } },
  });
  app.get('/products/:product', one, inProduct, async (c) => {
    const { product } = await chosenProduct(c);
    return sendJson(c, describeProduct(product, `${baseUrl(c)}/products/${product.id}`));
  });

  const variables = describe({
    summary: 'What the product maps, with units and steps',
    tag: 'products',
    answers: { 'application/json': { variables: [] } },
  });
  app.get('/products/:product/variables', variables, inProduct, async (c) => {
    const { product } = await chosenProduct(c);
    return sendJson(c, { variables: [...product.variables.values()].map(describeVariable) });
  });

  const times = describe({
    summary: 'The steps of a variable',
    tag: 'products',
    answers: { 'application/json': { labels: ['2021'] } },
  });
  app.get(
    '/products/:product/variables/:variable/times',
    times,
    checked('param', z.object({ product: productParam, variable: variableParam })),
    async (c) => {
      const { product } = await chosenProduct(c);
      const { axis } = product.variable(c.req.param('variable'));
      return sendJson(c, { kind: axis.kind, labels: axis.labels });
    },
  );

  const state = describe({
    summary: 'How many chunks are computed, missing or failed',
    tag: 'chunks',
    answers: { 'application/json': { chunks: { computed: 12 } } },
  });
  app.get('/products/:product/state', state, inProduct, async (c) => {
    const { product } = await chosenProduct(c);
    return sendJson(c, await stateOf(c, product));
  });
}

/** A product that cannot be opened is left out of the list; asking for it says why. */
async function briefOf(c: ApiContext, id: string): Promise<object | undefined> {
  try {
    const product = await c.var.shelf.open(c.var.world, id);
    const { title, model } = product.product.spec;
    return { id, title, model, links: [{ rel: 'self', href: `${baseUrl(c)}/products/${id}` }] };
  } catch (error) {
    c.var.world.signal?.throwIfAborted();
    c.var.world.log.warn({ product: id, error: String(error) }, 'a product cannot be opened');
    return undefined;
  }
}

function describeProduct(served: ServedProduct, self: string): object {
  const { product, accepted } = served;
  const { spec, model, grid, levels, shard, windows } = product;
  const link = (rel: string, path: string) => ({ rel, href: `${self}${path}` });
  const landCover = landCoverOf(product);
  return {
    id: served.id,
    title: spec.title,
    model: { id: model.id, version: model.version, title: model.title, cite: model.cite },
    params: product.params,
    about: spec.about,
    digest: accepted.digest,
    bounds: lonLatBounds(grid),
    grid: {
      crs: grid.crs.name,
      wkt: grid.crs.wkt,
      transform: grid.transform,
      shape: [grid.height, grid.width],
      chunk: [shard.height, shard.width],
      levels: levels.map(({ level, shards }) => ({
        level,
        chunks: [windows.length, shards.height, shards.width],
      })),
    },
    years: windows.map(({ year }) => year),
    sign: 'NEP > 0 is uptake by land (NEP = NPP - RH)',
    variables: [...served.variables.values()].map(describeVariable),
    zones: spec.zones ? ['zones'] : [],
    ...(landCover && { landCover }),
    links: [
      link('self', ''),
      link('state', '/state'),
      link('tiles', '/tiles'),
      link('tilejson', '/WebMercatorQuad/tilejson.json'),
      link('wmts', '/WMTSCapabilities.xml'),
      link('reductions', '/reductions'),
      link('zarr', '/zarr'),
      link('legend', '/legend.json'),
    ],
  };
}

export function describeVariable({
  name,
  title,
  units,
  standardName,
  dtype,
  flags,
  axis,
}: ServedVariable): object {
  return {
    name,
    title,
    units,
    ...(standardName && { standard_name: standardName }),
    dtype,
    ...(flags && { flags }),
    step: axis.kind,
    first: axis.labels[0],
    last: axis.labels.at(-1),
  };
}

async function stateOf(c: ApiContext, served: ServedProduct): Promise<object> {
  const { product } = served;
  const chunks: Record<ChunkState | 'unrecorded', number> = {
    computed: 0,
    'all-nodata': 0,
    'missing-input': 0,
    failed: 0,
    unrecorded: 0,
  };
  const { height, width } = product.levels[0]!.shards;
  const all = height * width * product.windows.length;
  const records = await briefRecords(c.var.world, served, 0);
  for (const { state } of records) chunks[state]++;
  chunks.unrecorded = Math.max(0, all - records.length);
  return { all, chunks, complete: chunks.computed + chunks['all-nodata'] === all };
}
