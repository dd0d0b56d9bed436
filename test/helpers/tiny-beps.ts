import { crsFromEpsg } from '../../lib/grid/crs.ts';
import { daysFromCivil, daysInYear } from '../../lib/grid/time.ts';
import { checkSpec, type Spec } from '../../lib/job/spec.ts';
import { encodeCog } from '../../lib/raster/cog-write.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import type { Store } from '../../lib/store/store.ts';
import { json, putV2 } from '../raster/zarr-made.ts';
import { noise, WEST } from './tiny-inputs.ts';

/** A small made-up country with daily weather: 5 x 6 pixels of 0.25 degrees, weather on cells of half a degree around it. */

export const ROWS = 5;
export const COLS = 6;
const NORTH = 48;
const PIXEL = 0.25;
export const DEGREES = 0.5;
const MARGIN = 2;
const FINE = 4;
/** HILDA+ codes: needle and broad leaves, grass, crops, town, sea. */
const CODES = [41, 44, 33, 22, 11, 0];

export const FIELDS = {
  tmin: 'degC',
  tmax: 'K',
  rad: 'W m-2',
  rh: '%',
  pr: 'kg m-2 s-1',
} as const;

export type FieldName = keyof typeof FIELDS;

export interface TinyWeather {
  readonly lat: readonly number[];
  readonly lon: readonly number[];
}

const axis = (degrees: number, start: number, sign: 1 | -1): number[] =>
  Array.from(
    { length: Math.ceil(degrees / DEGREES) + 2 * MARGIN },
    (_, i) => Math.round(100 * (start + sign * (i + 0.5 - MARGIN) * DEGREES)) / 100,
  );

export const LAT = axis(ROWS * PIXEL, NORTH, -1);
export const LON = axis(COLS * PIXEL, WEST, 1);

/** Weather of one day at one place, in stored units. */
export function weatherOf(name: FieldName, year: number, doy: number, y: number, x: number): number {
  const season = Math.sin((2 * Math.PI * (doy - 100)) / 365);
  const today = noise(71, year, doy);
  const here = noise(72, year, doy, y, x);
  switch (name) {
    case 'tmin':
      return 4 + 10 * season + 4 * today - 0.1 * y + here;
    case 'tmax':
      return 273.15 + 12 + 11 * season + 5 * today - 0.1 * y + here;
    case 'rad':
      return 130 + 100 * season + 40 * noise(73, year, doy) + 5 * here;
    case 'rh':
      return 55 + 30 * noise(74, year, doy) + 5 * here;
    case 'pr':
      return noise(75, year, doy) < 0.4 ? (14 * noise(76, year, doy, y, x)) / 86_400 : 0;
  }
}

/** First days of half-months, as GIMMS LAI4g has them. */
export const halfMonths = (year: number): number[] =>
  Array.from({ length: 24 }, (_, k) => daysFromCivil(year, (k >> 1) + 1, k % 2 === 0 ? 1 : 16));

export const leafArea = (year: number, k: number, cell: number): number =>
  Math.fround(0.4 + 2.5 * Math.max(0, Math.sin((Math.PI * (k - 4)) / 16)) + noise(77, year, k, cell));

async function putAxes(store: Store, root: string, axes: Record<string, readonly number[]>): Promise<void> {
  const units: Record<string, string> = {
    time: 'days since 1970-01-01',
    lat: 'degrees_north',
    lon: 'degrees_east',
  };
  for (const [dim, values] of Object.entries(axes)) {
    const attrs = { units: units[dim]! };
    await putV2(store, `${root}/${dim}`, {
      cells: Float64Array.from(values),
      shape: [values.length],
      dims: [dim],
      attrs,
    });
  }
  await store.put(`${root}/.zgroup`, json({ zarr_format: 2 }));
}

/** Daily weather of each year in its own chunk, leap days and all. */
export async function putWeather(
  store: Store,
  years: readonly number[],
  only: readonly FieldName[] = Object.keys(FIELDS) as FieldName[],
  value = weatherOf,
): Promise<void> {
  const days = years.flatMap((year) =>
    Array.from({ length: daysInYear(year) }, (_, i) => [year, i + 1, daysFromCivil(year, 1, 1) + i] as const),
  );
  for (const name of only) {
    const cells = Float32Array.from(
      days.flatMap(([year, doy]) => LAT.flatMap((_, y) => LON.map((__, x) => value(name, year, doy, y, x)))),
    );
    await putV2(store, `met.zarr/${name}`, {
      cells,
      shape: [days.length, LAT.length, LON.length],
      chunks: [61, LAT.length, LON.length],
      dims: ['time', 'lat', 'lon'],
      attrs: { units: FIELDS[name] },
    });
  }
  await putAxes(store, 'met.zarr', { time: days.map(([, , day]) => day), lat: LAT, lon: LON });
}

/** Half-monthly leaf area on the product's pixels, a year a chunk. */
export async function putLeafArea(store: Store, years: readonly number[], value = leafArea): Promise<void> {
  const cells = Float32Array.from(
    years.flatMap((year) =>
      Array.from({ length: 24 }, (_, k) =>
        Array.from({ length: ROWS * COLS }, (__, i) => value(year, k, i)),
      ).flat(),
    ),
  );
  await putV2(store, 'lai.zarr/lai', {
    cells,
    shape: [24 * years.length, ROWS, COLS],
    chunks: [24, ROWS, COLS],
    dims: ['time', 'lat', 'lon'],
    attrs: { units: '1' },
  });
  await putAxes(store, 'lai.zarr', {
    time: years.flatMap(halfMonths),
    lat: Array.from({ length: ROWS }, (_, i) => NORTH - (i + 0.5) * PIXEL),
    lon: Array.from({ length: COLS }, (_, i) => WEST + (i + 0.5) * PIXEL),
  });
}

/** @param seed of where the codes lie */
export async function putCover(store: Store, seed = 78): Promise<void> {
  const codes = Uint8Array.from({ length: ROWS * COLS * FINE * FINE }, (_, i) => {
    const [row, col] = [Math.floor(i / (COLS * FINE)), i % (COLS * FINE)];
    if (row < FINE && col < FINE) return 0; // the first cell is sea
    if (row < FINE && col < 2 * FINE) return 11; // the second is town
    const cell = Math.floor(row / FINE) * COLS + Math.floor(col / FINE);
    return CODES[Math.floor(2 * noise(seed, cell) + 3 * noise(seed + 1, i) ** 3)]!;
  });
  const bytes = encodeCog({
    cells: codes,
    width: COLS * FINE,
    height: ROWS * FINE,
    dtype: 'uint8',
    transform: [PIXEL / FINE, 0, WEST, 0, -PIXEL / FINE, NORTH],
    crs: crsFromEpsg(4326),
    compression: 'deflate',
    tile: 256,
    overviews: 'none',
  });
  await store.put('cover.tif', Buffer.concat(bytes));
}

type Patch = Readonly<Record<string, unknown>>;

export const bepsSources = (patch: Patch = {}): Record<string, unknown> => ({
  tempMin: { zarr: 'met.zarr', variable: 'tmin' },
  tempMax: { zarr: 'met.zarr', variable: 'tmax' },
  shortwave: { zarr: 'met.zarr', variable: 'rad' },
  relativeHumidity: { zarr: 'met.zarr', variable: 'rh' },
  precipitation: { zarr: 'met.zarr', variable: 'pr' },
  lai: { zarr: 'lai.zarr', variable: 'lai' },
  co2: { constant: 350 },
  clay: { constant: 20 },
  silt: { constant: 40 },
  landcover: { file: 'cover.tif', legend: 'hilda-plus' },
  ...patch,
});

/** Few years of spin-up, so that a test is quick. */
export const bepsParams = (patch: Patch = {}): Record<string, unknown> => ({
  tiles: { types: ['ENF', 'DBF', 'GRA', 'CRO'], least: 0.05 },
  spinUp: { from: 1983, to: 1983, years: 2, most: 2 },
  ...patch,
});

export const bepsSpec = (patch: Patch = {}): Spec =>
  checkSpec(
    {
      product: 'tiny',
      title: 'BEPS of a tiny country',
      model: 'beps',
      params: bepsParams(),
      grid: { like: 'lai', shard: [4, 4], chunk: [2, 4] },
      time: { from: '1983-01', to: '1984-12' },
      sources: bepsSources(),
      ...patch,
    },
    'tiny',
  );

export const bepsYears = [1983, 1984] as const;

export async function putBepsInputs(store: Store, years: readonly number[] = bepsYears): Promise<void> {
  await putWeather(store, years);
  await putLeafArea(store, years);
  await putCover(store);
}

/** A product on the very cells of the weather, 2 rows of 3 in shards of 2 x 2, so that nothing is interpolated. */
export const onCells = (patch: Patch): Spec =>
  checkSpec({
    product: 'tiny',
    title: 'BEPS on the cells of its weather',
    model: 'beps',
    grid: {
      crs: 'EPSG:4326',
      transform: [DEGREES, 0, LON[0]! - DEGREES / 2, 0, -DEGREES, LAT[0]! + DEGREES / 2],
      shape: [2, 3],
      shard: [2, 2],
      chunk: [2, 2],
    },
    time: { from: '1983-01', to: '1984-12' },
    ...patch,
  });

/** What such a product has of a variable: `[step][cell]`, the cell `3 · row + column`. */
export async function cellsOf(store: Store, name: string) {
  const layer = await openZarr(store, 'products/tiny/data.zarr/0', name, { absentChunks: 'fill' });
  const region = { t0: 0, t1: layer.facts.times!.length, y0: 0, y1: 2, x0: 0, x1: 3 };
  return (await layer.read(region)).cells;
}
