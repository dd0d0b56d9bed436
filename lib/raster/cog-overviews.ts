import { allocate, type Cells, type DType } from '../grid/cells.ts';

export interface PixelLevel {
  readonly cells: Cells;
  readonly width: number;
  readonly height: number;
}

/** How four cells become one: the mean of those that are valid, or the first of them (for classes and flags). */
export type OverviewRule = 'mean' | 'nearest';

/** The level itself and its halvings, down to the first that fits into one tile. */
export function overviewLevels(
  level: PixelLevel,
  dtype: DType,
  nodata: number | undefined,
  rule: OverviewRule | 'none',
  tile: number,
): PixelLevel[] {
  const levels = [level];
  for (let last = level; rule !== 'none' && Math.max(last.width, last.height) > tile; ) {
    last = halve(last, dtype, nodata, rule);
    levels.push(last);
  }
  return levels;
}

function halve(
  { cells, width, height }: PixelLevel,
  dtype: DType,
  nodata: number | undefined,
  rule: OverviewRule,
): PixelLevel {
  const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const out = allocate(dtype, half.width * half.height);
  for (let y = 0; y < half.height; y++) {
    const top = 2 * y * width;
    const bottom = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < half.width; x++) {
      const left = 2 * x;
      const at = y * half.width + x;
      if (rule === 'nearest') out[at] = cells[top + left]!;
      else {
        // At an odd edge the last row or column stands in for the missing one, which leaves the mean as it is.
        const right = Math.min(left + 1, width - 1);
        const four = [
          cells[top + left]!,
          cells[top + right]!,
          cells[bottom + left]!,
          cells[bottom + right]!,
        ] as const;
        out[at] = meanOfValid(four, nodata, dtype);
      }
    }
  }
  return { cells: out, ...half };
}

function meanOfValid(four: readonly number[], nodata: number | undefined, dtype: DType): number {
  let sum = 0;
  let n = 0;
  for (const value of four) {
    if (value === nodata || Number.isNaN(value)) continue;
    sum += value;
    n++;
  }
  if (n === 0) return nodata ?? (dtype.startsWith('float') ? Number.NaN : 0);
  return dtype.startsWith('float') ? sum / n : Math.round(sum / n);
}
