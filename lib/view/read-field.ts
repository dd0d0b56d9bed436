import { BadRequest } from '../errors.ts';
import { coarsen } from '../grid/affine.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import type { Size2 } from '../grid/region.ts';
import type { Layer, LayerFacts } from '../raster/layer.ts';
import { blockWindows } from './block-windows.ts';
import { decode } from './decode.ts';
import type { PixelWindow } from './zone-weights.ts';

export interface Field {
  /** Row-major, NaN = no data. */
  readonly values: Float32Array;
  readonly grid: GeoGrid;
  /** Native pixels along one side of a pixel of this field. */
  readonly factor: number;
}

export interface FieldOptions {
  /** The first when absent. */
  readonly step?: number;
  /** Classes are picked, everything else is averaged. */
  readonly kind?: 'mean' | 'class';
  /** Most pixels of the field; 4 M when absent. */
  readonly maxPixels?: number;
  readonly signal?: AbortSignal;
}

/**
 * One step of a layer, small enough for a picture: read block by block, so that no more than a few blocks and the
 * field itself are in memory; from a coarser copy in the files where they have one.
 *
 * @throws BadRequest when the layer has no such step, and whatever reading throws
 */
export async function readField(layer: Layer, options: FieldOptions = {}): Promise<Field> {
  const { step = 0, kind = 'mean', maxPixels = 4_000_000, signal } = options;
  const { facts } = layer;
  const steps = facts.times?.length ?? 1;
  if (step < 0 || step >= steps)
    throw new BadRequest('step', `${facts.title} has no step ${step} of ${steps}`);
  const wanted = Math.max(1, Math.ceil(Math.sqrt((facts.grid.height * facts.grid.width) / maxPixels)));
  const { level, grid, block } = levelFor(facts, wanted);
  const factor = Math.max(1, Math.ceil(Math.sqrt((grid.height * grid.width) / maxPixels)));
  const field = new Shrunk(grid, factor);
  const whole = { y0: 0, y1: grid.height, x0: 0, x1: grid.width };
  for (const window of blockWindows({ block }, [whole], 1)) {
    const read = { ...(level > 0 ? { level } : {}), ...(signal ? { signal } : {}) };
    const cells = decode(facts, await layer.read({ t0: step, t1: step + 1, ...window }, read));
    if (kind === 'class') field.pick(window, cells);
    else field.average(window, cells);
  }
  return {
    values: field.values(kind),
    grid: field.grid,
    factor: Math.round(facts.grid.width / field.grid.width),
  };
}

/** The coarsest copy that is still as fine as wanted. */
function levelFor(
  { grid, block, overviews = [] }: LayerFacts,
  factor: number,
): { level: number; grid: GeoGrid; block: LayerFacts['block'] } {
  const level = overviews.findLastIndex(({ width }) => grid.width / width <= factor * 1.01) + 1;
  const copy = overviews[level - 1];
  if (!copy) return { level: 0, grid, block };
  const { height, width, transform } = copy;
  return { level, grid: { crs: grid.crs, height, width, transform }, block: { t: 1, ...copy.block } };
}

/** Pixels of `factor × factor`, filled while windows go by. */
class Shrunk {
  readonly grid: GeoGrid;
  readonly #native: Size2;
  readonly #factor: number;
  readonly #sum: Float64Array;
  readonly #valid: Uint32Array;
  readonly #cells: Uint32Array;

  constructor({ crs, transform, height, width }: GeoGrid, factor: number) {
    const [rows, cols] = [Math.ceil(height / factor), Math.ceil(width / factor)];
    this.grid = { crs, transform: coarsen(transform, factor, factor), height: rows, width: cols };
    this.#native = { height, width };
    this.#factor = factor;
    this.#sum = new Float64Array(rows * cols);
    this.#valid = new Uint32Array(rows * cols);
    this.#cells = new Uint32Array(rows * cols);
  }

  average(window: PixelWindow, cells: Float64Array): void {
    this.#each(window, (at, i) => this.#add(at, cells[i]!));
  }

  /** The class of the middle of each pixel, or of the last row or column that a ragged one has. */
  pick(window: PixelWindow, cells: Float64Array): void {
    const half = Math.floor(this.#factor / 2);
    const middle = (at: number, length: number): number =>
      Math.min(Math.floor(at / this.#factor) * this.#factor + half, length - 1);
    this.#each(window, (at, i, y, x) => {
      if (y === middle(y, this.#native.height) && x === middle(x, this.#native.width))
        this.#add(at, cells[i]!);
    });
  }

  values(kind: 'mean' | 'class'): Float32Array {
    const least = kind === 'class' ? 0 : 0.5;
    return Float32Array.from(this.#sum, (sum, i) => {
      const valid = this.#valid[i]!;
      return valid > 0 && valid >= least * this.#cells[i]! ? sum / valid : NaN;
    });
  }

  #each(window: PixelWindow, visit: (at: number, i: number, y: number, x: number) => void): void {
    for (let y = window.y0, i = 0; y < window.y1; y++) {
      const start = Math.floor(y / this.#factor) * this.grid.width;
      for (let x = window.x0; x < window.x1; x++, i++) visit(start + Math.floor(x / this.#factor), i, y, x);
    }
  }

  #add(at: number, value: number): void {
    this.#cells[at]!++;
    if (!Number.isFinite(value)) return;
    this.#valid[at]!++;
    this.#sum[at]! += value;
  }
}
