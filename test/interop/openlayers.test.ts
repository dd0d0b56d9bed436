import GeoZarr from 'ol/source/GeoZarr.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, type RunningServer } from '../../functions/entry/local/listen.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import type { Store } from '../../lib/store/store.ts';
import { COUNTRY, serveCountry } from '../api/served.ts';

const { rows, cols, west, north, pixel } = COUNTRY;
const LOADED = 2;

/** What is used of OpenLayers' source; its own types want a browser's. */
interface Source {
  getState(): string;
  addEventListener(type: 'change', listener: () => void): void;
  getDimensions(): Promise<unknown>;
  getProjection(): { getCode(): string };
  getTile(z: number, x: number, y: number, ratio: number, projection: unknown): Tile;
  readonly tileGrid: {
    getExtent(): number[];
    getResolutions(): number[];
    getTileSize(z: number): number[];
  };
}
interface Tile {
  load(): void;
  getState(): number;
  getData(): Float32Array;
  addEventListener(type: 'change', listener: () => void): void;
}

describe("a product's Zarr over HTTP, to OpenLayers' GeoZarr source", () => {
  let server: RunningServer;
  let store: Store;
  let source: Source;
  beforeAll(async () => {
    const served = await serveCountry();
    store = served.store;
    server = await listen(served.app.fetch, '127.0.0.1', 0);
    const url = `${server.url}/products/tiny/zarr`;
    source = new GeoZarr({ url, bands: ['npp_a'], dimensions: { year: 1 } }) as unknown as Source;
    await new Promise<void>((done) => {
      source.addEventListener('change', () => source.getState() !== 'loading' && done());
    });
  });
  afterAll(() => server.close());

  it('has a place, levels and steps without being told', async () => {
    expect(source.getState()).toBe('ready');
    expect(source.getProjection().getCode()).toBe('EPSG:4326');
    const extent = [west, north - rows * pixel, west + cols * pixel, north];
    expect(source.tileGrid.getExtent()).toEqual(extent);
    expect(source.tileGrid.getResolutions().at(-1)).toBe(pixel);
    expect(source.tileGrid.getResolutions().length).toBe(3);
    expect(await source.getDimensions()).toMatchObject({ year: { size: 2 } });
  });

  it('shows the very cells of the store, and none where there is no data', async () => {
    const z = source.tileGrid.getResolutions().length - 1;
    const tile = source.getTile(z, 0, 0, 1, source.getProjection());
    await new Promise<void>((done) => {
      tile.addEventListener('change', () => tile.getState() >= LOADED && done());
      tile.load();
    });
    expect(tile.getState()).toBe(LOADED);
    const layer = await openZarr(store, 'products/tiny/data.zarr/0', 'npp_a', { absentChunks: 'fill' });
    const { cells } = await layer.read({ t0: 1, t1: 2, y0: 0, y1: rows, x0: 0, x1: cols });
    const [width] = source.tileGrid.getTileSize(z);
    const data = tile.getData();
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < cols; x++) {
        const [value, valid] = data.subarray(2 * (y * width! + x));
        const cell = cells[y * cols + x]!;
        expect([valid, Number.isNaN(cell) || value]).toEqual(Number.isNaN(cell) ? [0, true] : [1, cell]);
      }
    }
  });
});
