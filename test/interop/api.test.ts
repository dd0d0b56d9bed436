import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, type RunningServer } from '../../functions/entry/local/listen.ts';
import { bytesOf, COUNTRY, readNpy, serveCountry } from '../api/served.ts';
import { PYTHON_HINT, pythonWith } from '../helpers/python.ts';

const python = pythonWith(
  'rasterio',
  'owslib',
  'titiler.core',
  'covjson_pydantic',
  'stac_pydantic',
  'openapi_spec_validator',
);
const script = fileURLToPath(new URL('read_api.py', import.meta.url));
const VARIABLE = 'npp_a';
/** The tile that the script asks for: the whole product lies in it. */
const [Z, X, Y] = [4, 8, 5];

type Pixel = [r: number, g: number, b: number, a: number];
interface Report {
  gdal: string;
  wmts: { crs: number; bounds: number[]; shape: [number, number]; pixels: Pixel[] };
  tms: Pixel[];
  forms: Record<'png' | 'webp' | 'tif', { driver: string; count: number; shape: number[] }> & {
    tif: { crs: number; bounds: number[]; cells: (number | null)[] };
  };
  owslib: { layers: string[]; sets: string[]; bounds: number[]; tile: boolean } & Record<string, unknown>;
  titiler: string[];
  tilings: { worst: number; native: string; levels: number };
  stac: { items: string[]; derived_from: string[]; checksum: string; extensions: [string[], string[]] };
  coverages: [string, string[]][];
  rio_tiler: { valid: number; mean: number };
}

/** Programs of others against a running server, as they are. */
describe.skipIf(!python)(`the API to the programs of others${python ? '' : ` (${PYTHON_HINT})`}`, () => {
  let server: RunningServer;
  let report: Report;
  let tile: Pixel[];
  let values: Float32Array;

  beforeAll(async () => {
    const { app } = await serveCountry();
    server = await listen(app.fetch, '127.0.0.1', 0);
    const { stdout } = await promisify(execFile)(
      python!,
      ['-W', 'ignore', script, server.url, 'tiny', VARIABLE],
      {
        maxBuffer: 2 ** 27,
        timeout: 150_000,
      },
    );
    report = JSON.parse(stdout) as Report;
    const path = `/products/tiny/tiles/WebMercatorQuad/${Z}/${X}/${Y}`;
    const { data, palette } = decode(await bytesOf(await app.request(`${path}.png?variable=${VARIABLE}`)));
    tile = Array.from(data, (entry) => palette![entry]! as unknown as Pixel);
    values = readNpy(await bytesOf(await app.request(`${path}.npy?variable=${VARIABLE}`))).cells;
  }, 180_000);
  afterAll(() => server?.close());

  /** As one text: lists of so many numbers take long to compare. */
  const painted = (pixels: readonly Pixel[]): string => pixels.filter(([, , , a]) => a > 0).join(' ');

  it('GDAL reads the very tile by TMS, colour by colour', () => {
    expect(tile.filter(([, , , a]) => a > 0).length).toBeGreaterThan(500);
    expect(report.tms.map(([, , , a]) => a).join('')).toBe(tile.map(([, , , a]) => a).join(''));
    expect(painted(report.tms)).toBe(painted(tile));
  });

  it('GDAL reads a whole layer by WMTS, where it lies and with as many pixels as the tile has', () => {
    const { crs, bounds, pixels, shape } = report.wmts;
    expect(crs).toBe(3857);
    expect(pixels.length).toBe(shape[0] * shape[1]);
    const metres = (lon: number) => (lon / 180) * 20_037_508.342789244;
    const pixel = (2 * 20_037_508.342789244) / 256 / 2 ** Z;
    const [west, east] = [COUNTRY.west, COUNTRY.west + COUNTRY.cols * COUNTRY.pixel];
    expect(Math.abs(bounds[0]! - metres(west))).toBeLessThan(pixel);
    expect(Math.abs(bounds[2]! - metres(east))).toBeLessThan(pixel);
    expect(painted(pixels)).toBe(painted(tile));
  });

  it('GDAL opens PNG, WebP and GeoTIFF, the last with the values and their place', () => {
    const { png, webp, tif } = report.forms;
    expect([png.driver, webp.driver, tif.driver]).toEqual(['PNG', 'WEBP', 'GTiff']);
    expect([png.shape, webp.shape, tif.shape]).toEqual([
      [8, 8],
      [8, 8],
      [8, 8],
    ]);
    expect(webp.count).toBe(4);
    expect([tif.crs, tif.bounds]).toEqual([4326, [11, 46, 12, 47]]);
    expect(tif.cells.some((cell) => cell !== null)).toBe(true);
  });

  it('OWSLib finds every variable by path and by query, and gets tiles of the last and of another year', () => {
    expect(report.owslib.layers).toContain(VARIABLE);
    expect(report.owslib).toMatchObject({
      'same layers': true,
      sets: ['WebMercatorQuad', 'WorldCRS84Quad', 'native'],
      tile: true,
      'first year': true,
    });
    const { west, north, cols, rows, pixel } = COUNTRY;
    expect(report.owslib.bounds).toEqual([west, north - rows * pixel, west + cols * pixel, north]);
  });

  it("TiTiler's and OGC's models take what its clients read", () => {
    expect(report.titiler.length).toBe(13);
  });

  it("morecantile's tilings are ours, and it reads the product's own", () => {
    expect(report.tilings.worst).toBeLessThan(1e-9);
    expect(report.tilings).toMatchObject({ native: 'WGS 84 (CRS84)', levels: 3 });
  });

  it("pystac's schemas and stac-pydantic's models hold for catalogue, collection and items", () => {
    expect(report.stac.items).toEqual(['tiny-2021', 'tiny-2022']);
    expect(report.stac.derived_from.length).toBeGreaterThan(5);
    expect(report.stac.checksum).toMatch(/^1220[0-9a-f]{64}$/);
    expect(report.stac.extensions.map((names) => names.length)).toEqual([4, 5]);
  });

  it('the models of CoverageJSON take a series at a place and over an area', () => {
    expect(report.coverages).toEqual([
      ['PointSeries', ['nep', 'npp']],
      ['PolygonSeries', [VARIABLE]],
    ]);
  });

  it('rio-tiler counts the values of a numeric tile', () => {
    const valid = values.subarray(0, 65_536).filter((v) => !Number.isNaN(v));
    expect(report.rio_tiler.valid).toBe(valid.length);
    expect(report.rio_tiler.mean).toBeCloseTo(valid.reduce((a, b) => a + b) / valid.length, 3);
  });
});
