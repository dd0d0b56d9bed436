import { z } from 'zod';
import { BadRequest } from '../../../lib/errors.ts';
import { shift } from '../../../lib/grid/affine.ts';
import type { GeoGrid } from '../../../lib/grid/geo-grid.ts';
import { TILE, type TileMatrixSet, tileGrid, tileMatrixSetJson } from '../../../lib/view/tile-matrix.ts';
import type { Api } from '../app.ts';
import { chosen, chosenProduct } from '../choose.ts';
import { type ApiContext, baseUrl } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { index, pictureQuery, ROOTS, variableQuery } from '../params.ts';
import { sendPicture } from '../picture.ts';
import { formatOf, PICTURE_ANSWERS } from '../picture-form.ts';
import { sendJson } from '../reply.ts';
import type { ServedProduct } from '../served-product.ts';
import { tilesetJson } from '../tileset.ts';
import { setNamed, setsOf, WORLD_SETS } from '../tilings.ts';

const ZOOM = /^\d{1,2}$/;

/** Everything that a tile can be asked with; lists and descriptions take the same words and pass them on. */
export const tileQuery = checked(
  'query',
  z.object({
    ...variableQuery,
    ...pictureQuery,
    f: z
      .string()
      .optional()
      .meta({ description: 'png, webp, npy or tif, where the path does not say', example: 'png' }),
    format: z.string().optional().meta({ description: 'TiTiler: as `f`' }),
    tile_format: z.string().optional().meta({ description: 'TileJSON: form of its tiles' }),
    tilesize: z
      .string()
      .regex(/^\d{2,4}$/, 'a number of pixels from 10 to 9999')
      .optional()
      .meta({ description: 'Pixels of a side; 256 unless said', example: '512' }),
    buffer: z
      .string()
      .regex(/^\d{1,3}(?:\.[05])?$/, 'a number of pixels, whole or half')
      .optional()
      .meta({ description: 'Pixels around the tile that are drawn too', example: '0' }),
    padding: z
      .string()
      .optional()
      .meta({ description: 'TiTiler: of no effect: neighbours are always looked at' }),
    minzoom: z.string().regex(ZOOM, 'a zoom').optional().meta({ description: 'TileJSON: first zoom' }),
    maxzoom: z.string().regex(ZOOM, 'a zoom').optional().meta({ description: 'TileJSON: last zoom' }),
    empty: z.enum(['blank', '204']).optional().meta({
      description: '`204` answers a tile that holds nothing with No Content, not with a clear picture',
    }),
  }),
);
export type TileQuery = Parameters<typeof sendPicture>[4] &
  Parameters<typeof chosen>[1] & {
    readonly f?: string | undefined;
    readonly format?: string | undefined;
    readonly tilesize?: string | undefined;
    readonly buffer?: string | undefined;
  };

const tms = z.string().meta({
  description: 'Tile matrix set: WebMercatorQuad, WorldCRS84Quad or native',
  example: 'WebMercatorQuad',
});
/** `5`, `5.png`, `5@2x.png` */
const last = (what: string) =>
  z
    .string()
    .regex(/^\d{1,9}(?:@[1-4]x)?(?:\.\w{1,8})?$/, 'a whole number, with @2x and .png if wanted')
    .meta({ description: `${what}, with @2x and the format if wanted`, example: '0.png' });
/** Tiles by TiTiler's paths, below a product and below /zarr with the product as `url`. */
export function addTiles(app: Api): void {
  for (const [root, path] of ROOTS) {
    const doc = describe({
      summary: 'A tile: column, then row, as TiTiler has it',
      tag: 'tiles',
      answers: PICTURE_ANSWERS,
    });
    app.get(
      `${root}/tiles/:tms/:z/:x/:y`,
      doc,
      checked('param', z.object({ ...path, tms, z: index('Zoom'), x: index('Column'), y: last('Row') })),
      tileQuery,
      (c) => {
        const { tms: set, z: zoom, x, y } = c.req.valid('param');
        return sendTile(c, set, zoom, x, y, c.req.valid('query'));
      },
    );
    const short = describe({ summary: 'A tile of WebMercatorQuad', tag: 'tiles', answers: PICTURE_ANSWERS });
    app.get(
      `${root}/tiles/:z/:x/:y`,
      short,
      checked('param', z.object({ ...path, z: index('Zoom'), x: index('Column'), y: last('Row') })),
      tileQuery,
      (c) => {
        const { z: zoom, x, y } = c.req.valid('param');
        return sendTile(c, 'WebMercatorQuad', zoom, x, y, c.req.valid('query'));
      },
    );
    addLists(app, root, path);
  }
  const sets = describe({
    summary: 'Tile matrix sets',
    tag: 'tiles',
    answers: { 'application/json': { tileMatrixSets: [{ id: 'WebMercatorQuad' }] } },
  });
  app.get('/tileMatrixSets', sets, (c) =>
    sendJson(c, { tileMatrixSets: WORLD_SETS.map((set) => setLink(c, set, '')) }),
  );
  const one = describe({
    summary: 'A tile matrix set',
    tag: 'tiles',
    answers: { 'application/json': { id: 'WebMercatorQuad' } },
  });
  app.get('/tileMatrixSets/:tms', one, checked('param', z.object({ tms })), (c) =>
    sendJson(c, tileMatrixSetJson(setNamed(undefined, c.req.valid('param').tms))),
  );
}

function addLists(app: Api, root: string, path: Readonly<Record<string, z.ZodType>>): void {
  const list = describe({
    summary: 'Tile sets of a product',
    tag: 'tiles',
    answers: { 'application/json': { tilesets: [] } },
  });
  app.get(`${root}/tiles`, list, checked('param', z.object(path)), tileQuery, async (c) => {
    const { product: served } = await chosenProduct(c);
    return sendJson(c, { tilesets: setsOf(served).map((set) => describeSet(c, served, set)) });
  });
  const one = describe({
    summary: 'A tile set of a product',
    tag: 'tiles',
    answers: { 'application/json': { dataType: 'map' } },
  });
  app.get(`${root}/tiles/:tms`, one, checked('param', z.object({ ...path, tms })), tileQuery, async (c) => {
    const { product: served } = await chosenProduct(c);
    return sendJson(c, describeSet(c, served, setNamed(served, c.req.valid('param').tms)));
  });
  const sets = describe({
    summary: 'Tile matrix sets of a product, its own grid included',
    tag: 'tiles',
    answers: { 'application/json': { tileMatrixSets: [] } },
  });
  app.get(`${root}/tileMatrixSets`, sets, checked('param', z.object(path)), tileQuery, async (c) => {
    const { product: served } = await chosenProduct(c);
    return sendJson(c, {
      tileMatrixSets: setsOf(served).map((set) => setLink(c, set, `/products/${served.id}`)),
    });
  });
  app.get(
    `${root}/tileMatrixSets/:tms`,
    sets,
    checked('param', z.object({ ...path, tms })),
    tileQuery,
    async (c) => {
      const { product: served } = await chosenProduct(c);
      return sendJson(c, tileMatrixSetJson(setNamed(served, c.req.valid('param').tms)));
    },
  );
}

/** Tiles by column, then row; they show what the query asks for. */
function describeSet(c: ApiContext, served: ServedProduct, set: TileMatrixSet): object {
  const base = baseUrl(c);
  const at = `${base}/products/${served.id}/tiles/${set.id}`;
  const said = new URL(c.req.url).searchParams;
  for (const word of ['url', 'f']) said.delete(word);
  const template = `${at}/{tileMatrix}/{tileCol}/{tileRow}.png${said.size > 0 ? `?${said}` : ''}`;
  return tilesetJson(set, served, { at, template, base });
}

const setLink = (c: ApiContext, { id, title, uri }: TileMatrixSet, below: string) => ({
  id,
  title,
  ...(uri && { uri }),
  links: [{ rel: 'self', href: `${baseUrl(c)}${below}/tileMatrixSets/${id}`, type: 'application/json' }],
});

/** @param y with what may hang on it: `5@2x.png` */
export async function sendTile(
  c: ApiContext,
  tms: string,
  z: string,
  x: string,
  y: string,
  query: TileQuery,
): Promise<Response> {
  const [, row = '', scale, format] = /^(\d+)(?:@(\d)x)?(?:\.(\w+))?$/.exec(y) ?? [];
  if (row === '') throw new BadRequest('y', `"${y.slice(0, 40)}" is no row of tiles`);
  const what = await chosen(c, query);
  const set = setNamed(what.product, tms);
  const size = Number(query.tilesize ?? TILE) * Number(scale ?? 1);
  const target = tileGrid(set, Number(z), Number(x), Number(row), size);
  const around = widen(target, Number(query.buffer ?? 0));
  return sendPicture(c, what, around, formatOf(format ?? query.f ?? query.format), query);
}

/** Some pixels more on every side. */
function widen(grid: GeoGrid, pixels: number): GeoGrid {
  if (pixels === 0) return grid;
  const more = Math.round(2 * pixels);
  const transform = shift(grid.transform, -pixels, -pixels);
  return { ...grid, transform, height: grid.height + more, width: grid.width + more };
}
