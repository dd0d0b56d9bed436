import { z } from 'zod';
import { isoDateTime } from '../../../lib/grid/time.ts';
import type { TileMatrixSet } from '../../../lib/view/tile-matrix.ts';
import type { Api } from '../app.ts';
import { chosenProduct } from '../choose.ts';
import { type ApiContext, baseUrl } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { type Bounds, lonLatBounds } from '../extent.ts';
import { index } from '../params.ts';
import { sendJson } from '../reply.ts';
import type { ServedProduct } from '../served-product.ts';
import type { ServedVariable } from '../served-variable.ts';
import { tilesetJson } from '../tileset.ts';
import { setNamed, setsOf } from '../tilings.ts';
import { sendTile, tileQuery } from './tiles.ts';

const CRS84 = 'http://www.opengis.net/def/crs/OGC/1.3/CRS84';
const REL = 'http://www.opengis.net/def/rel/ogc/1.0';
const collectionParam = z
  .string()
  .meta({ description: 'A variable of a product: `prd-small.nep_a`', example: 'prd-small.nep_a' });
const path = { product: collectionParam };

/** OGC API: a collection is one variable of a product. Tiles are row before column here. */
export function addCollections(app: Api): void {
  const list = describe({
    summary: 'Collections: one a variable of a product',
    tag: 'catalogue',
    answers: { 'application/json': { collections: [] } },
  });
  app.get('/collections', list, async (c) => {
    const { shelf, world } = c.var;
    const collections: object[] = [];
    for (const id of await shelf.list(world)) {
      const product = await shelf.open(world, id).catch((error: unknown) => {
        world.signal?.throwIfAborted();
        world.log.warn({ product: id, error: String(error) }, 'a product cannot be opened');
      });
      if (product)
        for (const variable of product.variables.values())
          collections.push(collectionJson(c, product, variable));
    }
    return sendJson(c, {
      collections,
      links: [{ rel: 'self', href: `${baseUrl(c)}/collections`, type: 'application/json' }],
    });
  });
  const one = describe({
    summary: 'A collection',
    tag: 'catalogue',
    answers: { 'application/json': { id: 'prd-small.nep_a' } },
  });
  app.get('/collections/:product', one, checked('param', z.object(path)), async (c) => {
    const { product, variable } = await chosenProduct(c);
    const shown = variable === undefined ? [...product.variables.values()][0]! : product.variable(variable);
    return sendJson(c, collectionJson(c, product, shown));
  });
  const sets = describe({
    summary: 'Tile sets of a collection',
    tag: 'tiles',
    answers: { 'application/json': { tilesets: [] } },
  });
  app.get('/collections/:product/map/tiles', sets, checked('param', z.object(path)), async (c) => {
    const { product } = await chosenProduct(c);
    const name = c.req.valid('param').product;
    return sendJson(c, { tilesets: setsOf(product).map((set) => describeSet(c, name, product, set)) });
  });
  const set = describe({
    summary: 'A tile set of a collection',
    tag: 'tiles',
    answers: { 'application/json': { dataType: 'map' } },
  });
  const tms = z.string().meta({ example: 'WebMercatorQuad' });
  app.get(
    '/collections/:product/map/tiles/:tms',
    set,
    checked('param', z.object({ ...path, tms })),
    async (c) => {
      const { product } = await chosenProduct(c);
      const { product: name, tms: id } = c.req.valid('param');
      return sendJson(c, describeSet(c, name, product, setNamed(product, id)));
    },
  );
  const tile = describe({
    summary: 'A tile of a collection: row, then column, as OGC API has it',
    tag: 'tiles',
    answers: { 'image/png': undefined },
  });
  const place = z.object({
    ...path,
    tms,
    tileMatrix: index('Zoom'),
    tileRow: index('Row'),
    tileCol: index('Column'),
  });
  app.get(
    '/collections/:product/map/tiles/:tms/:tileMatrix/:tileRow/:tileCol',
    tile,
    checked('param', place),
    tileQuery,
    (c) => {
      const { tms: id, tileMatrix, tileRow, tileCol } = c.req.valid('param');
      return sendTile(c, id, tileMatrix, tileCol, tileRow, c.req.valid('query'));
    },
  );
}

/** Tiles by row, then column. */
function describeSet(c: ApiContext, name: string, product: ServedProduct, set: TileMatrixSet): object {
  const base = baseUrl(c);
  const at = `${base}/collections/${name}/map/tiles/${set.id}`;
  return tilesetJson(set, product, { at, template: `${at}/{tileMatrix}/{tileRow}/{tileCol}`, base });
}

function collectionJson(
  c: ApiContext,
  { id, product }: ServedProduct,
  { name, title, units, axis }: ServedVariable,
): object {
  const self = `${baseUrl(c)}/collections/${id}.${name}`;
  const interval = [isoDateTime(axis.times[0]!), isoDateTime(axis.ends.at(-1)! - 1 / 86_400)];
  const link = (rel: string, href: string, type: string) => ({ rel, href, type });
  return {
    id: `${id}.${name}`,
    title: `${product.spec.title}: ${title}`,
    description: `${title} (${units})`,
    extent: {
      spatial: { bbox: [lonLatBounds(product.grid)] as readonly Bounds[], crs: CRS84 },
      temporal: { interval: [interval] },
    },
    crs: [CRS84],
    data_queries: {
      position: {
        link: {
          href: `${self}/position`,
          rel: 'data',
          variables: { query_type: 'position', output_formats: ['CoverageJSON'] },
        },
      },
      area: {
        link: {
          href: `${self}/area`,
          rel: 'data',
          variables: { query_type: 'area', output_formats: ['CoverageJSON'] },
        },
      },
    },
    parameter_names: {
      [name]: { type: 'Parameter', observedProperty: { label: title }, unit: { symbol: units } },
    },
    output_formats: ['CoverageJSON'],
    links: [
      link('self', self, 'application/json'),
      link(`${REL}/tilesets-map`, `${self}/map/tiles`, 'application/json'),
      link(
        'http://www.opengis.net/def/rel/ogc/1.0/legend',
        `${baseUrl(c)}/products/${id}/legend.png?variable=${name}`,
        'image/png',
      ),
      link('alternate', `${baseUrl(c)}/stac/${id}`, 'application/json'),
    ],
  };
}
