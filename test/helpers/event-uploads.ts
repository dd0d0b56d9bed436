import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { events } from './event-products.ts';
import { putClimate, type TinyInputs } from './tiny-inputs.ts';

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

async function putTemperatures(inputs: Store, of: TinyInputs, t2m: Float32Array): Promise<string[]> {
  const data = memoryStore();
  const fields = { ...of.climate.fields, t2m };
  await putClimate(data, { ...of, climate: { ...of.climate, fields } }, 't2m');
  const keys: string[] = [];
  for await (const { key } of data.list('era5.zarr/t2m/')) {
    await inputs.put(`data/${key}`, (await data.get(key))!.bytes);
    keys.push(`data/${key}`);
  }
  return keys;
}
