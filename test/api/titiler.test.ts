import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../functions/api/app.ts';
import { bytesOf, COUNTRY, post, readNpy, serveCountry } from './served.ts';

let app: Api;
beforeAll(async () => {
  ({ app } = await serveCountry());
});

const json = async (path: string, init?: RequestInit) =>
  (await (await app.request(path, init)).json()) as Record<string, unknown>;
const npy = async (path: string, init?: RequestInit) => readNpy(await bytesOf(await app.request(path, init)));
const { rows, cols, pixel, west, north } = COUNTRY;
const east = west + cols * pixel;
const south = north - rows * pixel;
const TILE = '/zarr/tiles/native/2/0/0';
const NPP = 'url=tiny&variable=npp_a';

describe("TiTiler's paths", () => {
  it('name a product by url below /zarr and /md, also by the address of its Zarr, and read no other address', async () => {
    const tile = await app.request(`/products/tiny/tiles/native/2/0/0.png?variable=npp_a`);
    for (const url of ['tiny', 'https://x.org/products/tiny/zarr', 's3://bucket/products/tiny/data.zarr/0'])
      for (const prefix of ['zarr', 'md']) {
        const same = await app.request(
          `/${prefix}/tiles/native/2/0/0.png?url=${encodeURIComponent(url)}&variable=npp_a`,
        );
        expect(same.headers.get('etag'), url).toBe(tile.headers.get('etag'));
      }
    for (const url of ['http://169.254.169.254/latest', 'file:///etc/passwd', '/etc/passwd', ''])
      expect(await json(`/zarr/info?url=${encodeURIComponent(url)}`), url).toMatchObject({
        status: 400,
        field: 'url',
      });
    expect((await json('/cog/info?url=https://x.org/a.tif')).detail).toContain('/zarr');
  });

  it('describe the dataset as xarray would', async () => {
    expect(await json('/zarr/variables?url=tiny')).toContain('npp_a');
    expect(await json('/zarr/dataset/keys?url=tiny')).toEqual(await json('/zarr/variables?url=tiny'));
    expect(await json('/zarr/dataset/dimensions?url=tiny')).toMatchObject({
      time: 24,
      year: 2,
      y: rows,
      x: cols,
    });
    expect(await json('/zarr/dataset/dict?url=tiny')).toMatchObject({
      data_vars: { npp: { dims: ['time', 'y', 'x'], shape: [24, rows, cols], dtype: 'float32' } },
    });
    const { data } = await json('/zarr/dataset/coordinates/x?url=tiny');
    expect((data as number[])[0]).toBe(west + pixel / 2);
    expect((data as number[]).length).toBe(cols);
    expect((await app.request('/zarr/dataset/coordinates/z?url=tiny')).status).toBe(404);
    expect(await json('/zarr/validate?url=tiny')).toMatchObject({ npp: { compatible_with_titiler: true } });
    const info = await json('/zarr/info?url=tiny&variable=npp&show_times=true');
    expect(info).toMatchObject({ count: 24, bounds: [west, south, east, north], dtype: 'float32' });
    expect((info.times as string[])[3]).toBe('2021-04');
    expect((await json('/zarr/info.geojson?url=tiny')).bbox).toEqual([west, south, east, north]);
  });

  it('count pixels under the names of BandStatistics, by categories too', async () => {
    const { npp_a } = (await json(`/zarr/statistics?${NPP}&p=50`)) as { npp_a: Record<string, unknown> };
    expect(npp_a).toMatchObject({ description: expect.stringContaining('2022') });
    expect(npp_a.percentile_50).toBe(npp_a.median);
    expect((npp_a.valid_pixels as number) + (npp_a.masked_pixels as number)).toBe(rows * cols);
    const { flag_a } = (await json(
      '/zarr/statistics?url=tiny&variable=flag_a&categorical=true&c=0&c=1&c=2',
    )) as {
      flag_a: { histogram: [number[], number[]]; valid_pixels: number };
    };
    expect(flag_a.histogram[1]).toEqual([0, 1, 2]);
    expect(flag_a.histogram[0].reduce((a, b) => a + b)).toBe(flag_a.valid_pixels);
  });

  it('draw what lies in a feature, and nothing around it', async () => {
    const [w, n] = [west + 4 * pixel, north - 4 * pixel];
    const ring = [
      [w, n - 1],
      [w + 1, n - 1],
      [w, n],
      [w, n - 1],
    ];
    const feature = { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } };
    const { shape, cells } = await npy(`/zarr/feature/40x40.npy?${NPP}`, post(feature));
    const box = await npy(`/zarr/bbox/${w},${n - 1},${w + 1},${n}/40x40.npy?${NPP}`);
    expect(shape).toEqual([2, 40, 40]);
    // Below the diagonal the pixels of the box, above it none.
    for (const [row, col] of [
      [39, 1],
      [20, 10],
      [35, 30],
    ] as const)
      expect(cells[row * 40 + col]).toEqual(box.cells[row * 40 + col]);
    for (const at of [39, 10 * 40 + 20, 20 * 40 + 39]) expect(cells[at]).toBeNaN();
    expect(
      (await app.request(`/zarr/feature?${NPP}`, post({ type: 'Point', coordinates: [0, 0] }))).status,
    ).toBe(400);
  });

  it('send map.html to the page on that map, or say that there is none', async () => {
    expect(await json(`/zarr/WebMercatorQuad/map.html?${NPP}`)).toMatchObject({ status: 404 });
    const { app: withPage } = await serveCountry({ page: async () => new Map() });
    const answer = await withPage.request(`/zarr/WebMercatorQuad/map.html?${NPP}&time=2021`);
    expect([answer.status, answer.headers.get('location')]).toEqual([
      302,
      expect.stringContaining('/#product=tiny&variable=npp_a&time=2021'),
    ]);
  });
});

describe("TiTiler's parameters", () => {
  it('take a step by its number as well as by sel', async () => {
    const etag = async (more: string) =>
      (await app.request(`${TILE}.npy?url=tiny&variable=npp&${more}`)).headers.get('etag');
    const march = await etag('time=2021-03');
    for (const said of ['bidx=3', 'sel=time=2021-03-09', 'sel=time=2021-03&bidx=1'])
      expect(await etag(said), said).toBe(march);
    expect(await etag('sel=time=2030-01-01&sel_method=nearest')).toBe(await etag('time=2022-12'));
    for (const wrong of ['bidx=25', 'bidx=1&bidx=2', 'bidx=2&time=2021-03', 'sel=lat=3'])
      expect((await app.request(`${TILE}.npy?url=tiny&variable=npp&${wrong}`)).status, wrong).toBe(400);
  });

  it('make tiles larger, sharper, and wider by a buffer that shows what the neighbours show', async () => {
    const plain = await npy(`${TILE}.npy?${NPP}&return_mask=false`);
    expect(plain.shape).toEqual([1, 256, 256]);
    expect((await npy(`${TILE}.npy?${NPP}&tilesize=512`)).shape).toEqual([2, 512, 512]);
    expect((await npy(`${TILE}@2x.npy?${NPP}`)).shape).toEqual([2, 512, 512]);
    const wide = await npy(`${TILE}.npy?${NPP}&buffer=2&return_mask=false`);
    expect(wide.shape).toEqual([1, 260, 260]);
    for (let row = 0; row < rows; row++)
      for (let col = 0; col < cols; col++)
        expect(wide.cells[(row + 2) * 260 + col + 2]).toEqual(plain.cells[row * 256 + col]);
  });

  it('clear one more value, and paint what has no data when no mask is wanted', async () => {
    const plain = await npy(`${TILE}.npy?${NPP}&return_mask=false`);
    const value = plain.cells.find((v) => !Number.isNaN(v))!;
    const cleared = await npy(`${TILE}.npy?${NPP}&return_mask=false&nodata=${value}`);
    const hits = plain.cells.filter((v) => v === value).length;
    const valid = (cells: Float32Array) => cells.filter((v) => !Number.isNaN(v)).length;
    expect(valid(plain.cells) - valid(cleared.cells)).toBe(hits);
    expect((await app.request(`${TILE}.npy?${NPP}&nodata=x`)).status).toBe(400);
    const alpha = async (more: string) =>
      decode(await bytesOf(await app.request(`${TILE}.png?${NPP}${more}`))).palette![0]![3];
    expect([await alpha(''), await alpha('&return_mask=false')]).toEqual([0, 255]);
  });

  it('paint by colours that are given: by place on the range, by intervals of values, by class', async () => {
    const colorsIn = async (variable: string, colormap: unknown, more = '') => {
      const path = `${TILE}.png?url=tiny&variable=${variable}&colormap=${encodeURIComponent(JSON.stringify(colormap))}${more}`;
      const { palette, data } = decode(await bytesOf(await app.request(path)));
      return new Set([...new Set(data)].map((entry) => palette![entry]!.join()));
    };
    const half = {
      ...Object.fromEntries(Array.from({ length: 128 }, (_, i) => [i, '#ff0000'])),
      255: [0, 0, 255, 128],
    };
    const { range } = (await json('/products/tiny/legend.json?variable=npp_a')) as {
      range: [number, number];
    };
    const seen = await colorsIn('npp_a', half, `&rescale=${range}`);
    expect(seen).toContain('255,0,0,255');
    expect(seen).toContain('0,0,0,0');
    const intervals = [
      [[-1e9, 100], '#102030'],
      [
        [100, 1e9],
        [1, 2, 3, 255],
      ],
    ];
    expect(
      [...(await colorsIn('npp_a', intervals))].every((c) =>
        ['16,32,48,255', '1,2,3,255', '0,0,0,0'].includes(c),
      ),
    ).toBe(true);
    expect(
      [...(await colorsIn('flag_a', { 0: '#010101', 2: '#020202' }))].every((c) =>
        ['1,1,1,255', '2,2,2,255', '0,0,0,0'].includes(c),
      ),
    ).toBe(true);
    const legend = await json(
      `/products/tiny/legend.json?variable=npp_a&colormap=${encodeURIComponent(JSON.stringify(intervals))}`,
    );
    expect(legend).toMatchObject({
      kind: 'classes',
      classes: [{ color: '#102030', to: 100 }, { color: '#010203ff' }],
    });
    for (const wrong of [
      '{',
      '{}',
      '3',
      '{"300":"#ffffff"}',
      '[[[2,1],"#ffffff"]]',
      '{"0":"red"}',
      '{"0":[1,2]}',
    ])
      expect(await json(`${TILE}.png?${NPP}&colormap=${encodeURIComponent(wrong)}`), wrong).toMatchObject({
        status: 400,
        field: 'colormap',
      });
  });

  it('are refused by name, with what to do instead, where they are not done here', async () => {
    for (const [said, remedy] of [
      ['expression=b1*2', 'npy'],
      ['algorithm=hillshade', 'npy'],
      ['color_formula=gamma', 'rescale'],
      ['resampling=cubic', 'bilinear'],
      ['format=jpg', 'webp'],
    ] as const) {
      const problem = await json(`${TILE}?${NPP}&${said}`);
      expect(problem, said).toMatchObject({ status: 400, field: said.split('=')[0] });
      expect(problem.detail, said).toContain(remedy);
    }
  });

  it('go into the tiles of TileJSON, and what is only for TileJSON does not', async () => {
    const tilejson = await json(
      `/zarr/WebMercatorQuad/tilejson.json?${NPP}&sel=time=2021&tile_format=webp&minzoom=3&maxzoom=7&tilesize=512&rescale=0,9`,
    );
    expect(tilejson).toMatchObject({ minzoom: 3, maxzoom: 7 });
    const [template] = tilejson.tiles as [string];
    expect(template).toMatch(
      /\{z\}\/\{x\}\/\{y\}\.webp\?variable=npp_a&time=2021&tilesize=512&rescale=0%2C9$/,
    );
    expect(await json(`/zarr/tilejson.json?${NPP}&minzoom=9&maxzoom=3`)).toMatchObject({ field: 'minzoom' });
  });
});

describe("xpublish's words", () => {
  it('show the same tile, row before column', async () => {
    const ours = await app.request(
      '/products/tiny/tiles/WorldCRS84Quad/3/8/1.png?variable=npp_a&colormap_name=magma&rescale=0,900',
    );
    const theirs = await app.request(
      '/datasets/tiny/tiles/WorldCRS84Quad/3/1/8?variables=npp_a&style=raster/magma&colorscalerange=0,900&width=256&height=256&f=image/png',
    );
    expect(theirs.headers.get('content-type')).toBe('image/png');
    const { data } = decode(await bytesOf(theirs.clone()));
    expect(new Set(data).size).toBeGreaterThan(5);
    expect(Buffer.from(await bytesOf(theirs)).equals(await bytesOf(ours))).toBe(true);
    expect((await app.request('/datasets/tiny/tiles/WorldCRS84Quad/3/1/8?style=vector/x')).status).toBe(400);
  });
});

describe('forms of pictures', () => {
  it('paint the same in WebP as in PNG', async () => {
    const webp = await bytesOf(await app.request(`${TILE}.webp?${NPP}`));
    expect(Buffer.from(webp.subarray(0, 4)).toString()).toBe('RIFF');
    expect(Buffer.from(webp.subarray(8, 16)).toString()).toBe('WEBPVP8L');
    const { default: decodeWebp, init } = await import('@jsquash/webp/decode.js');
    const { readFile } = await import('node:fs/promises');
    const { createRequire } = await import('node:module');
    const wasm = createRequire(import.meta.url).resolve('@jsquash/webp/codec/dec/webp_dec.wasm');
    (globalThis as { ImageData?: unknown }).ImageData ??= function image(data: Uint8ClampedArray) {
      return { data };
    };
    await init({ wasmBinary: await readFile(wasm) } as object);
    const { data } = (await decodeWebp(webp.buffer)) as unknown as { data: Uint8ClampedArray };
    const png = decode(await bytesOf(await app.request(`${TILE}.png?${NPP}`)));
    let painted = 0;
    for (let i = 0; i < 256 * 256; i++) {
      const [r, g, b, a] = png.palette![png.data[i]!]!;
      const pixelOf = [...data.subarray(4 * i, 4 * i + 4)];
      if (a === 0) expect(pixelOf[3]).toBe(0);
      else expect(pixelOf).toEqual([r, g, b, a]);
      painted += a === 0 ? 0 : 1;
    }
    expect(painted).toBeGreaterThan(100);
  });

  it('answer tiles that hold nothing with a clear picture, or with 204 when that is wanted', async () => {
    const far = '/zarr/tiles/WebMercatorQuad/8/0/0.png';
    expect((await app.request(`${far}?${NPP}`)).status).toBe(200);
    const empty = await app.request(`${far}?${NPP}&empty=204`);
    expect([empty.status, (await empty.arrayBuffer()).byteLength]).toEqual([204, 0]);
    expect(empty.headers.get('etag')).toMatch(/^"/);
    expect((await app.request(`${TILE}.png?${NPP}&empty=204`)).status).toBe(200);
  });

  it('move through a year as PNG and as GIF, with a frame a month', async () => {
    const gif = await bytesOf(
      await app.request('/products/tiny/animation.gif?variable=npp&time=2021&max_size=32'),
    );
    expect(Buffer.from(gif.subarray(0, 6)).toString()).toBe('GIF89a');
    // A graphic control extension stands before every frame.
    expect(Buffer.from(gif).toString('latin1').split('\x21\xf9\x04').length - 1).toBe(12);
    const png = await bytesOf(
      await app.request('/products/tiny/animation.png?variable=npp&time=2021&max_size=32'),
    );
    expect(Buffer.from(png).toString('latin1').split('fcTL').length - 1).toBe(12);
  });

  it('write the step into the corner of each frame unless told not to', async () => {
    const firstFrame = async (more: string) =>
      decode(
        await bytesOf(
          await app.request(`/products/tiny/animation.png?variable=npp&time=2021&max_size=240${more}`),
        ),
      );
    const [written, plain] = [await firstFrame(''), await firstFrame('&caption=none')];
    const corner = ({ data, width }: typeof written) =>
      Array.from(data).filter((_, i) => i % width < 80 && Math.floor(i / width) < 26);
    expect(corner(written).filter((entry) => entry === 255).length).toBeGreaterThan(40);
    expect(corner(plain).filter((entry) => entry === 255).length).toBe(0);
    const below = ({ data, width }: typeof written) => Buffer.from(data.subarray(40 * width) as Uint8Array);
    expect(below(written).equals(below(plain))).toBe(true);
  });
});
