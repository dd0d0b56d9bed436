import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { cellAreas } from '../../lib/grid/area.ts';
import { zonesOnGrid } from '../../lib/grid/zone.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { COUNTRY, post, serveCountry } from '../api/served.ts';
import { PYTHON_HINT, pythonWith } from '../helpers/python.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const folder = tempFolder('exactextract');

const python = pythonWith('exactextract', 'numpy', 'shapely');
const SCRIPT = fileURLToPath(new URL('./zonal_oracle.py', import.meta.url));
const { rows, cols, pixel, west, north } = COUNTRY;

interface Found {
  readonly mean: number | null;
  readonly total: number;
  readonly min: number;
  readonly max: number;
  /** Of the valid pixels that the polygon touches, by their row-major place. */
  readonly coverage: readonly number[];
  readonly cells: readonly number[];
  /** Of every pixel, in double precision: the area of its intersection, by GEOS. */
  readonly shares: readonly number[];
}

/** Seeded stars over the country and beyond its edges, one with a hole, one of two parts. */
function polygons(): { type: string; coordinates: unknown }[] {
  let seed = 5;
  const random = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const ring = (lon: number, lat: number, size: number, corners: number): number[][] => {
    const points = Array.from({ length: corners }, (_, k) => {
      const [r, turn] = [size * (0.3 + random()), (2 * Math.PI * k) / corners];
      return [lon + r * Math.cos(turn), lat + r * Math.sin(turn)];
    });
    return [...points, points[0]!];
  };
  const star = () =>
    ring(
      west + cols * pixel * random(),
      north - rows * pixel * random(),
      0.05 + 1.2 * random() ** 2,
      3 + Math.floor(9 * random()),
    );
  const hole = [ring(11.5, 46.5, 0.2, 5)];
  return [
    ...Array.from({ length: 60 }, () => ({ type: 'Polygon', coordinates: [star()] })),
    {
      type: 'Polygon',
      coordinates: [
        [
          [10.2, 45.4],
          [13.1, 45.2],
          [12.9, 47.7],
          [10.4, 47.5],
          [10.2, 45.4],
        ],
        ...hole,
      ],
    },
    { type: 'MultiPolygon', coordinates: [[ring(10.6, 47.2, 0.2, 7)], [ring(12.7, 45.6, 0.3, 6)]] },
  ];
}

describe.skipIf(!python)(`exactextract (${python ? 'as oracle' : PYTHON_HINT})`, () => {
  const shapes = polygons();
  let oracle: Found[];
  let zones: { periods: { variables: { npp_a: Record<string, number> & { total: { gC: number } } } }[] }[];
  let weights: Float64Array[];
  let valid: boolean[];

  beforeAll(async () => {
    const { app, store } = await serveCountry();
    const layer = await openZarr(store, 'products/tiny/data.zarr/0', 'npp_a', { absentChunks: 'fill' });
    const window = { y0: 0, y1: rows, x0: 0, x1: cols };
    const { cells } = await layer.read({ t0: 1, t1: 2, ...window });
    const areas = cellAreas(layer.facts.grid, window);
    const table = (of: ArrayLike<number>) =>
      Array.from({ length: rows }, (_, y) => Array.from({ length: cols }, (__, x) => of[y * cols + x]!));
    const job = {
      edges: { xmin: west, xmax: west + cols * pixel, ymin: north - rows * pixel, ymax: north },
      values: table(cells),
      areas: table(areas),
      polygons: shapes,
    };
    const file = join(folder, 'job.json');
    writeFileSync(file, JSON.stringify(job)); // NaN becomes null
    const { stdout } = await promisify(execFile)(python!, [SCRIPT, file], { maxBuffer: 2 ** 26 });
    oracle = JSON.parse(stdout.replaceAll('NaN', 'null')) as Found[];
    const features = shapes.map((geometry, i) => ({ type: 'Feature', properties: { id: `${i}` }, geometry }));
    const response = await app.request(
      '/products/tiny/reductions',
      post({
        zones: { type: 'FeatureCollection', features },
        variables: ['npp_a'],
        time: '2022',
        statistics: ['mean', 'total', 'min', 'max'],
      }),
    );
    ({ zones } = (await response.json()) as { zones: typeof zones });
    weights = shapes.map((shape) => zonesOnGrid(shape, layer.facts.grid)[0]!.coverage(window));
    valid = Array.from(cells, (value) => !Number.isNaN(value));
  }, 90_000);

  it('finds the same shares of every pixel', () => {
    let pixels = 0;
    for (const [i, { coverage, cells }] of oracle.entries()) {
      const theirs = new Map(cells.map((cell, k) => [cell, coverage[k]!]));
      for (const [cell, share] of weights[i]!.entries()) {
        if (!valid[cell]) continue;
        // It keeps shares as float32.
        expect(Math.abs(share - (theirs.get(cell) ?? 0)), `polygon ${i}, pixel ${cell}`).toBeLessThan(6e-8);
        if (share > 0) pixels++;
      }
    }
    expect(pixels).toBeGreaterThan(600);
  });

  it('is off by its own precision: GEOS finds the shares to twelve digits', () => {
    let worst = 0;
    for (const [i, { shares }] of oracle.entries())
      for (const [cell, share] of weights[i]!.entries())
        worst = Math.max(worst, Math.abs(share - shares[cell]!));
    expect(worst).toBeLessThan(1e-11);
  });

  it('finds the same means, totals and extremes', () => {
    let compared = 0;
    for (const [i, { mean, total, min, max }] of oracle.entries()) {
      const ours = zones[i]!.periods[0]?.variables.npp_a;
      if (mean === null || !ours) {
        expect(ours?.mean ?? null).toBeNull();
        continue;
      }
      // Shares that are off by the last digit of a float32 are all that is between us.
      expect(Math.abs(ours.mean! / mean - 1)).toBeLessThan(1e-7);
      expect(Math.abs(ours.total.gC / total - 1)).toBeLessThan(2e-7);
      expect([ours.min, ours.max]).toEqual([min, max]);
      compared++;
    }
    expect(compared).toBeGreaterThan(50);
  });
});
