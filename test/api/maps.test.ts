import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../functions/api/app.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import { transformer } from '../../lib/grid/projection.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import type { Store } from '../../lib/store/store.ts';
import { lutOf } from '../../lib/view/ramp.ts';
import { watchedStore } from '../helpers/watched-store.ts';
import { appOver, bytesOf, COUNTRY, countryStore, readNpy, serveCountry } from './served.ts';

let app: Api;
let store: Store;
/** The annual NPP of the last year, as Zarr holds it. */
let npp: Float32Array;
beforeAll(async () => {
  ({ app, store } = await serveCountry());
  npp = await valuesOf('npp_a', 1);
});

async function valuesOf(variable: string, step: number, level = 0): Promise<Float32Array> {
  const layer = await openZarr(store, `products/tiny/data.zarr/${level}`, variable, { absentChunks: 'fill' });
  const { height, width } = layer.facts.grid;
  const { cells } = await layer.read({ t0: step, t1: step + 1, y0: 0, y1: height, x0: 0, x1: width });
  return cells as Float32Array;
}

const json = async (path: string) => (await (await app.request(path)).json()) as Record<string, unknown>;
const { rows, cols, pixel, west, north } = COUNTRY;

describe('chunks over HTTP', () => {
  it('hands out the very cells of a chunk, as npy, raw bytes and JSON', async () => {
    const path = '/products/tiny/chunks/1/0/1?variable=npp_a';
    const { shape, cells } = readNpy(await bytesOf(await app.request(`${path}&f=npy`)));
    expect(shape).toEqual([1, 4, 4]);
    const expected = Float32Array.from(
      { length: 16 },
      (_, i) => npp[Math.floor(i / 4) * cols + 4 + (i % 4)]!,
    );
    expect(cells).toEqual(expected);
    expect(new Float32Array((await bytesOf(await app.request(`${path}&f=raw`))).buffer)).toEqual(expected);
    const { state, values, times } = await json(path);
    expect({ state, times }).toEqual({ state: 'computed', times: ['2022'] });
    expect(Float32Array.from(values as number[], (v) => v ?? Number.NaN)).toEqual(expected);
  });

  it('keeps a chunk that was never computed apart from one without data', async () => {
    const own = await countryStore();
    const other = appOver(own);
    const path = '/products/tiny/chunks/1/0/1?variable=npp_a';
    const before = await other.request(path);
    await own.delete('products/tiny/records/0/1/0/1.json');
    const after = await other.request(path);
    expect(after.headers.get('x-chunk-state')).toBe('unrecorded');
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
    expect(((await after.json()) as { values: unknown[] }).values).toEqual(new Array(16).fill(null));
    expect((await app.request('/products/tiny/chunks/1/0/9')).status).toBe(404);
  });
});

describe('the legend', () => {
  it('is one table for JSON, tiles and the range of TileJSON', async () => {
    const legend = await json('/products/tiny/legend.json?variable=npp_a');
    const tilejson = await json('/products/tiny/tilejson.json?variable=npp_a');
    expect((tilejson.raster_layers as { range: number[] }[])[0]!.range).toEqual(legend.range);
    const { palette, data } = decode(
      await bytesOf(await app.request('/products/tiny/tiles/native/2/0/0.png?variable=npp_a')),
    );
    const colors = new Set(legend.colors as string[]);
    const seen = [...new Set(data)].filter((entry) => entry > 0);
    expect(seen.length).toBeGreaterThan(10);
    for (const entry of seen) {
      const color = `#${[...palette![entry]!]
        .slice(0, 3)
        .map((c) => c.toString(16).padStart(2, '0'))
        .join('')}`;
      expect(colors.has(color), color).toBe(true);
    }
  });

  it('comes as PNG and SVG, and refuses what is no range or ramp', async () => {
    expect(
      decode(await bytesOf(await app.request('/products/tiny/legend.png?variable=npp_a'))).width,
    ).toBeGreaterThan(200);
    expect(await (await app.request('/products/tiny/legend.svg?variable=flag_a')).text()).toContain('sink');
    for (const wrong of ['rescale=1', 'rescale=2,1', 'rescale=a,b', 'colormap_name=rainbow']) {
      expect((await app.request(`/products/tiny/legend.json?${wrong}`)).status, wrong).toBe(400);
    }
  });

  it('is drawn for dark pages too, and explains the stripes when tiles are hatched', async () => {
    const svg = async (more: string) =>
      (await app.request(`/products/tiny/legend.svg?variable=npp_a${more}`)).text();
    const [light, dark, hatched] = [await svg(''), await svg('&theme=dark'), await svg('&states=hatch')];
    expect([light.includes('fill="#ffffff"'), dark.includes('fill="#ffffff"')]).toEqual([true, false]);
    expect([light.includes('not computed yet'), hatched.includes('not computed yet')]).toEqual([false, true]);
    const { states } = await json('/products/tiny/legend.json?variable=npp_a');
    expect((states as { state: string; color: string }[]).map(({ state }) => state)).toEqual([
      'missing-input',
      'failed',
      'unrecorded',
      'stale',
    ]);
    for (const { color } of states as { color: string }[]) expect(hatched).toContain(color);
  });

  it('turns a ramp round for its name with _r', async () => {
    const [forward, backward] = [lutOf('viridis'), lutOf('viridis_r')];
    expect([...backward.slice(0, 3)]).toEqual([...forward.slice(-3)]);
    expect(Object.keys(await json('/colorMaps/viridis')).length).toBe(256);
  });
});

describe('Zarr over HTTP', () => {
  it('hands out objects whole and by range, as the store has them', async () => {
    const key = '0/npp_a/c/1/0/1';
    const whole = (await store.get(`products/tiny/data.zarr/${key}`))!.bytes;
    const path = `/products/tiny/zarr/${key}`;
    expect(Buffer.from(await bytesOf(await app.request(path))).equals(whole)).toBe(true);
    const ask = async (range: string) => app.request(path, { headers: { Range: range } });
    for (const [range, from, to] of [
      ['bytes=2-9', 2, 10],
      ['bytes=-5', whole.length - 5, whole.length],
      [`bytes=7-`, 7, whole.length],
    ] as const) {
      const part = await ask(range);
      expect(part.status).toBe(206);
      expect(part.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${whole.length}`);
      expect(Buffer.from(await bytesOf(part)).equals(whole.subarray(from, to))).toBe(true);
    }
    const beyond = await ask(`bytes=${whole.length}-`);
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${whole.length}`]);
    const head = await app.request(path, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(whole.length));
  });

  it('says that a chunk without data is absent, not broken', async () => {
    expect((await app.request('/products/tiny/zarr/0/npp_a/c/9/9/9')).status).toBe(404);
    expect((await json('/products/tiny/zarr')).node_type).toBe('group');
  });
});

describe('STAC and OGC catalogues', () => {
  it('names years as items with their extent in space and time', async () => {
    const item = await json('/stac/tiny/items/2022');
    expect(item).toMatchObject({ stac_version: '1.1.0', type: 'Feature', collection: 'tiny' });
    expect(item.bbox).toEqual([west, north - rows * pixel, west + cols * pixel, north]);
    expect(item.properties).toMatchObject({
      datetime: null,
      start_datetime: '2022-01-01T00:00:00Z',
      end_datetime: '2022-12-31T23:59:59Z',
      'proj:code': 'EPSG:4326',
    });
    expect(item.properties).toMatchObject({
      'cube:dimensions': {
        x: { extent: [west, west + cols * pixel] },
        year: { step: 'P1Y' },
        time: { step: 'P1M' },
      },
      'cube:variables': {
        npp: { dimensions: ['time', 'y', 'x'] },
        npp_a: { dimensions: ['year', 'y', 'x'] },
      },
    });
    const sources = (item.links as { rel: string; title?: string }[]).filter(
      ({ rel }) => rel === 'derived_from',
    );
    expect(sources.map(({ title }) => title).join()).toContain('ndvi_{YYYY}{DDD}.tif');
    for (const { rel, href } of item.links as { rel: string; href: string }[])
      if (rel === 'derived_from') expect((await app.request(href)).status, href).toBe(200);
    expect(await json('/products/tiny/sources/ndvi')).toMatchObject({
      source: { files: 'ndvi/ndvi_{YYYY}{DDD}.tif' },
    });
    expect((await app.request('/products/tiny/sources/none')).status).toBe(404);
    expect((await app.request('/stac/tiny/items/1999')).status).toBe(404);
  });

  it('has a collection for every variable', async () => {
    const { collections } = await json('/collections');
    expect((collections as { id: string }[]).map(({ id }) => id)).toContain('tiny.nep_a');
    expect((await app.request('/collections/tiny.nope')).status).toBe(404);
  });
});

const DEGREES = Math.PI / 180;
/** Column and row of a place at a zoom of WebMercatorQuad, with fractions. */
function mercatorTile(lon: number, lat: number, z: number): [number, number] {
  const n = 2 ** z;
  return [((lon + 180) / 360) * n, ((1 - Math.asinh(Math.tan(lat * DEGREES)) / Math.PI) / 2) * n];
}

describe('tiles', () => {
  it("shows the product's own pixels one to one in its own tiling", async () => {
    const { shape, cells } = readNpy(
      await bytesOf(await app.request('/products/tiny/tiles/native/2/0/0.npy?variable=npp_a')),
    );
    expect(shape).toEqual([2, 256, 256]);
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < cols; x++) expect(cells[y * 256 + x]).toEqual(npp[y * cols + x]);
    expect(cells[cols]).toBeNaN();
    expect([cells[65_536], cells[65_536 + cols]]).toEqual([Number.isNaN(npp[0]!) ? 0 : 255, 0]);
  });

  it('shows in Web Mercator the pixel that each of its pixels lies in', async () => {
    const z = 8;
    const [tx, ty] = mercatorTile(11.7, 46.4, z).map(Math.floor) as [number, number];
    const response = await app.request(
      `/products/tiny/tiles/WebMercatorQuad/${z}/${tx}/${ty}.npy?variable=npp_a&return_mask=false`,
    );
    const { cells } = readNpy(await bytesOf(response));
    const n = 256 * 2 ** z;
    let compared = 0;
    for (let j = 0; j < 256; j += 3) {
      const lat = Math.atan(Math.sinh(Math.PI * (1 - (2 * (ty * 256 + j + 0.5)) / n))) / DEGREES;
      for (let i = 0; i < 256; i += 3) {
        const lon = ((tx * 256 + i + 0.5) / n) * 360 - 180;
        const [col, row] = [(lon - west) / pixel, (north - lat) / pixel];
        // Next to an edge the last digits of the projection decide.
        if ([col, row].some((at) => Math.abs(at - Math.round(at)) < 0.06)) continue;
        const inside = col >= 0 && row >= 0 && col < cols && row < rows;
        const expected = inside ? npp[Math.floor(row) * cols + Math.floor(col)]! : Number.NaN;
        expect(cells[j * 256 + i], `${lon}, ${lat}`).toEqual(expected);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(3000);
  });

  it("draws from the level whose pixels are as large as the picture's", async () => {
    const level = async (path: string) =>
      (await app.request(`/products/tiny/tiles/${path}?variable=npp_a`)).headers.get('x-level');
    const at = (z: number) =>
      `WebMercatorQuad/${z}/${mercatorTile(11.7, 46.4, z).map(Math.floor).join('/')}.png`;
    // 0.25 degrees are 28 km, a pixel of zoom 2 is 39 km, of zoom 1 78 km.
    expect(await Promise.all([level(at(8)), level(at(2)), level(at(1)), level(at(0))])).toEqual([
      '0',
      '0',
      '1',
      '2',
    ]);
    expect(await Promise.all([level('native/2/0/0.png'), level('native/0/0/0.png')])).toEqual(['0', '2']);
  });

  it('is transparent where there is no data and beyond the product', async () => {
    const empty = decode(await bytesOf(await app.request('/products/tiny/tiles/8/0/0.png?variable=npp_a')));
    expect(new Set(empty.data)).toEqual(new Set([0]));
    expect(empty.palette![0]).toEqual([0, 0, 0, 0]);
    expect(empty.palette![1]![3]).toBe(255);
  });

  it('answers 304 from records alone, before any pixel is read', async () => {
    const watched = watchedStore(store);
    const own = appOver(watched.store);
    const path = '/products/tiny/tiles/native/2/0/0.png?variable=npp_a&time=2021';
    const etag = (await own.request(path)).headers.get('etag')!;
    const cold = appOver(watched.store);
    await cold.request('/products/tiny/legend.png?variable=npp_a');
    watched.take();
    const again = await cold.request(path, { headers: { 'If-None-Match': etag } });
    expect(again.status).toBe(304);
    const asked = watched.take();
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((request) => request.includes('data.zarr'))).toEqual([]);
  });

  it('changes its ETag when a chunk that it shows changes, and only then', async () => {
    const own = await countryStore();
    const other = appOver(own);
    const etag = async (x: string) =>
      (await other.request(`/products/tiny/tiles/WebMercatorQuad/9/${x}.npy?variable=nep`)).headers.get(
        'etag',
      );
    const [a, b] = [mercatorTile(10.4, 47.6, 9), mercatorTile(13, 45.2, 9)].map((at) =>
      at.map(Math.floor).join('/'),
    ) as [string, string];
    const before = [await etag(a), await etag(b)];
    const key = 'products/tiny/records/0/1/0/0.json';
    const record = JSON.parse(Buffer.from((await own.get(key))!.bytes).toString());
    await own.put(key, Buffer.from(JSON.stringify({ ...record, digest: 'other' })));
    const after = [await etag(a), await etag(b)];
    expect([after[0] === before[0], after[1] === before[1]]).toEqual([false, true]);
  });

  it('marks chunks that are not there with stripes when asked, and leaves them empty otherwise', async () => {
    const own = await countryStore();
    await own.delete('products/tiny/records/0/1/0/0.json');
    const other = appOver(own);
    const entries = async (more: string) =>
      decode(
        await bytesOf(await other.request(`/products/tiny/tiles/native/2/0/0.png?variable=npp_a${more}`)),
      ).data;
    const [plain, striped] = [await entries(''), await entries('&states=hatch')];
    const gap = (data: ArrayLike<number>) =>
      Array.from({ length: 16 }, (_, i) => data[Math.floor(i / 4) * 256 + (i % 4)]!);
    expect(new Set(gap(plain))).toEqual(new Set([0]));
    expect(Math.max(...gap(striped))).toBe(254);
    expect(striped[5]).toBe(plain[5]);
  });

  it('stripes what is out of date over its old values, when the newest plan wants it made from something else', async () => {
    const own = await countryStore();
    const other = appOver(own);
    const path = '/products/tiny/tiles/native/2/0/0.png?variable=npp_a';
    const entries = async (more: string) => decode(await bytesOf(await other.request(path + more))).data;
    expect(await entries('&states=hatch')).toEqual(await entries(''));
    const key = 'products/tiny/records/0/1/0/0.json';
    const record = JSON.parse(Buffer.from((await own.get(key))!.bytes).toString());
    await own.put(key, Buffer.from(JSON.stringify({ ...record, digest: 'older' })));
    const [plain, striped] = [await entries(''), await entries('&states=hatch')];
    const changed = Array.from(striped).flatMap((entry, i) =>
      entry === plain[i] ? [] : [[i, entry] as const],
    );
    expect(changed.length).toBeGreaterThan(3);
    for (const [i, entry] of changed) expect([entry, i % 256 < 4, i < 4 * 256]).toEqual([255, true, true]);
    expect(changed.length).toBeLessThan(16);
  });

  it('has rows before columns for OGC and columns before rows for TiTiler', async () => {
    const [x, y] = mercatorTile(11.7, 46.4, 8).map(Math.floor);
    const tile = await bytesOf(
      await app.request(`/products/tiny/tiles/WebMercatorQuad/8/${x}/${y}.png?variable=npp_a`),
    );
    for (const path of [
      `/collections/tiny.npp_a/map/tiles/WebMercatorQuad/8/${y}/${x}`,
      `/zarr/tiles/8/${x}/${y}?url=tiny&variable=npp_a`,
      `/products/tiny/tiles/8/${x}/${y}?variable=npp_a&sel=time=nearest::2030-01-01`,
    ]) {
      expect(Buffer.from(await bytesOf(await app.request(path))).equals(tile), path).toBe(true);
    }
  });

  it('has no tiles outside the limits of a set, no sets and no formats that it does not know', async () => {
    for (const path of [
      'WebMercatorQuad/3/8/0.png',
      'WebMercatorQuad/99/0/0.png',
      'Nope/0/0/0.png',
      'native/3/0/0.png',
    ]) {
      expect((await app.request(`/products/tiny/tiles/${path}`)).status, path).toBe(404);
    }
    for (const path of [
      'WebMercatorQuad/0/0/0.jpg',
      'WebMercatorQuad/0/0/x.png',
      'WebMercatorQuad/0/0/0.png?time=1999',
    ]) {
      expect((await app.request(`/products/tiny/tiles/${path}`)).status, path).toBe(400);
    }
  });

  it("picks a month by name, by day and by TiTiler's words", async () => {
    const etag = async (time: string) =>
      (await app.request(`/products/tiny/tiles/native/2/0/0.npy?variable=npp&${time}`)).headers.get('etag');
    const march = await etag('time=2021-03');
    expect(
      await Promise.all(
        ['datetime=2021-03-31T12:00:00Z', 'sel=time=2021-03-09', 'sel=time=nearest::2021-03-15'].map(etag),
      ),
    ).toEqual([march, march, march]);
    expect(await etag('time=2021-04')).not.toBe(march);
    expect(await etag('')).toBe(await etag('time=2022-12'));
  });
});

describe('pictures and places', () => {
  it('draws a box with its pixels where they belong, as GeoTIFF too', async () => {
    const path = '/products/tiny/bbox/11,46,12,47/4x4';
    const { shape, cells } = readNpy(
      await bytesOf(await app.request(`${path}.npy?variable=npp_a&return_mask=false`)),
    );
    expect(shape).toEqual([1, 4, 4]);
    expect(cells).toEqual(
      Float32Array.from({ length: 16 }, (_, i) => npp[(4 + Math.floor(i / 4)) * cols + 4 + (i % 4)]!),
    );
    const tif = await bytesOf(await app.request(`${path}.tif?variable=npp_a`));
    expect(Buffer.from(tif.subarray(0, 4)).toString('hex')).toBe('49492a00');
    expect((await app.request('/products/tiny/bbox/12,46,11,45.png')).status).toBe(400);
  });

  it('tells the value of a place and its series, and which chunk state stands behind it', async () => {
    const [col, row] = [5, 6];
    const [lon, lat] = [west + (col + 0.5) * pixel, north - (row + 0.5) * pixel];
    const point = await json(`/products/tiny/point/${lon},${lat}?variable=npp_a`);
    expect(point).toMatchObject({ values: [npp[row * cols + col]], pixel: { row, col }, state: 'computed' });
    const [x, y] = transformer(crsByName('EPSG:4326'), crsByName('EPSG:3857'))(lon, lat);
    expect((await json(`/products/tiny/point/${x},${y}?variable=npp_a&coord_crs=EPSG:3857`)).values).toEqual(
      point.values,
    );
    const series = await json(`/products/tiny/series/${lon},${lat}?variable=npp&time=2021-11/2022-02`);
    const months = await Promise.all([10, 11, 12, 13].map((step) => valuesOf('npp', step)));
    expect(series).toMatchObject({
      times: ['2021-11', '2021-12', '2022-01', '2022-02'],
      values: months.map((cells) => cells[row * cols + col]),
    });
    expect((await app.request('/products/tiny/point/0,0')).status).toBe(404);
  });

  it('says TileJSON 3.0.0 and WMTS 1.0.0 with the layers, times and legends there are', async () => {
    const tilejson = await json(
      '/products/tiny/WebMercatorQuad/tilejson.json?variable=nep&time=2021-07&rescale=-5,5',
    );
    expect(tilejson).toMatchObject({ tilejson: '3.0.0', vector_layers: [], scheme: 'xyz' });
    const [template] = tilejson.tiles as [string];
    const [z, x, y] = [5, ...mercatorTile(11.7, 46.4, 5).map(Math.floor)];
    expect(
      (await app.request(template.replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`)))
        .status,
    ).toBe(200);
    expect(template).toContain('rescale=-5%2C5');
    const wmts = await (await app.request('/products/tiny/WMTSCapabilities.xml')).text();
    expect(wmts).toContain('<ows:Identifier>nep_a</ows:Identifier>');
    expect(wmts).toContain('<Default>2022-12</Default>');
  });
});
