import type { Polygon } from './cities.ts';
import type { Lattice } from './lattice.ts';

/** Sets the nodes inside a polygon (even-odd rule) to `value`. */
export function fillPolygon(mask: Uint8Array, lattice: Lattice, rings: Polygon, value: number): void {
  const { rows, cols, step, box } = lattice;
  for (let row = 0; row < rows; row++) {
    const cuts = crossings(rings, box.south + row * step);
    for (let k = 0; k + 1 < cuts.length; k += 2) {
      const from = Math.max(0, Math.ceil((cuts[k]! - box.west) / step));
      const to = Math.min(cols, Math.ceil((cuts[k + 1]! - box.west) / step));
      if (to > from) mask.fill(value, row * cols + from, row * cols + to);
    }
  }
}

/** Longitudes where the edges cross a parallel, in order. A point on an edge counts to the north. */
function crossings(rings: Polygon, lat: number): number[] {
  const cuts: number[] = [];
  for (const ring of rings) {
    let [x0, y0] = ring[ring.length - 1]!;
    for (const [x1, y1] of ring) {
      if (y0 <= lat !== y1 <= lat) cuts.push(x0 + ((lat - y0) / (y1 - y0)) * (x1 - x0));
      [x0, y0] = [x1, y1];
    }
  }
  return cuts.sort((a, b) => a - b);
}
