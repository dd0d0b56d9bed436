import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import type { Api } from '../../functions/api/app.ts';
import type { Affine } from '../../lib/grid/affine.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import { transformer } from '../../lib/grid/projection.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import type { Store } from '../../lib/store/store.ts';
import { appOver, bytesOf, COUNTRY, countryStore, readNpy } from './served.ts';

const { rows, cols } = COUNTRY;

interface Moved {
  readonly app: Api;
  readonly store: Store;
  readonly transform: Affine;
  readonly crs: string;
  /** The annual NPP of the last year. */
  readonly npp: Float32Array;
}

/** The country's very pixels, laid somewhere else on the Earth. */
async function countryAt(transform: Affine, crs = 'EPSG:4326'): Promise<Moved> {
  const store = await countryStore();
  const edit = async (key: string, change: (value: never) => unknown) => {
    const value = JSON.parse(Buffer.from((await store.get(key))!.bytes).toString()) as never;
    await store.put(key, Buffer.from(JSON.stringify(change(value))));
  };
  await edit('products/tiny/product.json', (product: { layout: object }) => ({
    ...product,
    layout: { ...product.layout, transform },
  }));
  await edit('products/tiny/data.zarr/zarr.json', (group: { attributes: object }) => ({
    ...group,
    attributes: { ...group.attributes, 'proj:code': crs },
  }));
  const layer = await openZarr(store, 'products/tiny/data.zarr/0', 'npp_a', { absentChunks: 'fill' });
  const { cells } = await layer.read({ t0: 1, t1: 2, y0: 0, y1: rows, x0: 0, x1: cols });
  return { app: appOver(store), store, transform, crs, npp: cells as Float32Array };
}

const DEGREES = Math.PI / 180;
const json = async (app: Api, path: string) =>
  (await (await app.request(path)).json()) as Record<string, unknown>;

/** Longitude and latitude of a pixel's centre in a tile of a set. */
function lonLatOf(set: string, z: number, x: number, y: number): [lon: number, lat: number] {
  if (set === 'WorldCRS84Quad') return [(x * 180) / 256 / 2 ** z - 180, 90 - (y * 180) / 256 / 2 ** z];
  const n = 256 * 2 ** z;
  return [(x / n) * 360 - 180, Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / n))) / DEGREES];
}

/** What the product says there: its pixel, NaN beside it, undefined next to an edge, where the last digits decide. */
function sourceAt(
  { transform, crs, npp }: Moved,
  lon: number,
  lat: number,
  margin = 0.1,
): number | undefined {
  const [x, y] = transformer(crsByName('EPSG:4326'), crsByName(crs))(lon, lat);
  const turn = crs === 'EPSG:4326' && x < transform[2] ? 360 : 0;
  const [col, row] = [(x + turn - transform[2]) / transform[0], (y - transform[5]) / transform[4]];
  if ([col, row].some((at) => Math.abs(at - Math.round(at)) < margin)) return undefined;
  const inside = col >= 0 && row >= 0 && col < cols && row < rows;
  return inside ? npp[Math.floor(row) * cols + Math.floor(col)]! : Number.NaN;
}

/** Compares some pixels of a tile with the product. @returns how many had a value */
async function checkTile(
  moved: Moved,
  set: string,
  z: number,
  x: number,
  y: number,
  margin?: number,
): Promise<number> {
  const path = `/products/tiny/tiles/${set}/${z}/${x}/${y}.npy?variable=npp_a&return_mask=false`;
  const { cells } = readNpy(await bytesOf(await moved.app.request(path)));
  let valued = 0;
  for (let j = 0; j < 256; j += 5) {
    for (let i = 0; i < 256; i += 5) {
      const [lon, lat] = lonLatOf(set, z, x * 256 + i + 0.5, y * 256 + j + 0.5);
      const expected = sourceAt(moved, lon, lat, margin);
      if (expected === undefined) continue;
      expect(cells[j * 256 + i], `${set}/${z}/${x}/${y}: ${lon}, ${lat}`).toEqual(expected);
      if (!Number.isNaN(expected)) valued++;
    }
  }
  return valued;
}

describe('a product across the dateline', () => {
  const fiji = countryAt([0.25, 0, 178.5, 0, -0.25, -15]);

  it('is shown on both sides of it, in Web Mercator and in degrees', async () => {
    const moved = await fiji;
    const at = (lon: number, z: number) => Math.floor((((lon + 540) % 360) / 360) * 2 ** z);
    for (const z of [4, 6]) {
      const row = Math.floor(((1 - Math.asinh(Math.tan(-16 * DEGREES)) / Math.PI) / 2) * 2 ** z);
      expect(await checkTile(moved, 'WebMercatorQuad', z, at(179.5, z), row)).toBeGreaterThan(10);
      expect(await checkTile(moved, 'WebMercatorQuad', z, at(-179.5, z), row)).toBeGreaterThan(10);
      const rowOfDegrees = Math.floor((106 / 180) * 2 ** z);
      expect(await checkTile(moved, 'WorldCRS84Quad', z, 2 * 2 ** z - 1, rowOfDegrees)).toBeGreaterThan(10);
      expect(await checkTile(moved, 'WorldCRS84Quad', z, 0, rowOfDegrees)).toBeGreaterThan(10);
    }
    expect(await checkTile(moved, 'WebMercatorQuad', 0, 0, 0)).toBeGreaterThan(0);
  });

  it('is one picture as a whole, and as a box whose west is larger than its east', async () => {
    const { app, npp } = await fiji;
    const box = `/products/tiny/bbox/178.5,-18.25,-178,-15/${cols}x${rows}.npy?variable=npp_a&return_mask=false`;
    expect(readNpy(await bytesOf(await app.request(box))).cells).toEqual(npp);
    const { width, height, data } = decode(
      await bytesOf(await app.request('/products/tiny/preview.png?variable=npp_a&max_size=200')),
    );
    expect(Math.abs(width / height - cols / rows)).toBeLessThan(0.1);
    const shareOf = (some: ArrayLike<number>, has: (v: number) => boolean) =>
      Array.from(some).filter(has).length / some.length;
    const valued = shareOf(npp, (v) => !Number.isNaN(v));
    expect(Math.abs(shareOf(data, (entry) => entry > 0) - valued)).toBeLessThan(0.02);
  });

  it('has bounds that catalogues understand', async () => {
    const { app, npp } = await fiji;
    const tilejson = await json(app, '/products/tiny/tilejson.json?variable=npp_a');
    expect(tilejson.bounds).toEqual([-180, -18.25, 180, -15]);
    expect((tilejson.center as number[])[0]).toBeCloseTo(-179.75, 9);
    const item = await json(app, '/stac/tiny/items/2022');
    expect(item.bbox).toEqual([178.5, -18.25, -178, -15]);
    expect(item.geometry).toMatchObject({ type: 'MultiPolygon' });
    const at = 4 * cols + 8;
    const point = await json(app, `/products/tiny/point/-179.375,-16.125?variable=npp_a`);
    expect(point.values).toEqual([Number.isNaN(npp[at]!) ? null : npp[at]]);
    const { tilesets } = await json(app, '/products/tiny/tiles');
    const [mercator] = tilesets as { tileMatrixSetLimits: { minTileCol: number; maxTileCol: number }[] }[];
    expect(mercator!.tileMatrixSetLimits[3]).toMatchObject({ minTileCol: 0, maxTileCol: 7 });
  });
});

describe('a product of the whole world', () => {
  const world = countryAt([360 / cols, 0, -180, 0, -180 / rows, 90]);

  it('is shown from edge to edge, without a seam at the dateline', async () => {
    const moved = await world;
    expect(await checkTile(moved, 'WebMercatorQuad', 0, 0, 0, 0.02)).toBeGreaterThan(1000);
    for (const [x, y] of [
      [0, 0],
      [3, 0],
      [0, 3],
      [3, 2],
    ] as const)
      expect(await checkTile(moved, 'WebMercatorQuad', 2, x, y, 0.02)).toBeGreaterThan(1000);
  });

  it('reaches the poles in degrees', async () => {
    const moved = await world;
    for (const [z, x, y] of [
      [0, 0, 0],
      [0, 1, 0],
      [1, 0, 0],
      [1, 3, 1],
    ] as const)
      expect(await checkTile(moved, 'WorldCRS84Quad', z, x, y, 0.02)).toBeGreaterThan(1000);
    const path = '/products/tiny/tiles/WorldCRS84Quad/0/0/0.npy?variable=npp_a&return_mask=false';
    const { cells } = readNpy(await bytesOf(await moved.app.request(path)));
    expect(cells[0]).toEqual(moved.npp[0]);
    expect(cells[255 * 256]).toEqual(moved.npp[(rows - 1) * cols]);
  });

  it('says the whole world as its bounds', async () => {
    const { app } = await world;
    expect((await json(app, '/products/tiny/tilejson.json?variable=npp_a')).bounds).toEqual([
      -180, -90, 180, 90,
    ]);
    expect((await json(app, '/stac/tiny/items/2022')).bbox).toEqual([-180, -90, 180, 90]);
  });
});

describe.each([
  ['EPSG:3413', 'north', 90],
  ['EPSG:3031', 'south', -90],
] as const)('a product around a pole, in %s', (crs, _, pole) => {
  const cap = countryAt([200_000, 0, -1_400_000, 0, -200_000, 1_300_000], crs);

  it('is shown at every longitude up to the pole', async () => {
    const moved = await cap;
    const row = pole > 0 ? 0 : 1;
    let valued = 0;
    for (const x of [0, 1, 2, 3]) valued += await checkTile(moved, 'WorldCRS84Quad', 1, x, row, 0.15);
    expect(valued).toBeGreaterThan(300);
  });

  it('is bounded by the pole and all longitudes', async () => {
    const { app } = await cap;
    const { bounds } = (await json(app, '/products/tiny/bounds')) as { bounds: number[] };
    expect([bounds[0], bounds[2]]).toEqual([-180, 180]);
    expect(pole > 0 ? bounds[3] : bounds[1]).toBe(pole);
  });
});
