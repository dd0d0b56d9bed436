import { daysFromCivil } from '../grid/time.ts';
import { encodeBlosc } from '../raster/blosc.ts';
import { CLIMATE_VARIABLES, type ClimateSites, type ClimateVariable, makeClimate } from './climate.ts';
import type { SceneObject } from './scene-object.ts';

/** As the Climate Data Store describes them. */
const DESCRIPTIONS: Readonly<Record<ClimateVariable, { units: string; long_name: string }>> = {
  t2m: { units: 'K', long_name: '2 metre temperature' },
  ssrd: { units: 'J m**-2', long_name: 'Surface solar radiation downwards' },
  tp: { units: 'm', long_name: 'Total precipitation' },
  e: { units: 'm of water equivalent', long_name: 'Evaporation' },
  pev: { units: 'm', long_name: 'Potential evaporation' },
};

const GROUP_ATTRIBUTES = {
  Conventions: 'CF-1.6',
  title: 'SYNTHETIC monthly climate in the form of ERA5-Land monthly means; not ERA5-Land data',
};

const DAY_1900 = daysFromCivil(1900, 1, 1);
const HOURS_FROM_1900 = 'hours since 1900-01-01 00:00:00.0';
const BLOSC = { id: 'blosc', cname: 'zstd', clevel: 5, shuffle: 1, blocksize: 0 };
type Shape3 = readonly [steps: number, rows: number, cols: number];

/** Rows and columns of a chunk: neither divides the grid. */
const CHUNK = 24;

/**
 * The years' months as a Zarr v2 group, consolidated, in the form that Climate Data Store files take when xarray
 * writes them: accumulations as means per day, time in hours, latitude from the north.
 */
export function climateZarr(root: string, sites: ClimateSites, years: readonly number[]): SceneObject[] {
  const months = years.flatMap((year) => Array.from({ length: 12 }, (_, m) => ({ year, month: m + 1 })));
  const fields = months.map(({ year, month }) => makeClimate(sites, year, month));
  const { latitude, longitude } = sites;
  const shape = [months.length, latitude.length, longitude.length] as const;
  const hours = months.map(({ year, month }) => 24 * (daysFromCivil(year, month, 1) - DAY_1900));
  const arrays = [
    axis('time', '<i4', Int32Array.from(hours), { units: HOURS_FROM_1900, calendar: 'gregorian' }),
    axis('latitude', '<f4', Float32Array.from(latitude), { units: 'degrees_north' }),
    axis('longitude', '<f4', Float32Array.from(longitude), { units: 'degrees_east' }),
    ...CLIMATE_VARIABLES.map((name, v) => variable(name, shape, (t) => fields[t]![v]!)),
  ];
  return group(root, arrays);
}

interface ZarrArray {
  readonly name: string;
  readonly meta: object;
  readonly attributes: object;
  /** By key within the array: `0.1.2`. */
  readonly chunks: Readonly<Record<string, ArrayBufferView>>;
}

function axis(name: string, dtype: string, values: Int32Array | Float32Array, attributes: object): ZarrArray {
  const { length } = values;
  return {
    name,
    meta: arrayMeta([length], [length], dtype, null),
    attributes: { _ARRAY_DIMENSIONS: [name], long_name: name, ...attributes },
    chunks: { 0: values },
  };
}

const variable = (
  name: ClimateVariable,
  shape: Shape3,
  fieldAt: (step: number) => Float32Array,
): ZarrArray => ({
  name,
  meta: arrayMeta(shape, [12, CHUNK, CHUNK], '<f4', 'NaN'),
  attributes: { _ARRAY_DIMENSIONS: ['time', 'latitude', 'longitude'], ...DESCRIPTIONS[name] },
  chunks: chunksOf(shape, fieldAt),
});

/** Chunks first and the metadata last, so that a group that can be opened is whole. */
function group(root: string, arrays: readonly ZarrArray[]): SceneObject[] {
  const metadata: Record<string, unknown> = { '.zgroup': { zarr_format: 2 }, '.zattrs': GROUP_ATTRIBUTES };
  const objects: SceneObject[] = [];
  for (const { name, meta, attributes, chunks } of arrays) {
    metadata[`${name}/.zarray`] = meta;
    metadata[`${name}/.zattrs`] = attributes;
    for (const [key, cells] of Object.entries(chunks))
      objects.push({ key: `${root}/${name}/${key}`, bytes: pack(cells) });
  }
  for (const [key, value] of Object.entries(metadata))
    objects.push({ key: `${root}/${key}`, bytes: json(value) });
  return [...objects, { key: `${root}/.zmetadata`, bytes: json({ metadata, zarr_consolidated_format: 1 }) }];
}

function arrayMeta(
  shape: readonly number[],
  chunks: readonly number[],
  dtype: string,
  fill: unknown,
): object {
  return {
    zarr_format: 2,
    shape,
    chunks,
    dtype,
    fill_value: fill,
    order: 'C',
    filters: null,
    compressor: BLOSC,
  };
}

/** Twelve months a chunk; chunks at the edge are padded with NaN to their full size. */
function chunksOf(
  [steps, rows, cols]: Shape3,
  fieldAt: (step: number) => Float32Array,
): Record<string, Float32Array> {
  const chunks: Record<string, Float32Array> = {};
  for (let t = 0; t < steps; t += 12) {
    for (let y = 0; y < rows; y += CHUNK) {
      for (let x = 0; x < cols; x += CHUNK) {
        const chunk = new Float32Array(12 * CHUNK * CHUNK).fill(Number.NaN);
        for (let k = 0; k < 12; k++) copyWindow(chunk, k, fieldAt(t + k), { rows, cols, y, x });
        chunks[`${t / 12}.${y / CHUNK}.${x / CHUNK}`] = chunk;
      }
    }
  }
  return chunks;
}

interface WindowOf {
  readonly rows: number;
  readonly cols: number;
  readonly y: number;
  readonly x: number;
}

function copyWindow(
  chunk: Float32Array,
  step: number,
  field: Float32Array,
  { rows, cols, y, x }: WindowOf,
): void {
  for (let r = y; r < Math.min(rows, y + CHUNK); r++) {
    chunk.set(
      field.subarray(r * cols + x, r * cols + Math.min(cols, x + CHUNK)),
      (step * CHUNK + r - y) * CHUNK,
    );
  }
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value, null, 1));

/** Little-endian, as every machine that runs Node is. */
const pack = (values: ArrayBufferView): Uint8Array =>
  encodeBlosc(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), {
    elementSize: 4,
    level: 3,
  });
