import { beforeEach, describe, expect, it } from 'vitest';
import { crsFromEpsg } from '../../lib/grid/crs.ts';
import { readRecord } from '../../lib/job/record.ts';
import type { World } from '../../lib/job/world.ts';
import { encodeCog } from '../../lib/raster/cog-write.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import type { Store } from '../../lib/store/store.ts';
import { tinyFiles } from '../helpers/tiny-files.ts';
import { NORTH, PIXEL, WEST } from '../helpers/tiny-inputs.ts';
import { planTiny, runTiny, tinySources, tinySpec, tinyWorld } from '../helpers/tiny-product.ts';

let files: Store;
let world: World;
beforeEach(async () => {
  files = await tinyFiles();
  world = tinyWorld(files);
});

const { temperature, precipitation, vegtype } = tinySources() as Record<string, object>;
const grid = {
  crs: 'EPSG:4326',
  transform: [PIXEL, 0, WEST, 0, -PIXEL, NORTH],
  shape: [5, 6],
  shard: [4, 4],
  chunk: [2, 4],
};
const respiration = (sources: object, params: object = {}) =>
  tinySpec({
    model: 'soil-rh',
    grid,
    params,
    outputs: ['rh'],
    sources: { temperature, precipitation, vegtype, ...sources },
  });
const lapse = { climate: { lapseKPerKm: 6.5 } };

async function rhOf(spec: ReturnType<typeof respiration>, at: World = world): Promise<Float32Array> {
  expect(await runTiny(at, spec)).toMatchObject({ state: 'complete' });
  const layer = await openZarr(at.store, 'products/tiny/data.zarr/0', 'rh', { absentChunks: 'fill' });
  return (await layer.read({ t0: 0, t1: 24, y0: 0, y1: 5, x0: 0, x1: 6 })).cells as Float32Array;
}

describe('temperature taken to the height of the place', () => {
  it('is 6.5 K lower a thousand metres above its climate, as if the file had said so', async () => {
    const heights = { elevation: { constant: 1300 }, climateElevation: { constant: 300 } };
    const found = await rhOf(respiration(heights, lapse));
    const colder = { temperature: { ...temperature, offset: -6.5 } };
    const expected = await rhOf(respiration(colder), tinyWorld(files));
    expect([...found].filter(Number.isFinite).length).toBeGreaterThan(500);
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
  });

  it('parts neighbours of one climate cell by a map of heights, and takes the nearest where that has a hole', async () => {
    const heights = Float32Array.from({ length: 30 }, (_, i) => (i === 7 ? Number.NaN : 100 * (i % 6)));
    const cog = encodeCog({
      cells: heights,
      width: 6,
      height: 5,
      dtype: 'float32',
      nodata: Number.NaN,
      transform: [PIXEL, 0, WEST, 0, -PIXEL, NORTH],
      crs: crsFromEpsg(4326),
      compression: 'deflate',
      tile: 16,
      overviews: 'none',
      units: 'm',
    });
    await files.put('dem.tif', Buffer.concat(cog));
    const sources = { elevation: { file: 'dem.tif' }, climateElevation: { constant: 0 } };
    const found = await rhOf(respiration(sources, lapse));
    const flat = await rhOf(respiration({}), tinyWorld(files));
    const july = 6 * 30;
    expect(found[july]).toBeCloseTo(flat[july]!, 5);
    expect(found[july + 5]).toBeLessThan(flat[july + 5]!);
    expect(found[july + 7]).toBeGreaterThan(0);
    expect((await readRecord(world.store, 'tiny', 0, { t: 0, y: 0, x: 0 }))?.inputs.elevation).toEqual({
      outOfRange: 0,
      clamped: 0,
    });
  });

  it('wants both heights, in metres or as geopotential', async () => {
    await expect(planTiny(world, respiration({ elevation: { constant: 1 } }, lapse))).rejects.toThrow(
      /spec\.sources\.climateElevation: missing/,
    );
    const celsius = { elevation: { zarr: 'era5.zarr', variable: 't2m' }, climateElevation: { constant: 0 } };
    await expect(planTiny(world, respiration(celsius, lapse))).rejects.toThrow(
      /is in "K"; the model wants "m"/,
    );
  });
});
