import type { GeoGrid } from '../../../lib/grid/geo-grid.ts';
import { COVER_CLASSES, isDropped } from './class-cover.ts';
import type { AskedZone } from './zones.ts';

/** Zones that each zone becomes when it is told apart by land cover. */
export const PER_ZONE = COVER_CLASSES.length;

/** The whole map as a zone. */
export function wholeMap({ height, width }: GeoGrid, name: string): AskedZone {
  const window = { y0: 0, y1: height, x0: 0, x1: width };
  const weights = (part: typeof window) =>
    new Float64Array((part.y1 - part.y0) * (part.x1 - part.x0)).fill(1);
  const zone = { id: name, name, polygonArea: Number.NaN, window, weights };
  return { index: 0, id: name, name, feature: undefined, zone };
}

/**
 * A zone for each class within each zone: `guangzhou/forest`.
 * @param only their places, when the others are not asked for
 */
export function byClass(zones: readonly AskedZone[], only?: readonly number[]): AskedZone[] {
  const wanted = only && new Set(only);
  return zones
    .flatMap((base) =>
      COVER_CLASSES.map((name, cover): AskedZone => {
        const { edges: _, ...rest } = base; // the records of whole chunks know no classes
        const index = base.index * PER_ZONE + cover;
        const dropped = isDropped(name) && { dropped: true as const };
        return { ...rest, index, id: `${base.id}/${name}`, name: `${base.name}, ${name}`, cover, ...dropped };
      }),
    )
    .filter(({ index }) => wanted?.has(index) ?? true);
}
