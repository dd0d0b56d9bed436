import { allocate, type Cells } from '../../lib/grid/cells.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import type { ChunkCoord } from '../../lib/grid/region.ts';
import { type ArraySpec, shardExtent, writeShard } from '../../lib/raster/write.ts';
import { productArrays, productObjects, type ZarrProduct } from '../../lib/raster/zarr-product.ts';
import type { Store } from '../../lib/store/store.ts';

const TRANSFORMS = {
  'EPSG:4326': [0.1, 0, 113, 0, -0.1, 23],
  'modis-sinusoidal': [463.3127165, 0, 800_000, 0, -463.3127165, 5_300_000],
  'EPSG:32632': [30, 0, 600_000, 0, -30, 5_300_000],
} as const;
export type SampleCrs = keyof typeof TRANSFORMS;
export const SAMPLE_CRS = Object.keys(TRANSFORMS) as SampleCrs[];

/** A ragged product: 5 x 6 cells in shards of 4 x 4 and chunks of 2 x 2, three months, one year, two levels. */
export const sampleProduct = (crs: SampleCrs = 'EPSG:4326'): ZarrProduct => ({
  grid: { crs: crsByName(crs), transform: TRANSFORMS[crs], height: 5, width: 6 },
  steps: [
    [18_993, 19_024],
    [19_024, 19_052],
    [19_052, 19_083],
  ],
  years: [2022],
  variables: [
    {
      name: 'npp',
      dims: ['time', 'y', 'x'],
      dtype: 'float32',
      fill: Number.NaN,
      longName: 'net primary production, in carbon, at 20 \u00b0C',
      units: 'g m-2 month-1',
      standardName: 'net_primary_productivity_of_biomass_expressed_as_carbon',
      validRange: [0, 2000],
      cellMethods: 'area: mean where land time: sum',
      ancillary: ['qa'],
    },
    {
      name: 'npp_annual',
      dims: ['year', 'y', 'x'],
      dtype: 'float32',
      fill: Number.NaN,
      longName: 'net primary production of the year, in carbon',
      units: 'g m-2 year-1',
    },
    {
      name: 'qa',
      dims: ['time', 'y', 'x'],
      dtype: 'uint8',
      fill: 255,
      longName: 'why a cell is empty or filled',
      flags: { meanings: ['no ndvi', 'gap filled'], masks: [1, 2] },
    },
    {
      name: 'land_cover',
      dims: ['y', 'x'],
      dtype: 'uint8',
      fill: 255,
      longName: 'land cover class',
      flags: { meanings: ['forest', 'crop'], values: [1, 2] },
    },
  ],
  levels: 2,
  shard: { time: 2, y: 4, x: 4 },
  chunk: { y: 2, x: 2 },
  attributes: {
    title: 'Sample',
    institution: 'nowhere',
    source: 'made up',
    history: 'made for a test',
    references: 'none',
  },
});

/** Value of a cell of any array; the first cell of every step is nodata. */
export const sampleValue = (array: ArraySpec, t: number, row: number, col: number): number =>
  row === 0 && col === 0 ? array.fill : (100 * t + 10 * row + col) % (array.dtype === 'uint8' ? 200 : 1e6);

/** Writes the sample with all its objects. */
export async function writeSample(store: Store, root: string, product: ZarrProduct): Promise<void> {
  for (const [key, bytes] of productObjects(product, root)) await store.put(key, bytes);
  for (const array of productArrays(product)) {
    for (const coord of coordsOf(array))
      await writeShard(store, root, array, coord, sampleShard(array, coord));
  }
}

/** Every shard of an array. */
export function coordsOf(array: ArraySpec): ChunkCoord[] {
  const counts = array.shape.map((size, i) => Math.ceil(size / array.shard[i]!));
  const [nt, ny, nx] =
    counts.length === 3 ? (counts as [number, number, number]) : [1, counts[0]!, counts[1]!];
  const coords: ChunkCoord[] = [];
  for (let t = 0; t < nt; t++)
    for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++) coords.push({ t, y, x });
  return coords;
}

export function sampleShard(array: ArraySpec, coord: ChunkCoord): Cells {
  const extent = shardExtent(array, coord);
  const [steps, rows, cols] =
    extent.length === 3 ? (extent as [number, number, number]) : [1, extent[0]!, extent[1]!];
  const [size, y, x] = array.shard.length === 3 ? array.shard : [1, ...array.shard];
  const cells = allocate(array.dtype, steps * rows * cols);
  for (let t = 0, i = 0; t < steps; t++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < cols; c++, i++)
        cells[i] = sampleValue(array, coord.t * size! + t, coord.y * y! + r, coord.x * x! + c);
  return cells;
}
