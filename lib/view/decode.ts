import { isFloat } from '../grid/cells.ts';
import type { LayerFacts, RawWindow } from '../raster/layer.ts';

/**
 * Stored cells as physical numbers: nodata, masked and out-of-range cells become NaN first, as stored, and only then
 * are scale and offset applied.
 *
 * @returns row-major `[t][y][x]`, in the layer's own units
 */
export function decode(facts: LayerFacts, { cells, valid }: RawWindow): Float64Array {
  const { scale, offset, nodata = [], validRange } = facts;
  const [lowest, highest] = validRange ?? [-Infinity, Infinity];
  // A float32 fill such as -3.4e38 is written in headers with more digits than the cells keep.
  const fills = facts.dtype === 'float32' ? nodata.map(Math.fround) : nodata;
  const mayBeInfinite = isFloat(facts.dtype);
  if (isPlain(facts, valid)) return finite(cells);
  const out = new Float64Array(cells.length);
  for (let i = 0; i < out.length; i++) {
    const stored = cells[i]!;
    const missing =
      valid?.[i] === 0 ||
      !(stored >= lowest && stored <= highest) ||
      (mayBeInfinite && !Number.isFinite(stored)) ||
      fills.includes(stored);
    out[i] = missing ? NaN : stored * scale + offset;
  }
  return out;
}

/** Our own products: numbers as they are, NaN where there is none. */
export const isPlain = (
  { dtype, scale, offset, nodata = [], validRange }: LayerFacts,
  valid: RawWindow['valid'],
): boolean =>
  isFloat(dtype) && scale === 1 && offset === 0 && !validRange && !valid && nodata.every(Number.isNaN);

function finite(cells: RawWindow['cells']): Float64Array {
  const out = new Float64Array(cells.length);
  for (let i = 0; i < out.length; i++) {
    const value = cells[i]!;
    out[i] = value - value === 0 ? value : Number.NaN;
  }
  return out;
}
