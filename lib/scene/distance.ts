import type { Lattice } from './lattice.ts';

/** Kilometres of a degree of latitude on the MODIS sphere. */
export const KM_PER_DEGREE = (6371.007181 * Math.PI) / 180;
/** Kilometres of a degree of longitude in the middle of the delta, 22.9 degrees north. */
export const KM_PER_LON_DEGREE = KM_PER_DEGREE * Math.cos((22.9 * Math.PI) / 180);

const FAR = 1e12;

/** Distance to the edge of a mask in km: positive where it is 1, negative where it is 0. */
export function signedDistance(mask: Uint8Array, lattice: Lattice): Float32Array {
  const inside = squaredDistance(mask, 0, lattice);
  const outside = squaredDistance(mask, 1, lattice);
  const half = (KM_PER_LON_DEGREE * lattice.step) / 2;
  return inside.map((d, k) => (mask[k] === 1 ? Math.sqrt(d) - half : half - Math.sqrt(outside[k]!)));
}

/**
 * Squared distance in km² of every node to the nearest node with `value`, exact, in linear time.
 * @see Felzenszwalb & Huttenlocher 2012, Theory of Computing 8:415
 */
function squaredDistance(mask: Uint8Array, value: number, { rows, cols, step }: Lattice): Float32Array {
  const out = Float32Array.from(mask, (m) => (m === value ? 0 : FAR));
  const lowerColumn = envelope(rows, step * KM_PER_DEGREE);
  const column = new Float64Array(rows);
  for (let c = 0; c < cols; c++) {
    for (let r = 0; r < rows; r++) column[r] = out[r * cols + c]!;
    lowerColumn(column);
    for (let r = 0; r < rows; r++) out[r * cols + c] = column[r]!;
  }
  const lowerRow = envelope(cols, step * KM_PER_LON_DEGREE);
  const row = new Float64Array(cols);
  for (let r = 0; r < rows; r++) {
    row.set(out.subarray(r * cols, (r + 1) * cols));
    lowerRow(row);
    out.set(row, r * cols);
  }
  return out;
}

/** Makes the step in one direction: the lower envelope of parabolas that stand on every point, in place. */
function envelope(n: number, spacing: number): (f: Float64Array) => void {
  const feet = new Int32Array(n);
  const bounds = new Float64Array(n + 1);
  const heights = new Float64Array(n);
  const s2 = spacing * spacing;
  return (f) => {
    heights.set(f);
    let k = 0;
    feet[0] = 0;
    bounds[0] = -Infinity;
    bounds[1] = Infinity;
    for (let q = 1; q < n; q++) {
      let crossing = meet(heights, feet[k]!, q, s2);
      while (crossing <= bounds[k]!) crossing = meet(heights, feet[--k]!, q, s2);
      feet[++k] = q;
      bounds[k] = crossing;
      bounds[k + 1] = Infinity;
    }
    k = 0;
    for (let q = 0; q < n; q++) {
      while (bounds[k + 1]! < q) k++;
      f[q] = (q - feet[k]!) ** 2 * s2 + heights[feet[k]!]!;
    }
  };
}

/** Where the parabolas on `p` and `q` cross, in points. */
const meet = (h: Float64Array, p: number, q: number, s2: number): number =>
  (h[q]! / s2 + q * q - h[p]! / s2 - p * p) / (2 * (q - p));
