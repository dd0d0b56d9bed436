import type { MapFrame } from './map-frame.ts';
import type { Outline } from './outline.ts';
import { el, pathData } from './svg.ts';
import { drawable, text, textWidth } from './text.ts';

type Point = readonly [x: number, y: number];

/** Points nearer than this to the last one are not seen. */
const CLOSER_THAN_SEEN = 0.5;
const SIZE = 13;

export interface OutlineLayer {
  readonly lines: string;
  readonly labels: string;
}

/** Borders of zones, and their names where there is room for them inside. */
export function outlineLayer(
  frame: MapFrame,
  outlines: readonly Outline[],
  { labels = true, weight = 1 }: { readonly labels?: boolean; readonly weight?: number } = {},
): OutlineLayer {
  const drawn = outlines.map(({ rings, ...zone }) => ({
    ...zone,
    rings: rings.map((ring) => onPaper(frame, ring)),
  }));
  const d = drawn.flatMap(({ rings }) => rings.map((ring) => pathData(ring, true))).join('');
  if (!d) return { lines: '', labels: '' };
  const style = { d, fill: 'none', 'stroke-linejoin': 'round' };
  const lines =
    el('path', { ...style, stroke: '#ffffff', 'stroke-width': 2.6 * weight, 'stroke-opacity': 0.55 }) +
    el('path', { ...style, stroke: '#2b3640', 'stroke-width': 1.1 * weight });
  return { lines, labels: labels ? placeLabels(frame, drawn) : '' };
}

function onPaper(frame: MapFrame, ring: readonly (readonly [number, number])[]): Point[] {
  const points: Point[] = [];
  for (const [lon, lat] of ring) {
    const point = frame.toPixel(lon, lat);
    const last = points.at(-1);
    const seen = !last || Math.hypot(point[0] - last[0], point[1] - last[1]) >= CLOSER_THAN_SEEN;
    if (seen && Number.isFinite(point[0] + point[1])) points.push(point);
  }
  return points.length > 2 ? points : [];
}

interface Box {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

interface Drawn {
  readonly id: string;
  readonly name: string;
  readonly rings: readonly (readonly Point[])[];
}

/** The zones with most room first; a name that would cover another one moves, or is left out. */
function placeLabels(frame: MapFrame, zones: readonly Drawn[]): string {
  const taken: Box[] = [];
  const candidates = zones
    .map((zone) => ({ name: drawable(zone.name, zone.id), spots: spotsOf(frame, zone.rings) }))
    .filter(({ spots }) => spots.length > 0)
    .sort((a, b) => b.spots[0]!.room - a.spots[0]!.room);
  const parts = candidates.map(({ name, spots }) => {
    const half = textWidth(name, SIZE, true) / 2 + 3;
    for (const { x, y } of spots) {
      const box = { x0: x - half, x1: x + half, y0: y - SIZE * 0.75, y1: y + SIZE * 0.75 };
      const inside = box.x0 >= 2 && box.x1 <= frame.width - 2 && box.y0 >= 2 && box.y1 <= frame.height - 2;
      if (!inside || taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      return text(x, y + SIZE * 0.36, name, { size: SIZE, bold: true, anchor: 'middle', halo: true });
    }
    return '';
  });
  return parts.join('');
}

const overlap = (a: Box, b: Box): boolean => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;

/** Middles of the longest level stretches inside the polygons, best first. */
function spotsOf(frame: MapFrame, rings: Drawn['rings']): { x: number; y: number; room: number }[] {
  const ys = rings.flat().map(([, y]) => y);
  const [top, bottom] = [Math.max(0, Math.min(...ys)), Math.min(frame.height, Math.max(...ys))];
  const lines = 31;
  const spots = Array.from({ length: lines }, (_, i) => {
    const t = (i + 1) / (lines + 1);
    const y = top + t * (bottom - top);
    const { x, room } = longestStretch(rings, y, frame.width);
    // Towards top and bottom a polygon tapers; a name reads best in its middle.
    return { x, y, room: room * (1 - Math.abs(t - 0.5)) };
  });
  return spots.filter(({ room }) => room > 4).sort((a, b) => b.room - a.room);
}

/** Even-odd rule along one level. */
function longestStretch(rings: Drawn['rings'], y: number, width: number): { x: number; room: number } {
  const cuts = rings.flatMap((ring) =>
    ring.flatMap((a, i) => {
      const b = ring[(i + 1) % ring.length]!;
      return a[1] > y === b[1] > y ? [] : [a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0])];
    }),
  );
  cuts.sort((a, b) => a - b);
  let best = { x: 0, room: 0 };
  for (let i = 0; i + 1 < cuts.length; i += 2) {
    const [from, to] = [Math.max(0, cuts[i]!), Math.min(width, cuts[i + 1]!)];
    if (to - from > best.room) best = { x: (from + to) / 2, room: to - from };
  }
  return best;
}
