import { stringify } from 'yaml';
import { checkSpec, type Spec } from '../../lib/job/spec.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { putClimate, putNdviZarr, type TinyInputs, tinyInputs } from './tiny-inputs.ts';
import { tinyFields } from './tiny-product.ts';

/** One year of 3 x 3 pixels: 2 x 2 ragged chunks and one above them. Read from Zarr, as little as can be. */
export const events = tinyInputs({ rows: 3, cols: 3, years: [2021] });

/** Two years of the same. */
export const twoYears = tinyInputs({ rows: 3, cols: 3, years: [2021, 2022] });

const climate = (variable: string, more = {}) => ({ zarr: 'data/era5.zarr', variable, ...more });

/** Fields of a spec that nothing has to be counted for: soil respiration from temperature and rain. */
export const respirationFields = (patch = {}) => ({
  ...tinyFields(),
  product: 'soil',
  title: 'Soil respiration of a tiny country',
  model: 'soil-rh',
  grid: {
    crs: 'EPSG:4326',
    transform: [0.25, 0, 10, 0, -0.25, 48],
    shape: [3, 3],
    shard: [2, 2],
    chunk: [2, 2],
  },
  time: { from: '2021-01', to: '2021-12' },
  sources: {
    temperature: climate('t2m'),
    precipitation: climate('tp', { accumulation: 'per_day' }),
    vegtype: { constant: 'crop' },
  },
  outputs: ['rh'],
  ...patch,
});

/** Fields of a spec whose model counts first: production from NDVI, with the optimum temperature of the whole map. */
export const productionFields = (patch = {}) => ({
  ...respirationFields(),
  product: 'production',
  model: 'casa-npp',
  sources: {
    ndvi: { zarr: 'data/ndvi.zarr', variable: 'ndvi', composite: { period: 16 } },
    temperature: climate('t2m'),
    solar: climate('ssrd', { accumulation: 'per_day' }),
    vegtype: { constant: 'crop' },
    evaporation: climate('e', { accumulation: 'per_day', positive: 'down' }),
    potentialEvaporation: climate('pev', { accumulation: 'per_day', positive: 'down' }),
  },
  params: { fpar: { range: 'table' }, topt: { scope: 'region' } },
  outputs: ['npp'],
  ...patch,
});

/** The same of two years, with the optimum temperature of their mean year. */
export const meanYearFields =
  (scope: 'pixel' | 'class') =>
  (patch = {}) =>
    productionFields({
      time: { from: '2021-01', to: '2022-12' },
      params: { fpar: { range: 'table' }, topt: { scope, year: 'climatology' } },
      ...patch,
    });

export const specOf = (fields: object): Spec => checkSpec(fields, 'spec');

/** The inputs as they lie in a bucket: data in a folder, specs that lead there from their own. */
export async function putEventInputs(store: Store, inputs: TinyInputs = events): Promise<Store> {
  const data = memoryStore();
  await putClimate(data, inputs);
  await putNdviZarr(data, inputs);
  for await (const { key } of data.list('')) await store.put(`data/${key}`, (await data.get(key))!.bytes);
  return store;
}

export async function putSpec(store: Store, fields: object, name = 'spec.yaml'): Promise<string> {
  const key = `specs/${name}`;
  await store.put(key, new TextEncoder().encode(stringify({ ...fields, inputs: '..' })));
  return key;
}
