import { BadRequest } from '../errors.ts';
import type { Feature, Ring } from './geojson.ts';
import { boxOf, featureArea } from './rings.ts';

/** Zones may overlap by this share of the smaller one (spec casa.md 1.6). */
export const MAX_OVERLAP = 0.001;
/** Parallels along which two zones are compared: between their ends overlaps are exact. */
const PARALLELS = 1000;

interface Sketch {
  readonly feature: Feature;
  readonly edges: readonly Ring[];
  readonly box: ReturnType<typeof boxOf>;
  /** On a sphere, square degrees at the equator's scale. */
  readonly area: number;
}

const DEGREE_SPHERE = { a: 180 / Math.PI, b: 180 / Math.PI };

/**
 * Checks that no two zones overlap by more than a thousandth of the smaller one.
 *
 * @throws BadRequest naming both
 */
export function checkOverlaps(features: readonly Feature[]): void {
  const sketches = features.map((feature) => {
    const edges = feature.polygons.flat();
    return { feature, edges, box: boxOf(joined(edges)), area: featureArea(feature, DEGREE_SPHERE) };
  });
  sketches.sort((a, b) => a.box.west - b.box.west);
  for (const [i, a] of sketches.entries()) {
    for (let j = i + 1; j < sketches.length && sketches[j]!.box.west < a.box.east; j++)
      checkPair(a, sketches[j]!);
  }
}

function checkPair(a: Sketch, b: Sketch): void {
  const share = overlapShare(a, b);
  if (share <= MAX_OVERLAP) return;
  const percent = Number((100 * share).toPrecision(3));
  throw new BadRequest(
    'zones.features',
    `${a.feature.name} and ${b.feature.name} overlap by ${percent} % of the smaller one; a pixel may count once only`,
  );
}

const joined = (rings: readonly Ring[]): Float64Array => {
  const all = new Float64Array(rings.reduce((n, ring) => n + ring.length, 0));
  let at = 0;
  for (const ring of rings) {
    all.set(ring, at);
    at += ring.length;
  }
  return all;
};

/** Common area over the smaller zone's. */
function overlapShare(a: Sketch, b: Sketch): number {
  const south = Math.max(a.box.south, b.box.south);
  const north = Math.min(a.box.north, b.box.north);
  if (!(north > south)) return 0;
  const step = (north - south) / PARALLELS;
  const [crossA, crossB] = [crossings(a.edges, south, step), crossings(b.edges, south, step)];
  let common = 0;
  for (let k = 0; k < PARALLELS; k++) {
    const squeeze = Math.cos(((south + (k + 0.5) * step) * Math.PI) / 180);
    common += commonLength(crossA[k]!, crossB[k]!) * squeeze * step;
  }
  return common === 0 ? 0 : common / Math.min(a.area, b.area);
}

/** Longitudes where each parallel meets the rings, sorted. */
function crossings(rings: readonly Ring[], south: number, step: number): number[][] {
  const rows: number[][] = Array.from({ length: PARALLELS }, () => []);
  for (const ring of rings) {
    for (let k = 0; k + 3 < ring.length; k += 2) {
      const [x0, y0, x1, y1] = [ring[k]!, ring[k + 1]!, ring[k + 2]!, ring[k + 3]!];
      if (y0 === y1) continue;
      const [low, high] = [Math.min(y0, y1), Math.max(y0, y1)];
      const first = Math.max(0, Math.ceil((low - south) / step - 0.5));
      for (let r = first; r < PARALLELS && south + (r + 0.5) * step < high; r++) {
        rows[r]!.push(x0 + ((south + (r + 0.5) * step - y0) / (y1 - y0)) * (x1 - x0));
      }
    }
  }
  for (const row of rows) row.sort((p, q) => p - q);
  return rows;
}

/** Length that two sets of intervals have in common. */
function commonLength(a: readonly number[], b: readonly number[]): number {
  let [i, j, sum] = [0, 0, 0];
  while (i + 1 < a.length && j + 1 < b.length) {
    sum += Math.max(0, Math.min(a[i + 1]!, b[j + 1]!) - Math.max(a[i]!, b[j]!));
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return sum;
}
