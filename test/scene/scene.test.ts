import { beforeAll, describe, expect, it } from 'vitest';
import { isoDate } from '../../lib/grid/time.ts';
import { openCog } from '../../lib/raster/cog.ts';
import { openCogSeries } from '../../lib/raster/cog-series.ts';
import type { Layer } from '../../lib/raster/layer.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { makeScene, sceneJobs } from '../../lib/scene/scene.ts';
import { SCENE_KEYS } from '../../lib/scene/scene-texts.ts';
import { WINDOWS } from '../../lib/scene/window.ts';
import { GLC_FCS30, knowsCode } from '../../lib/science/landcover/legends.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { contents, madeScene, TINY } from './made-scene.ts';

let store: Store;
beforeAll(async () => {
  store = await madeScene();
});

const whole = ({ facts: { grid, times } }: Layer) => ({
  t0: 0,
  t1: times?.length ?? 1,
  y0: 0,
  y1: grid.height,
  x0: 0,
  x1: grid.width,
});

describe('the synthetic delta', () => {
  it('has the same bytes whatever the order of its jobs', async () => {
    const again = await contents(await madeScene(TINY, true));
    expect(again.size).toBe(2 * 46 + 82 + 1 + 3);
    expect(again).toEqual(await contents(store));
  });

  it('is made whole by one call, which counts what it wrote', async () => {
    const one = memoryStore();
    const progress: number[] = [];
    const receipt = await makeScene({ store: one }, { ...TINY, years: [2021] }, (done) =>
      progress.push(done),
    );
    expect(progress).toEqual([1, 2, 3, 4, 5]);
    expect(receipt.objects).toBe((await contents(one)).size);
  });

  it('changes with its seed in NDVI, land cover and climate, but not in the cities', async () => {
    const one = await contents(await madeScene({ ...TINY, years: [2021] }));
    const other = await contents(await madeScene({ ...TINY, years: [2021], seed: 2 }));
    const same = (pattern: RegExp) =>
      [...one].filter(([key, etag]) => pattern.test(key) && other.get(key) === etag).map(([key]) => key);
    expect(same(/_NDVI\.tif$|GLC_FCS30/)).toEqual([]);
    expect(same(/era5.*\/\w+\/0\.0\.0$/)).toEqual([]);
    expect(same(/geojson/)).toEqual([SCENE_KEYS.cities]);
  });

  it('draws a year alike whether or not other years are made', async () => {
    const one = await contents(await madeScene({ ...TINY, years: [2022] }));
    const both = await contents(store);
    const composites = [...one].filter(([key]) => key.startsWith('MOD13Q1/'));
    expect(composites).toHaveLength(46);
    for (const [key, etag] of composites) expect(both.get(key), key).toBe(etag);
  });

  it('refuses windows, years and scenes that it does not know, by name', () => {
    expect(() => sceneJobs({ ...TINY, window: 'huge' as 'full' })).toThrow(/window: "huge".*tiny/);
    expect(() => sceneJobs({ ...TINY, years: [2021, 2023] })).toThrow(/years: \[2021,2023\]/);
    expect(() => sceneJobs({ ...TINY, years: [] })).toThrow(/years/);
    expect(() => sceneJobs({ ...TINY, name: 'yrd' as 'prd' })).toThrow(/scene: "yrd"/);
  });
});

describe('composites in the form of MOD13Q1', () => {
  it('has 23 a year, named and dated as the product is', async () => {
    const keys = [...(await contents(store)).keys()].filter((key) => key.startsWith('MOD13Q1/'));
    expect(keys).toHaveLength(92);
    expect(keys).toContain('MOD13Q1/MOD13Q1.A2021001.h28v06.061.250m_16_days_NDVI.tif');
    expect(keys).toContain('MOD13Q1/MOD13Q1.A2022353.h28v06.061.250m_16_days_pixel_reliability.tif');
    const { times } = (await openCogSeries(store, SCENE_KEYS.ndvi)).facts;
    expect(times).toHaveLength(46);
    expect(isoDate(times![1]!)).toBe('2021-01-17');
  });

  it('has the types, scale and nodata of the product on its sinusoidal grid', async () => {
    const ndvi = (await openCogSeries(store, SCENE_KEYS.ndvi)).facts;
    const rank = (await openCogSeries(store, SCENE_KEYS.reliability)).facts;
    expect(ndvi).toMatchObject({ dtype: 'int16', scale: 0.0001, offset: 0, nodata: [-3000] });
    expect(rank).toMatchObject({ dtype: 'int8', scale: 1, nodata: [-1] });
    expect(ndvi.grid.crs.name).toBe('MODIS sinusoidal');
    expect(ndvi.grid).toMatchObject({ height: 51, width: 81 });
    const [a, , x, , e, y] = ndvi.grid.transform;
    const { row0, col0 } = WINDOWS.tiny;
    expect(a).toBeCloseTo(231.65635828469235, 8);
    expect(e).toBeCloseTo(-231.65635828469235, 8);
    expect(x).toBeCloseTo(11119505.197665233 + col0 * 231.65635828469235, 4);
    expect(y).toBeCloseTo(3335851.5592995696 - row0 * 231.65635828469235, 4);
    expect(rank.grid.transform).toEqual(ndvi.grid.transform);
  });

  it('has no value exactly where it has no reliability, and NDVI in range elsewhere', async () => {
    const ndvi = await openCogSeries(store, SCENE_KEYS.ndvi);
    const rank = await openCogSeries(store, SCENE_KEYS.reliability);
    const values = (await ndvi.read(whole(ndvi))).cells;
    const ranks = (await rank.read(whole(rank))).cells;
    const odd = values.findIndex((v: number, k: number) =>
      ranks[k] === -1 ? v !== -3000 : !(ranks[k]! <= 3 && v >= -2000 && v <= 10000),
    );
    expect(odd).toBe(-1);
  });

  it('loses more pixels to cloud in the monsoon than in autumn', async () => {
    const rank = await openCogSeries(store, SCENE_KEYS.reliability);
    const ranks = (await rank.read(whole(rank))).cells;
    const pixels = 51 * 81;
    const cloudy = (from: number, to: number) => {
      let n = 0;
      for (let t = from; t < to; t++) {
        for (let p = 0; p < pixels; p++)
          n += ranks[t * pixels + p]! % 3 === 0 && ranks[t * pixels + p] !== 0 ? 1 : 0;
        for (let p = 0; p < pixels; p++) n += ranks[t * pixels + p] === -1 ? 1 : 0;
      }
      return n / ((to - from) * pixels);
    };
    const spring = (cloudy(5, 11) + cloudy(23 + 5, 23 + 11)) / 2;
    const autumn = (cloudy(18, 22) + cloudy(23 + 18, 23 + 22)) / 2;
    expect(spring).toBeGreaterThan(0.2);
    expect(spring).toBeLessThan(0.75);
    expect(autumn).toBeLessThan(0.15);
  });
});

describe('land cover in the form of GLC_FCS30', () => {
  it('is 30 m, in degrees, in codes of its legend, with land, town and water', async () => {
    const map = await openCog(store, SCENE_KEYS.landCover);
    expect(map.facts).toMatchObject({ dtype: 'uint8', nodata: [250] });
    expect(map.facts.grid.crs.epsg).toBe(4326);
    expect(map.facts.grid.transform[0]).toBeCloseTo(0.00026949458523585647, 12);
    const { cells } = await map.read(whole(map));
    const codes = new Set<number>();
    for (const code of cells) codes.add(code);
    expect([...codes].filter((code) => !knowsCode(GLC_FCS30, code))).toEqual([]);
    for (const code of [20, 52, 190, 210, 250]) expect(codes, `code ${code}`).toContain(code);
  });
});

describe('climate in the form of ERA5-Land monthly means', () => {
  const read = async (name: string) => {
    const layer = await openZarr(store, SCENE_KEYS.climate, name);
    return { layer, cells: (await layer.read(whole(layer))).cells };
  };
  const land = (cells: ArrayLike<number>) => Array.from(cells).filter((v) => !Number.isNaN(v));

  it('has 24 months at 0.1 degrees, latitude from the north, with the units of the Climate Data Store', async () => {
    const { layer } = await read('e');
    expect(layer.facts).toMatchObject({ dtype: 'float32', units: 'm of water equivalent' });
    expect(layer.facts.grid).toMatchObject({ height: 38, width: 53 });
    expect(layer.facts.grid.transform.map((v) => Math.round(v * 1e4) / 1e4)).toEqual([
      0.1, 0, 110.75, 0, -0.1, 24.95,
    ]);
    expect(layer.facts.times?.map(isoDate).slice(0, 13)).toContain('2022-01-01');
    const units = await Promise.all(
      ['t2m', 'ssrd', 'tp', 'pev'].map(async (n) => (await read(n)).layer.facts.units),
    );
    expect(units).toEqual(['K', 'J m**-2', 'm', 'm']);
  });

  it('is missing over the sea and the estuary, the same in every variable and month', async () => {
    const { cells } = await read('t2m');
    const nodes = 38 * 53;
    const missing = (lon: number, lat: number, t = 0) =>
      Number.isNaN(cells[t * nodes + Math.round((24.9 - lat) * 10) * 53 + Math.round((lon - 110.8) * 10)]!);
    expect(missing(113.3, 23.1), 'Guangzhou').toBe(false);
    expect(missing(112.1, 23.8), 'Zhaoqing').toBe(false);
    expect(missing(114.5, 21.9), 'open sea').toBe(true);
    expect(missing(113.7, 22.5), 'estuary').toBe(true);
    for (const name of ['ssrd', 'tp', 'e', 'pev']) {
      const other = (await read(name)).cells;
      const differs = cells.findIndex(
        (v: number, k: number) => Number.isNaN(v) !== Number.isNaN(other[k % nodes]!),
      );
      expect(differs, name).toBe(-1);
    }
  });

  it('keeps to what the delta can have: 150 to 750 MJ m-2 of radiation a month, and warm', async () => {
    const { cells: ssrd } = await read('ssrd');
    const sol = land(ssrd).map((v) => v / 1e6);
    expect(Math.min(...sol) * 28).toBeGreaterThan(150);
    expect(Math.max(...sol) * 31).toBeLessThan(750);
    const kelvin = land((await read('t2m')).cells);
    expect(Math.min(...kelvin)).toBeGreaterThan(273.15);
    expect(Math.max(...kelvin)).toBeLessThan(273.15 + 32);
    const mean = kelvin.reduce((a, b) => a + b) / kelvin.length - 273.15;
    expect(mean).toBeGreaterThan(20);
    expect(mean).toBeLessThan(24);
  });

  it('never evaporates more than it could, both counted negative upward', async () => {
    const [e, pev] = [land((await read('e')).cells), land((await read('pev')).cells)];
    expect(e.every((v, k) => v < 0 && v > pev[k]!)).toBe(true);
    expect(land((await read('tp')).cells).every((v) => v > 0 && v < 0.03)).toBe(true);
  });
});
