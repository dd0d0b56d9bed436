import proj4 from 'proj4';
import { crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { prepareBilinear } from '../../lib/grid/resample.ts';
import { sourceWindow, warpWindow } from '../../lib/grid/warp.ts';

const TILE = 1111950.5197665233;
const PIXEL = TILE / 4800;
const ROUNDS = 9;
const FIELDS = 60;

const MODIS: GeoGrid = {
  crs: crsByName('modis-sinusoidal'),
  transform: [PIXEL, 0, -20015109.355797417 + 28 * TILE, 0, -PIXEL, 10007554.677898709 - 6 * TILE],
  height: 4800,
  width: 4800,
};
const ERA5_LAND: GeoGrid = {
  crs: crsByName('EPSG:4326'),
  transform: [0.1, 0, -0.05, 0, -0.1, 90.05],
  height: 1801,
  width: 3600,
};
const WINDOW = { y0: 2688, y1: 3200, x0: 1024, x1: 1536 };
const PIXELS = 512 * 512;

/** Positions of 512 x 512 sinusoidal pixels on a 0.1 degree grid, and 12 months of 5 variables interpolated there. */
export async function benchWarp(): Promise<object> {
  const cases = { warp, plainProj4, bilinearSixtyFields };
  const times: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const start = performance.now();
      run();
      times[name] = [...(times[name] ?? []), performance.now() - start];
    }
  }
  const perPixel = (name: string, fields = 1): number => (median(times[name]!) * 1e6) / (PIXELS * fields);
  return {
    case: 'ERA5-Land 0.1 degree on MODIS sinusoidal 512 x 512',
    rounds: ROUNDS,
    warpNsPerPixel: perPixel('warp'),
    plainProj4NsPerPixel: perPixel('plainProj4'),
    ratioOfMedians: perPixel('plainProj4') / perPixel('warp'),
    bilinearNsPerPixelAndField: perPixel('bilinearSixtyFields', FIELDS),
    worstDistanceSourcePixels: worstDistance(),
  };
}

function warp(): number {
  const { row } = warpWindow(MODIS, WINDOW, ERA5_LAND);
  const cols = new Float64Array(512);
  const rows = new Float64Array(512);
  let sum = 0;
  for (let y = WINDOW.y0; y < WINDOW.y1; y++) {
    row(y, cols, rows);
    sum += cols[7]! + rows[7]!;
  }
  return sum;
}

/** proj4's own converter at every pixel, one point array reused. */
function plainProj4(): number {
  return everyPixel((_, __, col, row) => col + row);
}

function everyPixel(visit: (x: number, y: number, col: number, row: number) => number): number {
  const converter = proj4(MODIS.crs.proj4, ERA5_LAND.crs.proj4);
  const [a, , c, , e, f] = MODIS.transform;
  const point = [0, 0];
  let sum = 0;
  for (let y = WINDOW.y0; y < WINDOW.y1; y++) {
    for (let x = WINDOW.x0; x < WINDOW.x1; x++) {
      point[0] = a * (x + 0.5) + c;
      point[1] = e * (y + 0.5) + f;
      const [lon, lat] = converter.forward(point);
      sum += visit(x, y, (lon! + 0.05) / 0.1, (90.05 - lat!) / 0.1);
    }
  }
  return sum;
}

function worstDistance(): number {
  const { row } = warpWindow(MODIS, WINDOW, ERA5_LAND);
  const cols = new Float64Array(512);
  const rows = new Float64Array(512);
  let [worst, current] = [0, -1];
  everyPixel((x, y, col, r) => {
    if (y !== current) row(y, cols, rows);
    current = y;
    worst = Math.max(worst, Math.hypot(cols[x - WINDOW.x0]! - col, rows[x - WINDOW.x0]! - r));
    return 0;
  });
  return worst;
}

function bilinearSixtyFields(): void {
  const read = sourceWindow(MODIS, WINDOW, ERA5_LAND, 3)!;
  const cells = (read.y1 - read.y0) * (read.x1 - read.x0);
  const field = Float64Array.from({ length: cells }, (_, k) => 20 + Math.sin(k));
  const plan = prepareBilinear(warpWindow(MODIS, WINDOW, ERA5_LAND), ERA5_LAND, read);
  const out = new Float32Array(plan.stripRows * plan.width);
  for (let y = WINDOW.y0; y < WINDOW.y1; y += plan.stripRows) {
    const n = Math.min(plan.stripRows, WINDOW.y1 - y);
    plan.prepare(y, n);
    for (let k = 0; k < FIELDS; k++) plan.apply(field, out);
  }
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
