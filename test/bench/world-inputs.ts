import { daysFromCivil } from '../../lib/grid/time.ts';
import { checkSpec, type Spec } from '../../lib/job/spec.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { json, putV2 } from '../raster/zarr-made.ts';
import { declaredStore } from './declared-store.ts';

/** A product of the whole world, with inputs that are described and not there: enough to plan with. */
export interface WorldProduct {
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  readonly shard: number;
  readonly years: readonly [first: number, last: number];
}

export const WORLDS: readonly WorldProduct[] = [
  { name: 'a year of 250 m', rows: 86_400, cols: 172_800, shard: 512, years: [2021, 2021] },
  { name: 'a century of 0.0727 degrees', rows: 2_475, cols: 4_950, shard: 128, years: [1921, 2020] },
];

interface Declared {
  readonly path: string;
  readonly shape: readonly [number, number, number];
  readonly chunks: readonly [number, number, number];
  readonly type: string;
  readonly units: string;
  /** Bytes of one stored chunk over bytes of its cells. */
  readonly packed: number;
}

const PACKED = { climate: 0.5, ndvi: 0.55, classes: 0.1 };

export function worldSpec({ rows, cols, shard, years }: WorldProduct): Spec {
  const climate = (variable: string, more = {}) => ({ zarr: 'era5.zarr', variable, ...more });
  const water = { accumulation: 'per_day', positive: 'down' };
  const pixel = 180 / rows;
  return checkSpec({
    product: 'world',
    title: 'The world',
    model: 'casa-nep',
    grid: {
      crs: 'EPSG:4326',
      transform: [pixel, 0, -180, 0, -pixel, 90],
      shape: [rows, cols],
      shard: [shard, shard],
      chunk: [shard / 2, shard / 2],
    },
    time: { from: `${years[0]}-01`, to: `${years[1]}-12` },
    sources: {
      ndvi: { zarr: 'ndvi.zarr', variable: 'ndvi', composite: { period: 16 } },
      temperature: climate('t2m'),
      solar: climate('ssrd', { accumulation: 'per_day' }),
      precipitation: climate('tp', { accumulation: 'per_day' }),
      evaporation: climate('e', water),
      potentialEvaporation: climate('pev', water),
      vegtype: { zarr: 'cover.zarr', variable: 'class', legend: 'igbp' },
    },
    outputs: ['npp', 'rh', 'nep', 'npp_a', 'rh_a', 'nep_a', 'qa'],
  });
}

/** NDVI on the product's pixels, ERA5-Land at 0.1 degrees, land cover at twice the product's resolution. */
export async function worldInputs({ rows, cols, shard, years }: WorldProduct): Promise<Store> {
  const small = memoryStore('inputs');
  const count = years[1] - years[0] + 1;
  const days = Array.from({ length: count }, (_, i) => years[0] + i);
  const months = days.flatMap((year) => MONTHS.map((month) => daysFromCivil(year, month, 1)));
  const composites = days.flatMap((year) =>
    MONTHS.flatMap((m) => [1, 15].map((d) => daysFromCivil(year, m, d))),
  );
  await putAxes(small, 'era5.zarr', months, 1801, 3600);
  await putAxes(small, 'ndvi.zarr', composites, rows, cols);
  await putAxes(small, 'cover.zarr', [0], 2 * rows, 2 * cols);
  const ofClimate = (name: string, units: string): Declared => ({
    path: `era5.zarr/${name}`,
    shape: [months.length, 1801, 3600],
    chunks: [12, 100, 100],
    type: '<f4',
    units,
    packed: PACKED.climate,
  });
  const arrays: Declared[] = [
    ...Object.entries(CLIMATE).map(([name, units]) => ofClimate(name, units)),
    {
      path: 'ndvi.zarr/ndvi',
      shape: [composites.length, rows, cols],
      chunks: [24, shard, shard],
      type: '<i2',
      units: '1',
      packed: PACKED.ndvi,
    },
    {
      path: 'cover.zarr/class',
      shape: [1, 2 * rows, 2 * cols],
      chunks: [1, 2048, 2048],
      type: '|u1',
      units: '1',
      packed: PACKED.classes,
    },
  ];
  const chunks = [];
  for (const array of arrays) chunks.push(...(await declare(small, array)));
  return declaredStore(small, chunks);
}

const CLIMATE = { t2m: 'K', ssrd: 'J m**-2', tp: 'm', e: 'm', pev: 'm' };
const MONTHS = Array.from({ length: 12 }, (_, m) => m + 1);

async function putAxes(
  store: Store,
  root: string,
  days: readonly number[],
  rows: number,
  cols: number,
): Promise<void> {
  const centres = (n: number, from: number, step: number) =>
    Float64Array.from({ length: n }, (_, i) => from + (i + 0.5) * step);
  const axes = {
    time: [Float64Array.from(days), 'days since 1970-01-01'],
    lat: [centres(rows, 90, -180 / rows), 'degrees_north'],
    lon: [centres(cols, -180, 360 / cols), 'degrees_east'],
  } as const;
  for (const [dim, [cells, units]] of Object.entries(axes)) {
    await putV2(store, `${root}/${dim}`, { cells, shape: [cells.length], dims: [dim], attrs: { units } });
  }
  await store.put(`${root}/.zgroup`, json({ zarr_format: 2 }));
}

async function declare(store: Store, { path, shape, chunks, type, units, packed }: Declared) {
  const compressor = { id: 'zlib', level: 1 };
  const document = {
    zarr_format: 2,
    shape,
    chunks,
    dtype: type,
    compressor,
    fill_value: 0,
    filters: null,
    order: 'C',
  };
  await store.put(`${path}/.zarray`, json(document));
  await store.put(`${path}/.zattrs`, json({ _ARRAY_DIMENSIONS: ['time', 'lat', 'lon'], units }));
  const counts = shape.map((n, i) => Math.ceil(n / chunks[i]!));
  const size = Math.round(packed * chunks.reduce((a, b) => a * b, 1) * Number(type.at(-1)));
  const found = [];
  for (let t = 0; t < counts[0]!; t++) {
    for (let y = 0; y < counts[1]!; y++) {
      for (let x = 0; x < counts[2]!; x++) found.push({ key: `${path}/${t}.${y}.${x}`, size });
    }
  }
  return found;
}
