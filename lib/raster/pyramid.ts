import { MOST_COLUMNS, rasterDesk } from '../kernels/raster-desk.ts';

/** Steps, rows and columns of a block that starts at an even row and column of its level. */
export interface BlockShape {
  readonly steps: number;
  readonly rows: number;
  readonly cols: number;
}

/** Means of 2 x 2 cells, and the area that has data in each, m2; NaN and 0 where none has. */
export interface CoarseMeans {
  readonly mean: Float32Array;
  readonly validArea: Float64Array;
}

/** The shape of the next coarser level; a last odd row or column becomes a coarse one of its own. */
export const coarseShape = ({ steps, rows, cols }: BlockShape): BlockShape => ({
  steps,
  rows: Math.ceil(rows / 2),
  cols: Math.ceil(cols / 2),
});

/** Where the coarse cells of a block go: from a corner of arrays `[step][rows][cols]` on. */
export interface CoarsePlace {
  readonly rows: number;
  readonly cols: number;
  readonly y: number;
  readonly x: number;
}

/** A block that has arrays of its own. */
const alone = ({ rows, cols }: BlockShape): CoarsePlace => ({ rows, cols, y: 0, x: 0 });

const emptyMeans = ({ steps, rows, cols }: BlockShape): CoarseMeans => ({
  mean: new Float32Array(steps * rows * cols),
  validArea: new Float64Array(steps * rows * cols),
});

/**
 * Halves the rows and columns of a block: each coarse cell holds the mean of its up to four cells weighted by their
 * area with data, so that mean x valid area adds up to the same total at every level.
 *
 * @param cells row-major `[step][row][col]`; NaN is nodata
 * @param areas m2: of each row's cells (`rows` values), of each pixel (`rows x cols`), or the valid area of each cell
 *   of a coarser level (as many as `cells`)
 * @param out written from `place` on
 */
export function coarsenMean(
  cells: Float32Array,
  areas: Float64Array,
  shape: BlockShape,
  out: CoarseMeans = emptyMeans(coarseShape(shape)),
  place: CoarsePlace = alone(coarseShape(shape)),
): CoarseMeans {
  const { steps, rows, cols } = shape;
  const coarse = coarseShape(shape);
  const [ofStep, ofRow, ofCol] = areaStrides(areas, cells, shape);
  const halve = halverOf(cols);
  const areasOf = (t: number, row: number): Float64Array => {
    const from = t * ofStep + row * ofRow;
    return areas.subarray(from, from + (ofCol ? cols : 1));
  };
  for (let t = 0; t < steps; t++) {
    for (let row = 0; row < rows; row += 2) {
      const from = (t * rows + row) * cols;
      const hasLower = row + 1 < rows;
      const to = (t * place.rows + place.y + row / 2) * place.cols + place.x;
      halve(
        cells.subarray(from, from + cols),
        hasLower ? cells.subarray(from + cols, from + 2 * cols) : undefined,
        areasOf(t, row),
        areasOf(t, hasLower ? row + 1 : row),
        out.mean.subarray(to, to + coarse.cols),
        out.validArea.subarray(to, to + coarse.cols),
      );
    }
  }
  return out;
}

/**
 * Makes one coarse row of two fine ones; the last may have none below it.
 *
 * @param areaUpper m2: one for the whole row, or one a cell
 */
type HalveRow = (
  upper: Float32Array,
  lower: Float32Array | undefined,
  areaUpper: Float64Array,
  areaLower: Float64Array,
  mean: Float32Array,
  validArea: Float64Array,
) => void;

function halverOf(cols: number): HalveRow {
  const desk = cols <= MOST_COLUMNS ? rasterDesk() : undefined;
  return desk ? (...rows) => desk.halve(...rows) : halveByLoop;
}

/** The same without the kernel. */
export const halveByLoop: HalveRow = (upper, lower, areaUpper, areaLower, mean, validArea) => {
  const step = areaUpper.length > 1 ? 1 : 0;
  for (let out = 0, col = 0; col < upper.length; out++, col += 2) {
    const right = col + 1 < upper.length;
    const a = col * step;
    const v00 = upper[col]!;
    const a00 = areaUpper[a]!;
    // a cell that is not there counts like one without data
    const v10 = right ? upper[col + 1]! : Number.NaN;
    const a10 = right ? areaUpper[a + step]! : 0;
    const v01 = lower ? lower[col]! : Number.NaN;
    const a01 = areaLower[a]!;
    const v11 = lower && right ? lower[col + 1]! : Number.NaN;
    const a11 = right ? areaLower[a + step]! : 0;
    const valid = known(v00, a00) + known(v10, a10) + known(v01, a01) + known(v11, a11);
    const sum = known(v00, v00 * a00) + known(v10, v10 * a10) + known(v01, v01 * a01) + known(v11, v11 * a11);
    mean[out] = valid > 0 ? sum / valid : Number.NaN;
    validArea[out] = valid;
  }
};

/** What a cell gives: nothing where it has no data. */
const known = (value: number, gives: number): number => (Number.isNaN(value) ? 0 : gives);

function areaStrides(
  areas: Float64Array,
  cells: Float32Array,
  { steps, rows, cols }: BlockShape,
): readonly [number, number, number] {
  if (cells.length !== steps * rows * cols) {
    throw new RangeError(`${cells.length} cells for a block of ${steps} x ${rows} x ${cols}`);
  }
  if (areas.length === cells.length) return [rows * cols, cols, 1];
  if (areas.length === rows * cols) return [0, cols, 1];
  if (areas.length === rows) return [0, 1, 0];
  throw new RangeError(`${areas.length} areas for a block of ${steps} x ${rows} x ${cols}`);
}

/**
 * Halves the rows and columns of classes or flags: each coarse cell holds the code that most of its up to four cells
 * have, the lowest of those that tie; `fill` only where all are nodata.
 *
 * @param out written from `place` on
 */
export function coarsenMajority(
  codes: Uint8Array,
  fill: number,
  shape: BlockShape,
  out: Uint8Array = new Uint8Array(shape.steps * Math.ceil(shape.rows / 2) * Math.ceil(shape.cols / 2)),
  place: CoarsePlace = alone(coarseShape(shape)),
): Uint8Array {
  const { steps, rows, cols } = shape;
  if (codes.length !== steps * rows * cols) {
    throw new RangeError(`${codes.length} codes for a block of ${steps} x ${rows} x ${cols}`);
  }
  const four = new Int16Array(4);
  for (let t = 0; t < steps; t++) {
    for (let row = 0; row < rows; row += 2) {
      let i = (t * place.rows + place.y + row / 2) * place.cols + place.x;
      for (let col = 0; col < cols; col += 2, i++) {
        let count = 0;
        for (let y = row; y < Math.min(row + 2, rows); y++) {
          for (let x = col; x < Math.min(col + 2, cols); x++) {
            const code = codes[(t * rows + y) * cols + x]!;
            if (code !== fill) four[count++] = code;
          }
        }
        out[i] = count === 0 ? fill : mostCommon(four, count);
      }
    }
  }
  return out;
}

function mostCommon(codes: Int16Array, count: number): number {
  let best = 0;
  let bestCount = 0;
  for (let i = 0; i < count; i++) {
    let same = 0;
    for (let k = 0; k < count; k++) if (codes[k] === codes[i]) same++;
    if (same > bestCount || (same === bestCount && codes[i]! < best)) [best, bestCount] = [codes[i]!, same];
  }
  return best;
}
