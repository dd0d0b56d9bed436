import type { GeoGrid } from '../grid/geo-grid.ts';
import type { MapFrame } from './map-frame.ts';

/** Pixels between exact transformations; in between columns and rows are linear to far below a pixel. */
const MESH = 8;
const MOST_SAMPLES = 8;

/**
 * The grid's values as the frame shows them: the mean of evenly spread samples where a pixel of the picture covers
 * many of the grid, the nearest value where it covers a part of one. Classes are never mixed.
 *
 * @param values cells of the grid, row-major, NaN = missing
 * @returns one value a pixel of the frame, row-major; NaN where there is none
 */
export function sampleFrame(
  frame: MapFrame,
  grid: GeoGrid,
  values: ArrayLike<number>,
  kind: 'mean' | 'nearest',
): Float32Array {
  const { width, height } = frame;
  const out = new Float32Array(width * height);
  const samples = kind === 'nearest' ? 1 : samplesPerSide(frame);
  for (let y = 0; y < height; y += MESH) {
    for (let x = 0; x < width; x += MESH) fillMesh(out, frame, grid, values, x, y, samples);
  }
  return out;
}

/** Samples along one side of a picture's pixel: two for each pixel of the grid, or stripes would beat with them. */
function samplesPerSide(frame: MapFrame): number {
  const [x, y] = [frame.width / 2, frame.height / 2];
  const at = frame.toGrid(x, y);
  const [right, below] = [frame.toGrid(x + 1, y), frame.toGrid(x, y + 1)];
  const steps = [right, below].map(([col, row]) => Math.max(Math.abs(col - at[0]), Math.abs(row - at[1])));
  const most = Math.max(...steps.filter(Number.isFinite), 0);
  return most <= 1 ? 1 : Math.min(MOST_SAMPLES, Math.ceil(2 * most));
}

/** A place of the grid as `at + x·alongX + y·alongY + x·y·twist`, pixels counted from the corner of a mesh cell. */
interface Bilinear {
  readonly at: number;
  readonly alongX: number;
  readonly alongY: number;
  readonly twist: number;
}

function fillMesh(
  out: Float32Array,
  frame: MapFrame,
  grid: GeoGrid,
  values: ArrayLike<number>,
  x0: number,
  y0: number,
  samples: number,
): void {
  const corners = [
    frame.toGrid(x0, y0),
    frame.toGrid(x0 + MESH, y0),
    frame.toGrid(x0, y0 + MESH),
    frame.toGrid(x0 + MESH, y0 + MESH),
  ] as const;
  const col = bilinear(corners[0][0], corners[1][0], corners[2][0], corners[3][0]);
  const row = bilinear(corners[0][1], corners[1][1], corners[2][1], corners[3][1]);
  const linear = Number.isFinite(col.twist + row.twist);
  for (let y = y0; y < Math.min(y0 + MESH, frame.height); y++) {
    for (let x = x0; x < Math.min(x0 + MESH, frame.width); x++) {
      out[y * frame.width + x] = linear
        ? meanAt(col, row, x - x0, y - y0, grid, values, samples)
        : valueAt(frame.toGrid(x + 0.5, y + 0.5), grid, values);
    }
  }
}

function bilinear(v00: number, v10: number, v01: number, v11: number): Bilinear {
  const [alongX, alongY] = [(v10 - v00) / MESH, (v01 - v00) / MESH];
  return { at: v00, alongX, alongY, twist: (v11 - v10 - v01 + v00) / (MESH * MESH) };
}

/** Exact, for the few pixels next to where a projection ends. */
function valueAt(
  [col, row]: [number, number],
  { width, height }: GeoGrid,
  values: ArrayLike<number>,
): number {
  const [c, r] = [Math.floor(col), Math.floor(row)];
  return c >= 0 && r >= 0 && c < width && r < height ? values[r * width + c]! : NaN;
}

/** A pixel that is mostly off the grid or without data stays empty: coasts keep their line. */
function meanAt(
  col: Bilinear,
  row: Bilinear,
  x: number,
  y: number,
  { width, height }: GeoGrid,
  values: ArrayLike<number>,
  samples: number,
): number {
  let valid = 0;
  let sum = 0;
  for (let j = 0; j < samples; j++) {
    const v = y + (j + 0.5) / samples;
    const colStep = col.alongX + v * col.twist;
    const rowStep = row.alongX + v * row.twist;
    for (let i = 0; i < samples; i++) {
      const u = x + (i + 0.5) / samples;
      const c = Math.floor(col.at + v * col.alongY + u * colStep);
      const r = Math.floor(row.at + v * row.alongY + u * rowStep);
      if (!(c >= 0 && r >= 0 && c < width && r < height)) continue;
      const value = values[r * width + c]!;
      if (!Number.isFinite(value)) continue;
      valid++;
      sum += value;
    }
  }
  return valid > 0 && 2 * valid >= samples * samples ? sum / valid : NaN;
}
