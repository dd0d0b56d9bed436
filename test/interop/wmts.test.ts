import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, type RunningServer } from '../../functions/entry/local/listen.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { appOver, bytesOf, readNpy } from '../api/served.ts';
import { PYTHON_HINT, pythonWith } from '../helpers/python.ts';
import { putTinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import { quickSpec, runTiny, tinyWorld } from '../helpers/tiny-product.ts';

const python = pythonWith('rasterio', 'owslib');
const script = fileURLToPath(new URL('read_wmts.py', import.meta.url));

/** MODIS pixels where the tiny country lies: 10 degrees east, 47 north. */
const PIXEL = 25_000;
const [WEST, NORTH, ROWS, COLS] = [775_000, 5_325_000, 5, 6];

interface Layer {
  crs: string;
  epsg: number | null;
  bounds: number[];
  shape: [number, number];
  opacity: number[][];
}

describe.skipIf(!python)(`WMTS in a CRS that has no code${python ? '' : ` (${PYTHON_HINT})`}`, () => {
  let server: RunningServer;
  let report: { native: Layer; unsaid: Layer; owslib: { sets: string[]; tile: number } };
  let cells: Float32Array;
  let tile: Uint8Array;

  beforeAll(async () => {
    const inputs = memoryStore('inputs');
    await putTinyInputs(inputs, tinyInputs());
    const world = tinyWorld(inputs);
    const grid = {
      crs: 'modis-sinusoidal',
      transform: [PIXEL, 0, WEST, 0, -PIXEL, NORTH],
      shape: [ROWS, COLS],
    };
    await runTiny(world, quickSpec({ grid: { ...grid, shard: [4, 4], chunk: [2, 4] } }));
    const app = appOver(world.store);
    server = await listen(app.fetch, '127.0.0.1', 0);
    const own = '/products/tiny/tiles/native/1/0/0';
    cells = readNpy(await bytesOf(await app.request(`${own}.npy?variable=nep_a`))).cells;
    tile = await bytesOf(await app.request(`${own}.png?variable=nep_a`));
    const { stdout } = await promisify(execFile)(python!, [
      '-W',
      'ignore',
      script,
      server.url,
      'tiny',
      'nep_a',
    ]);
    report = JSON.parse(stdout);
  }, 120_000);
  afterAll(() => server?.close());

  it("GDAL reads the product's own pixels where they lie, on MODIS's sphere", () => {
    const { crs, epsg, bounds, shape } = report.native;
    expect(crs).toMatch(/\+proj=sinu .*\+R=6371007\.181/);
    expect([epsg, bounds, shape]).toEqual([
      null,
      [WEST, NORTH - ROWS * PIXEL, WEST + COLS * PIXEL, NORTH],
      [ROWS, COLS],
    ]);
  });

  it('GDAL sees a value where there is one, and nothing where there is none', () => {
    const valid = (y: number, x: number): boolean => !Number.isNaN(cells[y * 256 + x]);
    expect(report.native.opacity).toEqual(
      Array.from({ length: ROWS }, (_, y) => Array.from({ length: COLS }, (_, x) => (valid(y, x) ? 255 : 0))),
    );
    expect(report.native.opacity.flat()).toContain(255);
  });

  it('a reader that knows codes alone still finds Web Mercator first', () => {
    expect(report.unsaid.epsg).toBe(3857);
  });

  it('OWSLib finds the set and gets its very tile', () => {
    expect(report.owslib).toEqual({
      sets: ['WebMercatorQuad', 'WorldCRS84Quad', 'native'],
      tile: tile.length,
    });
  });
});
