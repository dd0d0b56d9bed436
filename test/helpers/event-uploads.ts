import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { events } from './event-products.ts';
import { putClimate, putNdviZarr, type TinyInputs } from './tiny-inputs.ts';

/** Other temperatures; S3 tells of every object of the array. */
export const warm = (inputs: Store, degrees: number, of: TinyInputs = events): Promise<string[]> =>
  putTemperatures(
    inputs,
    of,
    of.climate.fields.t2m.map((v) => v + degrees),
  );

/** No temperatures at all: every chunk becomes nodata, until it is warm again. */
export const drown = (inputs: Store, of: TinyInputs = events): Promise<string[]> =>
  putTemperatures(
    inputs,
    of,
    of.climate.fields.t2m.map(() => Number.NaN),
  );

/** Another vegetation index: what is counted of it is another statistic. */
export async function green(inputs: Store, more: number, of: TinyInputs = events): Promise<string[]> {
  const data = memoryStore();
  const composites = of.composites.map((each) => ({
    ...each,
    ndvi: each.ndvi.map((v) => (v < 0 ? v : v + 100 * more)),
  }));
  await putNdviZarr(data, { ...of, composites });
  return copyInto(inputs, data, 'ndvi.zarr/ndvi/');
}

async function putTemperatures(inputs: Store, of: TinyInputs, t2m: Float32Array): Promise<string[]> {
  const data = memoryStore();
  const fields = { ...of.climate.fields, t2m };
  await putClimate(data, { ...of, climate: { ...of.climate, fields } }, 't2m');
  return copyInto(inputs, data, 'era5.zarr/t2m/');
}

async function copyInto(inputs: Store, data: Store, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of data.list(prefix)) {
    await inputs.put(`data/${key}`, (await data.get(key))!.bytes);
    keys.push(`data/${key}`);
  }
  return keys;
}
