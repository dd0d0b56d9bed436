import { crsFromEpsg } from '../../lib/grid/crs.ts';
import { daysFromCivil, daysInMonth } from '../../lib/grid/time.ts';
import { encodeCog } from '../../lib/raster/cog-write.ts';
import type { Store } from '../../lib/store/store.ts';
import { json, putV2 } from '../raster/zarr-made.ts';

/** A small made-up country: what is in its files, as numbers that a test can compute with. */
export interface TinyInputs {
  readonly rows: number;
  readonly cols: number;
  /** Degrees of a pixel. */
  readonly pixel: number;
  readonly years: readonly number[];
  /** Stored NDVI (1e-4, -3000 = fill) and reliability of each composite, `[composite][cell]`, with its first day. */
  readonly composites: readonly TinyComposite[];
  /** GLC_FCS30 codes, `FINE` x `FINE` to a cell. */
  readonly classes: Uint8Array;
  readonly climate: TinyClimate;
}

export interface TinyComposite {
  readonly year: number;
  readonly month: number;
  readonly startDoy: number;
  readonly ndvi: Int16Array;
  readonly reliability: Uint8Array;
}

/** Monthly fields on cells of `DEGREES`, in the units of ERA5-Land; `[month][row][col]`. */
export interface TinyClimate {
  readonly lat: readonly number[];
  readonly lon: readonly number[];
  readonly fields: Readonly<Record<ClimateName, Float32Array>>;
}

export const WEST = 10;
export const NORTH = 48;
/** Degrees of a product's pixel; the class map is finer, the climate coarser. */
export const PIXEL = 0.25;
export const FINE = 4;
export const DEGREES = 0.2;
/** Cells of climate around the product: more than interpolation and the coast rule reach, and one chunk's worth. */
const MARGIN = 5;
export const CLIMATE_CHUNK = [12, 5, 5] as const;

export const CLIMATE_UNITS = {
  t2m: 'K',
  ssrd: 'J m**-2',
  tp: 'm',
  e: 'm of water equivalent',
  pev: 'm',
} as const;
export type ClimateName = keyof typeof CLIMATE_UNITS;

export interface TinyOptions {
  readonly rows?: number;
  readonly cols?: number;
  readonly years?: readonly number[];
  readonly pixel?: number;
  /** Composites a month, 2 unless said. */
  readonly perMonth?: 1 | 2;
}

const crs = crsFromEpsg(4326);
const CODES = [10, 51, 61, 71, 130, 190];

/** A number in 0..1 that follows from its arguments alone. */
export function noise(...at: number[]): number {
  let h = 0x9e3779b9;
  for (const n of at) h = Math.imul(h ^ (n + 0x7f4a7c15), 0x85ebca6b) ^ (h >>> 13);
  h = Math.imul(h ^ (h >>> 16), 0xc2b2ae35);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}

export function tinyInputs(options: TinyOptions = {}): TinyInputs {
  const { rows = 5, cols = 6, pixel = PIXEL, years = [2021, 2022], perMonth = 2 } = options;
  const composites = years.flatMap((year) =>
    MONTHS.flatMap((month) => twoOf(year, month, rows * cols).slice(0, perMonth)),
  );
  const classes = Uint8Array.from({ length: rows * cols * FINE * FINE }, (_, i) => {
    const cell = Math.floor(i / (cols * FINE * FINE)) * cols + Math.floor((i % (cols * FINE)) / FINE);
    return CODES[Math.floor(noise(1, cell) * 3) + Math.floor(noise(2, i) ** 2 * 4)] ?? 10;
  });
  return {
    rows,
    cols,
    pixel,
    years,
    composites,
    classes,
    climate: tinyClimate(rows * pixel, cols * pixel, years),
  };
}

const MONTHS = Array.from({ length: 12 }, (_, m) => m + 1);

/** Two composites a month of 16 days, the middle of both within it. */
function twoOf(year: number, month: number, cells: number): TinyComposite[] {
  const first = daysFromCivil(year, month, 1) - daysFromCivil(year, 1, 1) + 1;
  return [first, first + 14].map((startDoy) => ({
    year,
    month,
    startDoy,
    ndvi: Int16Array.from({ length: cells }, (_, i) => {
      if (noise(3, year, startDoy, i) < 0.1) return -3000;
      const season = 0.45 - 0.25 * Math.cos((2 * Math.PI * (startDoy - 20)) / 365);
      return Math.round(10_000 * (season + 0.2 * noise(4, i) + 0.05 * noise(5, year, startDoy, i)));
    }),
    reliability: Uint8Array.from({ length: cells }, (_, i) =>
      Math.floor(4 * noise(6, year, startDoy, i) ** 2),
    ),
  }));
}

/** @param height, width of the country, degrees */
function tinyClimate(height: number, width: number, years: readonly number[]): TinyClimate {
  const count = (degrees: number) => Math.ceil(degrees / DEGREES) + 2 * MARGIN;
  const at = (start: number, sign: 1 | -1) => (_: unknown, i: number) =>
    Math.round(100 * (start + sign * (i + 0.5 - MARGIN) * DEGREES)) / 100;
  const lat = Array.from({ length: count(height) }, at(NORTH, -1));
  const lon = Array.from({ length: count(width) }, at(WEST, 1));
  const make = (value: (year: number, month: number, y: number, x: number) => number) =>
    Float32Array.from(
      years.flatMap((year) =>
        MONTHS.flatMap((month) => lat.flatMap((_, y) => lon.map((_, x) => value(year, month, y, x)))),
      ),
    );
  const warm = (month: number) => Math.sin((Math.PI * (month - 0.5)) / 12);
  const fields = {
    t2m: make((year, m, y, x) => 273.15 - 7 + 24 * warm(m) + 0.1 * y + noise(7, year, m, y, x)),
    ssrd: make((year, m, y, x) => 1e6 * (3 + 17 * warm(m) + noise(8, year, m, y, x))),
    tp: make((year, m, y, x) => 0.001 * (1 + 3 * noise(9, year, m, y, x))),
    e: make((year, m, y, x) => -0.001 * (0.1 + 2 * warm(m) * (0.5 + 0.5 * noise(10, year, m, y, x)))),
    pev: make((year, m, y, x) => -0.001 * (0.3 + 4 * warm(m) + noise(11, year, m, y, x))),
  };
  return { lat, lon, fields };
}

/** The same NDVI as one array in chunks of a year by 4 x 4 pixels, without its quality. */
export async function putNdviZarr(
  store: Store,
  { rows, cols, pixel, years, composites }: TinyInputs,
): Promise<void> {
  const cells = Int16Array.from(composites.flatMap(({ ndvi }) => [...ndvi]));
  const shape = [composites.length, rows, cols];
  const chunks = [composites.length / years.length, 4, 4];
  const attrs = { scale_factor: 0.0001, _FillValue: -3000 };
  await putV2(store, 'ndvi.zarr/ndvi', {
    cells,
    shape,
    chunks,
    dims: ['time', 'lat', 'lon'],
    attrs,
    fill: -3000,
  });
  await putAxes(store, 'ndvi.zarr', {
    time: composites.map(({ year, startDoy }) => daysFromCivil(year, 1, 1) + startDoy - 1),
    lat: Array.from({ length: rows }, (_, i) => NORTH - (i + 0.5) * pixel),
    lon: Array.from({ length: cols }, (_, i) => WEST + (i + 0.5) * pixel),
  });
}

export async function putAxes(
  store: Store,
  root: string,
  axes: Record<'time' | 'lat' | 'lon', readonly number[]>,
): Promise<void> {
  for (const [dim, units] of Object.entries(AXIS_UNITS)) {
    const values = axes[dim as keyof typeof AXIS_UNITS];
    await putV2(store, `${root}/${dim}`, {
      cells: Float64Array.from(values),
      shape: [values.length],
      dims: [dim],
      attrs: { units },
    });
  }
  await store.put(`${root}/.zgroup`, json({ zarr_format: 2 }));
}

const AXIS_UNITS = { time: 'days since 1970-01-01', lat: 'degrees_north', lon: 'degrees_east' } as const;

const two = (n: number, digits = 2): string => String(n).padStart(digits, '0');

export const ndviKey = ({ year, startDoy }: Pick<TinyComposite, 'year' | 'startDoy'>): string =>
  `ndvi/ndvi_${year}${two(startDoy, 3)}.tif`;
export const qualityKey = ({ year, startDoy }: Pick<TinyComposite, 'year' | 'startDoy'>): string =>
  `ndvi/rel_${year}${two(startDoy, 3)}.tif`;

export async function putTinyInputs(store: Store, inputs: TinyInputs): Promise<void> {
  for (const composite of inputs.composites) await putComposite(store, inputs, composite);
  await putClasses(store, inputs);
  await putClimate(store, inputs);
}

/** The smallest tile that TIFF has, for maps that fit it. */
const tileFor = (rows: number, cols: number): number => (Math.max(rows, cols) > 16 ? 256 : 16);

export async function putComposite(
  store: Store,
  { rows, cols, pixel }: TinyInputs,
  composite: TinyComposite,
): Promise<void> {
  const image = { width: cols, height: rows, transform: [pixel, 0, WEST, 0, -pixel, NORTH], crs } as const;
  const form = { compression: 'deflate', tile: tileFor(rows, cols), overviews: 'none' } as const;
  const ndvi = { cells: composite.ndvi, dtype: 'int16', nodata: -3000, scale: 0.0001 } as const;
  const quality = { cells: composite.reliability, dtype: 'uint8', nodata: 255 } as const;
  await store.put(ndviKey(composite), Buffer.concat(encodeCog({ ...image, ...form, ...ndvi })));
  await store.put(qualityKey(composite), Buffer.concat(encodeCog({ ...image, ...form, ...quality })));
}

export async function putClasses(
  store: Store,
  { rows, cols, pixel, classes }: TinyInputs,
  key = 'classes.tif',
): Promise<void> {
  const bytes = encodeCog({
    cells: classes,
    width: cols * FINE,
    height: rows * FINE,
    dtype: 'uint8',
    nodata: 0,
    transform: [pixel / FINE, 0, WEST, 0, -pixel / FINE, NORTH],
    crs,
    compression: 'deflate',
    tile: tileFor(rows, cols),
    overviews: 'none',
  });
  await store.put(key, Buffer.concat(bytes));
}

export async function putClimate(
  store: Store,
  { climate, years }: TinyInputs,
  only?: ClimateName,
): Promise<void> {
  const { lat, lon, fields } = climate;
  const shape = [12 * years.length, lat.length, lon.length];
  for (const [name, units] of Object.entries(CLIMATE_UNITS)) {
    if (only && name !== only) continue;
    await putV2(store, `era5.zarr/${name}`, {
      cells: fields[name as ClimateName],
      shape,
      chunks: CLIMATE_CHUNK,
      dims: ['time', 'lat', 'lon'],
      attrs: { units },
      fill: 'NaN',
    });
  }
  if (only) return;
  const times = years.flatMap((year) => MONTHS.map((month) => daysFromCivil(year, month, 1)));
  await putAxes(store, 'era5.zarr', { time: times, lat, lon });
}

export const daysOf = (year: number, month: number): number => daysInMonth(year, month);
