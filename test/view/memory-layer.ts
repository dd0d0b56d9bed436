import type { ShareTaker } from '../../lib/grid/coverage.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { cellsOf, type Region } from '../../lib/grid/region.ts';
import type { Zone } from '../../lib/grid/zone.ts';
import type { Layer, LayerFacts } from '../../lib/raster/layer.ts';
import { denseZone, type PixelWindow } from '../../lib/view/zone-weights.ts';

/** A tile of MODIS is a 36th of the sphere's girth and 4800 pixels wide. */
export const MODIS_PIXEL = (2 * Math.PI * 6371007.181) / 36 / 4800;

/** MODIS 250 m pixels, sinusoidal, near the Pearl River. */
export function sinusoidalGrid(height: number, width: number, pixel = MODIS_PIXEL): GeoGrid {
  const transform = [pixel, 0, 11_275_644, 0, -pixel, 2_713_390] as const;
  return { crs: crsByName('modis-sinusoidal'), transform, height, width };
}

export interface CountingLayer extends Layer {
  readonly reads: Region[];
}

/** A layer whose cells, `[t][y][x]`, are in memory, and which remembers what was read of it. */
export function memoryLayer(
  grid: GeoGrid,
  cells: readonly number[] | Float32Array,
  facts: Partial<LayerFacts> = {},
): CountingLayer {
  const reads: Region[] = [];
  const all = Float32Array.from(cells);
  const read = async (region: Region) => {
    reads.push(region);
    const out = new Float32Array(cellsOf(region));
    let i = 0;
    for (let t = region.t0; t < region.t1; t++) {
      for (let y = region.y0; y < region.y1; y++) {
        for (let x = region.x0; x < region.x1; x++) out[i++] = all[(t * grid.height + y) * grid.width + x]!;
      }
    }
    return { region, cells: out };
  };
  return {
    facts: {
      kind: 'zarr',
      title: 'test.zarr/npp',
      grid,
      dtype: 'float32',
      units: 'g m-2 year-1',
      nodata: [NaN],
      scale: 1,
      offset: 0,
      block: { t: 1, y: 4, x: 4 },
      objects: [],
      reader: undefined,
      ...facts,
    },
    reads,
    dependencies: () => [],
    read,
  };
}

/** A zone whose weights, row-major over `window`, are given; by centre it holds the pixels of more than half. */
export function memoryZone(
  zone: Pick<Zone, 'id' | 'name' | 'polygonArea'>,
  window: PixelWindow,
  dense: readonly number[],
): Zone {
  const { weights } = denseZone(zone, window, dense);
  return {
    ...zone,
    window,
    membership: (part) => Uint8Array.from(weights(part), (w) => Number(w > 0.5)),
    coverage: (part) => Float64Array.from(weights(part)),
    eachShare: (part, taker) => tellEach(weights(part), part, taker),
  };
}

/** A zone that does not meet the grid. */
export const farZone = (id: string): Zone => ({
  id,
  name: 'Far away',
  polygonArea: 5e6,
  window: undefined,
  membership: () => new Uint8Array(0),
  coverage: () => new Float64Array(0),
  eachShare: () => {},
});

/** Every pixel by itself. */
function tellEach(weights: ArrayLike<number>, { y0, x0, x1 }: PixelWindow, taker: ShareTaker): void {
  for (let i = 0; i < weights.length; i++) {
    const [row, col] = [Math.floor(i / (x1 - x0)), i % (x1 - x0)];
    if (weights[i]! > 0) taker.part(y0 + row, x0 + col, weights[i]!);
  }
}
