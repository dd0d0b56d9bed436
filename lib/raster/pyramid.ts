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

/**
 * Halves the rows and columns of a block: each coarse cell holds the mean of its up to four cells weighted by their
 * area with data, so that mean x valid area adds up to the same total at every level.
 *
 * @param cells row-major `[step][row][col]`; NaN is nodata
 * @param areas m2: of each row's cells (`rows` values), of each pixel (`rows x cols`), or the valid area of each cell
 *   of a coarser level (as many as `cells`)
 */
export function coarsenMean(cells: Float32Array, areas: Float64Array, shape: BlockShape): CoarseMeans {
  const { steps, rows, cols } = shape;
  const coarse = coarseShape(shape);
  const [ofStep, ofRow, ofCol] = areaStrides(areas, cells, shape);
  const count = coarse.steps * coarse.rows * coarse.cols;
  const mean = new Float32Array(count);
  const validArea = new Float64Array(count);
  for (let t = 0, out = 0; t < steps; t++) {
    for (let row = 0; row < rows; row += 2) {
      const down = row + 1 < rows;
      for (let col = 0; col < cols; col += 2, out++) {
        const right = col + 1 < cols;
        const p = (t * rows + row) * cols + col;
        const a = t * ofStep + row * ofRow + col * ofCol;
        const v00 = cells[p]!;
        const a00 = areas[a]!;
        // a cell that is not there counts like one without data
        const v10 = right ? cells[p + 1]! : Number.NaN;
        const a10 = right ? areas[a + ofCol]! : 0;
        const v01 = down ? cells[p + cols]! : Number.NaN;
        const a01 = down ? areas[a + ofRow]! : 0;
        const v11 = right && down ? cells[p + cols + 1]! : Number.NaN;
        const a11 = right && down ? areas[a + ofRow + ofCol]! : 0;
        const weighted = v00 * a00 + v10 * a10 + v01 * a01 + v11 * a11;
        const area = a00 + a10 + a01 + a11;
        if (!Number.isNaN(weighted)) {
          mean[out] = area > 0 ? weighted / area : Number.NaN;
          validArea[out] = area;
        } else {
          const w00 = known(v00, a00);
          const w10 = known(v10, a10);
          const w01 = known(v01, a01);
          const w11 = known(v11, a11);
          const valid = w00 + w10 + w01 + w11;
          const sum = (w00 && v00 * w00) + (w10 && v10 * w10) + (w01 && v01 * w01) + (w11 && v11 * w11);
          mean[out] = valid > 0 ? sum / valid : Number.NaN;
          validArea[out] = valid;
        }
      }
    }
  }
  return { mean, validArea };
}

/** Area of a cell that has data. */
const known = (value: number, area: number): number => (Number.isNaN(value) ? 0 : area);

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
 */
export function coarsenMajority(codes: Uint8Array, fill: number, shape: BlockShape): Uint8Array {
  const { steps, rows, cols } = shape;
  if (codes.length !== steps * rows * cols) {
    throw new RangeError(`${codes.length} codes for a block of ${steps} x ${rows} x ${cols}`);
  }
  const coarse = coarseShape(shape);
  const out = new Uint8Array(coarse.steps * coarse.rows * coarse.cols);
  const four = new Int16Array(4);
  for (let t = 0, i = 0; t < steps; t++) {
    for (let row = 0; row < rows; row += 2) {
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
