import { BadRequest } from '../errors.ts';
import { featureProperties, parseGeoJson } from './geojson.ts';
import type { Zone } from './zone.ts';

export interface DeclaredArea {
  /** Property of each feature that has its area, km2. */
  readonly area: string;
  /** Share of it by which the area of the polygon may differ. */
  readonly within: number;
}

const KM2 = 1e6;

/**
 * Zones whose polygon is larger or smaller than the area that its GeoJSON declares, a sentence each.
 *
 * @param zones of that GeoJSON, in its order
 * @throws BadRequest naming a feature without that property, or where it is no area
 * @see spec casa.md 1.6
 */
export function wrongAreas(
  geojson: string,
  zones: readonly Pick<Zone, 'id' | 'name' | 'polygonArea'>[],
  { area, within }: DeclaredArea,
): string[] {
  const properties = featureProperties(parseGeoJson(geojson));
  return zones.flatMap(({ name, polygonArea }, i) => {
    const declared = properties[i]![area];
    if (typeof declared !== 'number' || !(declared > 0))
      throw new BadRequest(`zones.features[${i}]`, `${name} has no area above 0 in its property "${area}"`);
    const found = polygonArea / KM2;
    const off = found / declared - 1;
    if (Math.abs(off) <= within) return [];
    return [
      `${name}: its polygon has ${rounded(found)} km2, ${area} says ${rounded(declared)} km2: ${percent(Math.abs(off))} ${off > 0 ? 'more' : 'less'}, of ${percent(within)} that the checks allow`,
    ];
  });
}

const rounded = (km2: number): string => String(Number(km2.toPrecision(5)));
const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
