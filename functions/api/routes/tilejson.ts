import { z } from 'zod';
import { BadRequest, NotFound } from '../../../lib/errors.ts';
import type { TileMatrixSet } from '../../../lib/view/tile-matrix.ts';
import type { Api } from '../app.ts';
import { type Chosen, chosen, type StepQuery } from '../choose.ts';
import { type ApiContext, baseUrl } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { lonLatBounds } from '../extent.ts';
import { legendFor } from '../legends.ts';
import { ROOTS } from '../params.ts';
import { formatOf } from '../picture-form.ts';
import { sendJson } from '../reply.ts';
import { setNamed } from '../tilings.ts';
import { zoomsOf } from '../zooms.ts';
import { describeVariable } from './products.ts';
import { type TileQuery, tileQuery } from './tiles.ts';

/** TileJSON 3.0.0, and the map page under TiTiler's name for it. */
export function addTileJson(app: Api): void {
  const doc = describe({
    summary: 'TileJSON 3.0.0',
    tag: 'tiles',
    answers: { 'application/json': { tilejson: '3.0.0' } },
  });
  const map = describe({
    summary: 'The map page on this product',
    tag: 'tiles',
    answers: { 'text/html': undefined },
  });
  const tms = z.string().meta({ example: 'WebMercatorQuad' });
  for (const [root, path] of ROOTS) {
    const [inProduct, inSet] = [
      checked('param', z.object(path)),
      checked('param', z.object({ ...path, tms })),
    ];
    app.get(`${root}/tilejson.json`, doc, inProduct, tileQuery, (c) =>
      sendTileJson(c, 'WebMercatorQuad', c.req.valid('query')),
    );
    app.get(`${root}/:tms/tilejson.json`, doc, inSet, tileQuery, (c) =>
      sendTileJson(c, c.req.valid('param').tms, c.req.valid('query')),
    );
    app.get(`${root}/map.html`, map, inProduct, tileQuery, (c) => toMap(c, c.req.valid('query')));
    app.get(`${root}/:tms/map.html`, map, inSet, tileQuery, (c) => toMap(c, c.req.valid('query')));
  }
}

/** Our own page shows it, in Web Mercator. */
async function toMap(c: ApiContext, query: StepQuery): Promise<Response> {
  const { product, variable, step } = await chosen(c, query);
  if (!c.var.options.page)
    throw new NotFound('This server has no map page; see tilejson.json for the tiles.');
  const view = new URLSearchParams({
    product: product.id,
    variable: variable.name,
    time: variable.axis.labels[step]!,
  });
  return c.redirect(`${baseUrl(c)}/#${view}`);
}

/** Words that say what is shown: they are said anew, once, in the addresses of tiles. */
const CHOICE = ['url', 'variable', 'time', 'datetime', 'sel', 'sel_method', 'bidx', 'group', 'decode_times'];
const ABOUT = ['minzoom', 'maxzoom', 'tile_format', 'f', 'format'];

async function sendTileJson(
  c: ApiContext,
  tms: string,
  query: TileQuery & Partial<Record<'minzoom' | 'maxzoom' | 'tile_format', string | undefined>>,
): Promise<Response> {
  const what = await chosen(c, query);
  const { product, variable, step } = what;
  const set = setNamed(product, tms);
  const { references } = product.product.spec.about;
  const base = `${baseUrl(c)}/products/${product.id}`;
  const look = new URL(c.req.url).searchParams;
  for (const word of [...CHOICE, ...ABOUT]) look.delete(word);
  const label = variable.axis.labels[step]!;
  const said = new URLSearchParams([['variable', variable.name], ['time', label], ...look]);
  const format = formatOf(query.tile_format ?? query.format ?? query.f);
  const [west, south, east, north] = lonLatBounds(product.grid());
  const { min, max } = zoomsIn(set, what, query);
  const legend = await legendFor(c.var.world, product, variable, query);
  return sendJson(c, {
    tilejson: '3.0.0',
    name: `${product.product.spec.title}: ${variable.title}, ${label}`,
    description: variable.title,
    version: '1.0.0',
    ...(references && { attribution: references }),
    scheme: 'xyz',
    tiles: [`${base}/tiles/${set.id}/{z}/{x}/{y}.${format}?${said}`],
    vector_layers: [],
    minzoom: min,
    maxzoom: max,
    bounds: west <= east ? [west, south, east, north] : [-180, south, 180, north],
    center: [middle(west, east), (south + north) / 2, Math.min(min + 1, max)],
    legend: `${base}/legend.png?${new URLSearchParams([['variable', variable.name], ...look])}`,
    raster_layers: [
      { ...describeVariable(variable), ...(legend.kind === 'ramp' && { range: legend.range }) },
    ],
    band_descriptions: [[variable.name, `${variable.title} ${label}`]],
    dtype: variable.dtype,
  });
}

/** Half-way from west to east, across the dateline too. */
function middle(west: number, east: number): number {
  const lon = (west + (west <= east ? east : east + 360)) / 2;
  return lon > 180 ? lon - 360 : lon;
}

/** As asked for, or from the pixels of the product. @throws BadRequest when the first is after the last */
function zoomsIn(
  set: TileMatrixSet,
  what: Chosen,
  { minzoom, maxzoom }: { readonly minzoom?: string | undefined; readonly maxzoom?: string | undefined },
): { min: number; max: number } {
  const own = zoomsOf(set, what.product);
  const max = Math.min(set.matrices.length - 1, Number(maxzoom ?? own.max));
  const min = Number(minzoom ?? Math.min(own.min, max));
  if (min <= max) return { min, max };
  throw new BadRequest('minzoom', `${min} is after the last zoom, ${max}`);
}
