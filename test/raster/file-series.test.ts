import { describe, expect, it } from 'vitest';
import { CorruptInput, MissingInput } from '../../lib/errors.ts';
import { daysFromCivil } from '../../lib/grid/time.ts';
import { isFilePattern, listSeries, parseFilePattern } from '../../lib/raster/file-series.ts';
import { memoryStore } from '../../lib/store/memory.ts';

const dayOf = (pattern: string, key: string) => parseFilePattern(pattern).dayOf(key);

async function storeWith(...keys: string[]) {
  const store = memoryStore();
  for (const key of keys) await store.put(key, new Uint8Array(1));
  return store;
}

describe('file-name patterns', () => {
  it('reads the day of year of a MODIS name, in leap years too', () => {
    const pattern = 'MOD13Q1.A{YYYY}{DDD}.h28v06.*.tif';
    expect(dayOf(pattern, 'MOD13Q1.A2020366.h28v06.061.2021.tif')).toBe(daysFromCivil(2020, 12, 31));
    expect(dayOf(pattern, 'MOD13Q1.A2021001.h28v06.061.2021.tif')).toBe(daysFromCivil(2021, 1, 1));
  });

  it('reads months as their first day and full dates as they are', () => {
    expect(dayOf('et_{YYYY}-{MM}.tif', 'et_2021-02.tif')).toBe(daysFromCivil(2021, 2, 1));
    expect(dayOf('glc_{YYYY}.tif', 'glc_2021.tif')).toBe(daysFromCivil(2021, 1, 1));
    expect(dayOf('{YYYY}/{MM}/{DD}.tif', '2021/02/28.tif')).toBe(daysFromCivil(2021, 2, 28));
  });

  it('takes the punctuation of a name literally and keeps * inside one folder', () => {
    expect(dayOf('a.{YYYY}{DDD}.tif', 'aX2021001.tif')).toBeUndefined();
    expect(dayOf('*{YYYY}{DDD}.tif', 'x/2021001.tif')).toBeUndefined();
    expect(dayOf('a{YYYY}{DDD}.tif', 'a2021001.tif.aux.xml')).toBeUndefined();
  });

  it('wants the same year wherever the year is written', () => {
    expect(dayOf('{YYYY}/n_{YYYY}{DDD}.tif', '2021/n_2021009.tif')).toBe(daysFromCivil(2021, 1, 9));
    expect(dayOf('{YYYY}/n_{YYYY}{DDD}.tif', '2020/n_2021009.tif')).toBeUndefined();
  });

  it.each(['ndvi.tif', 'n_{MM}.tif', 'n_{YYYY}{DD}.tif', 'n_{YYYY}{MM}{DDD}.tif', 'n_{YYYY}{HH}.tif'])(
    'refuses %s, which gives no day',
    (text) => expect(() => parseFilePattern(text)).toThrow(/pattern/),
  );

  it.each([
    ['{YYYY}{DDD}.tif', '2021366.tif', 'day of year 366'],
    ['{YYYY}{DDD}.tif', '2021000.tif', 'day of year 0'],
    ['{YYYY}{MM}.tif', '202113.tif', 'month 13'],
    ['{YYYY}{MM}{DD}.tif', '20210229.tif', 'day 29'],
  ])('names the file whose date does not exist (%s, %s)', (pattern, key, problem) => {
    expect(() => dayOf(pattern, key)).toThrow(new RegExp(`${key}.*${problem}`));
  });

  it('knows a series from a single file', () => {
    expect(isFilePattern('ndvi_{YYYY}{DDD}.tif')).toBe(true);
    expect(isFilePattern('landcover.tif')).toBe(false);
  });
});

describe('listing a series', () => {
  it('orders files by date, not by name, and leaves others out', async () => {
    const store = await storeWith('n/b_2021001.tif', 'n/a_2021009.tif', 'n/a_2020361.tif', 'n/readme.txt');
    const files = await listSeries(store, parseFilePattern('n/*_{YYYY}{DDD}.tif'));
    expect(files.map(({ object }) => object.key)).toEqual([
      'n/a_2020361.tif',
      'n/b_2021001.tif',
      'n/a_2021009.tif',
    ]);
  });

  it('names both files of one date', async () => {
    const store = await storeWith('a_2021001.tif', 'b_2021001.tif');
    const listing = listSeries(store, parseFilePattern('*_{YYYY}{DDD}.tif'));
    await expect(listing).rejects.toThrow(CorruptInput);
    await expect(listing).rejects.toThrow(/a_2021001.tif and b_2021001.tif/);
  });

  it('says what is there when no file matches', async () => {
    const store = await storeWith('n_2021.tif');
    const listing = listSeries(store, parseFilePattern('n_{YYYY}{DDD}.tif'));
    await expect(listing).rejects.toThrow(MissingInput);
    await expect(listing).rejects.toThrow(/matches "n_\{YYYY\}\{DDD\}\.tif"\. There is n_2021\.tif\./);
    const far = listSeries(store, parseFilePattern('m_{YYYY}{DDD}.tif'));
    await expect(far).rejects.toThrow(/Nothing there begins with "m_"/);
  });
});
