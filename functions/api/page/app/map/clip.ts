export type Position = readonly number[];
export type Box = readonly [west: number, south: number, east: number, north: number];

type Side = (position: Position) => number;

/** How far inside each edge a position is: negative outside. */
const sidesOf = ([west, south, east, north]: Box): readonly Side[] => [
  ([x]) => x! - west,
  ([x]) => east - x!,
  ([, y]) => y! - south,
  ([, y]) => north - y!,
];

/** The part of a ring in a box, by edge after edge (Sutherland and Hodgman 1974). Parts may stay joined along the edge. */
export function clipRing(ring: readonly Position[], box: Box): readonly Position[] {
  let kept = ring;
  for (const side of sidesOf(box)) {
    if (kept.length === 0) return kept;
    kept = clipToSide(kept, side);
  }
  const [first] = kept;
  return first && kept.at(-1) !== first ? [...kept, first] : kept;
}

function clipToSide(ring: readonly Position[], side: Side): Position[] {
  const kept: Position[] = [];
  for (let i = 0; i < ring.length; i++) {
    const [a, b] = [ring[i]!, ring[(i + 1) % ring.length]!];
    const [from, to] = [side(a), side(b)];
    if (from >= 0) kept.push(a);
    if (from >= 0 !== to >= 0) kept.push(between(a, b, from / (from - to)));
  }
  return kept;
}

const between = (a: Position, b: Position, share: number): Position => [
  a[0]! + share * (b[0]! - a[0]!),
  a[1]! + share * (b[1]! - a[1]!),
];

/** The parts of a line that come near a box: whole segments, so that they end unseen outside it. */
export function clipLine(line: readonly Position[], box: Box): Position[][] {
  const parts: Position[][] = [];
  let open: Position[] | undefined;
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1]!, line[i]!];
    if (!meets(a, b, box)) {
      open = undefined;
      continue;
    }
    if (open) open.push(b);
    else {
      open = [a, b];
      parts.push(open);
    }
  }
  return parts;
}

const meets = ([ax, ay]: Position, [bx, by]: Position, [west, south, east, north]: Box): boolean =>
  Math.max(ax!, bx!) >= west &&
  Math.min(ax!, bx!) <= east &&
  Math.max(ay!, by!) >= south &&
  Math.min(ay!, by!) <= north;

export const contains = (outer: Box, inner: Box): boolean =>
  outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];
