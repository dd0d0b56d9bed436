import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { respirationFields } from './event-products.ts';
import {
  bepsSources,
  bepsYears,
  type FieldName,
  leafArea,
  putCover,
  putLeafArea,
  putWeather,
  weatherOf,
} from './tiny-beps.ts';

/** Where the inputs of `bepsFields` lie. */
const DATA = 'data/';

/** Spun up on 1983, then two years of 3 x 3 pixels: 2 x 2 ragged places, each a first state and two years in order. */
export const bepsFields = (patch = {}) => ({
  product: 'daily',
  title: 'BEPS of a tiny country',
  model: 'beps',
  params: {
    tiles: { types: ['ENF', 'DBF', 'GRA', 'CRO'], least: 0.05 },
    spinUp: { from: 1983, to: 1983, years: 1, most: 1 },
  },
  grid: respirationFields().grid,
  time: { from: '1983-01', to: '1984-12' },
  sources: bepsSources({
    tempMin: { zarr: 'data/met.zarr', variable: 'tmin' },
    tempMax: { zarr: 'data/met.zarr', variable: 'tmax' },
    shortwave: { constant: 14 },
    relativeHumidity: { constant: 0.6 },
    precipitation: { constant: 2 },
    lai: { zarr: 'data/lai.zarr', variable: 'lai' },
    landcover: { file: 'data/cover.tif', legend: 'hilda-plus' },
  }),
  outputs: ['nep_a', 'biomass_a'],
  ...patch,
});

export async function putBepsEventInputs(store: Store): Promise<Store> {
  const data = memoryStore();
  await putWeather(data, bepsYears, ['tmin', 'tmax']);
  await putLeafArea(data, bepsYears);
  await putCover(data);
  await copyInto(store, data);
  return store;
}

/** Nights warmer by so many degrees, those of the spin-up too. */
export const warmNights = (inputs: Store, degrees: number): Promise<string[]> =>
  putNights(inputs, (value) => value + degrees);

/** More leaves in 1984, so that what was before it stays. */
export async function leafOut(inputs: Store, more: number): Promise<string[]> {
  const data = memoryStore();
  await putLeafArea(data, bepsYears, (year, k, cell) => leafArea(year, k, cell) + (year === 1984 ? more : 0));
  return copyInto(inputs, data, 'lai.zarr/lai/');
}

/** No nights at all: nothing can be spun up, and every chunk becomes nodata. */
export const noNights = (inputs: Store): Promise<string[]> => putNights(inputs, () => Number.NaN);

/** Another map of land cover, or the first one again. */
export async function putOtherCover(inputs: Store, other: boolean): Promise<string[]> {
  const data = memoryStore();
  await putCover(data, other ? 178 : 78);
  return copyInto(inputs, data);
}

async function putNights(inputs: Store, change: (value: number) => number): Promise<string[]> {
  const data = memoryStore();
  const value = (name: FieldName, year: number, doy: number, y: number, x: number) =>
    change(weatherOf(name, year, doy, y, x));
  await putWeather(data, bepsYears, ['tmin'], value);
  return copyInto(inputs, data, 'met.zarr/tmin/');
}

async function copyInto(store: Store, data: Store, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of data.list(prefix)) {
    await store.put(DATA + key, (await data.get(key))!.bytes);
    keys.push(DATA + key);
  }
  return keys;
}
