import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { events } from './event-products.ts';
import { putClimate } from './tiny-inputs.ts';

/** Other temperatures; S3 tells of every object of the array. */
export const warm = (inputs: Store, degrees: number): Promise<string[]> =>
  putTemperatures(
    inputs,
    events.climate.fields.t2m.map((v) => v + degrees),
  );

/** No temperatures at all: every chunk becomes nodata, until it is warm again. */
export const drown = (inputs: Store): Promise<string[]> =>
  putTemperatures(
    inputs,
    events.climate.fields.t2m.map(() => Number.NaN),
  );

async function putTemperatures(inputs: Store, t2m: Float32Array): Promise<string[]> {
  const data = memoryStore();
  await putClimate(
    data,
    { ...events, climate: { ...events.climate, fields: { ...events.climate.fields, t2m } } },
    't2m',
  );
  const keys: string[] = [];
  for await (const { key } of data.list('era5.zarr/t2m/')) {
    await inputs.put(`data/${key}`, (await data.get(key))!.bytes);
    keys.push(`data/${key}`);
  }
  return keys;
}
