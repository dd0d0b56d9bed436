import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { daysFromCivil } from '../../lib/grid/time.ts';
import { openCog } from '../../lib/raster/cog.ts';
import { openCogSeries } from '../../lib/raster/cog-series.ts';
import { countingStore } from '../../lib/store/counting.ts';
import { fileStore } from '../../lib/store/file.ts';
import { digest } from './tiff-image.ts';

const shared = fileURLToPath(new URL('../../../shared/data', import.meta.url));

describe.skipIf(!existsSync(shared))('real files (needs ../shared/data)', () => {
  const { store, take } = countingStore(fileStore(shared));

  // Digests of all cells, step after step, as rasterio 1.4.4 (GDAL 3.10.3) reads them.
  it.each([
    ['ndvi', '97fa79e8357d53f8'],
    ['lswi', '3720701c23e97dbc'],
  ])(
    'reads the 46 composites of %s near Munich as GDAL does, with one request a file',
    async (name, expected) => {
      take();
      const layer = await openCogSeries(store, `munich-2022/mod09a1/${name}_{YYYY}{DDD}.tif`);
      expect(take()).toMatchObject({ list: 1, get: 46, head: 0 });
      const { facts } = layer;
      expect(facts.grid.crs.name).toBe('MODIS sinusoidal');
      expect(facts).toMatchObject({ dtype: 'int16', nodata: [-3000], scale: 0.0001, offset: 0 });
      expect([facts.times![0], facts.times!.at(-1)]).toEqual([
        daysFromCivil(2022, 1, 1),
        daysFromCivil(2023, 1, 1),
      ]);
      expect(facts.times).not.toContain(daysFromCivil(2022, 10, 16)); // composite 2022289 does not exist
      const { height, width } = facts.grid;
      const region = { t0: 0, t1: 46, y0: 0, y1: height, x0: 0, x1: width };
      const bytes = layer.dependencies(region).reduce((sum, dependency) => sum + dependency.bytes, 0);
      expect(digest((await layer.read(region)).cells)).toBe(expected);
      expect(take()).toMatchObject({ get: 46, bytesRead: bytes });
    },
  );

  it('reads a window of a map of 1.3 billion pixels by range', async () => {
    take();
    const layer = await openCog(
      store,
      'landcover/worldcover-sao-tome/ESA_WorldCover_10m_2021_v200_N00E006_Map.tif',
    );
    expect(layer.facts.grid).toMatchObject({ height: 36_000, width: 36_000 });
    expect(take().get).toBe(1);
    // Digests as rasterio 1.4.4 reads them.
    const coast = { t0: 0, t1: 1, y0: 16_300, y1: 17_300, x0: 16_300, x1: 17_500 };
    expect(digest((await layer.read(coast)).cells)).toBe('7df208e42589f13b');
    expect(take()).toMatchObject({ get: 1 });
    const coarsest = { t0: 0, t1: 1, y0: 0, y1: 562, x0: 0, x1: 562 };
    expect(digest((await layer.read(coarsest, { level: 6 })).cells)).toBe('bc5087a03c889b37');
    expect(JSON.stringify(layer.facts).length).toBeLessThan(20_000);
  });

  it('finds the changes of land cover in New Guinea that were published, in files of strips', async () => {
    const [before, after] = await Promise.all(
      [2001, 2015].map(async (year) => {
        const layer = await openCog(store, `landcover/new-guinea/landcover${year}.tif`);
        const { height, width } = layer.facts.grid;
        return (await layer.read({ t0: 0, t1: 1, y0: 0, y1: height, x0: 0, x1: width })).cells;
      }),
    );
    const changes = new Map<string, number>();
    for (let i = 0; i < before!.length; i++) {
      if (before![i] === after![i]) continue;
      const change = `${before![i]} to ${after![i]}`;
      changes.set(change, (changes.get(change) ?? 0) + 1);
    }
    expect(changes.get('1 to 2')).toBe(125_954);
    expect(changes.get('2 to 1')).toBe(74_468);
    expect(changes.get('9 to 2')).toBe(4321);
    expect(changes.get('2 to 9')).toBe(4221);
    expect(changes.get('3 to 2')).toBe(3506);
  });
});
