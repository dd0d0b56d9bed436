import { BadRequest } from '../../lib/errors.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { readFeatures } from '../../lib/grid/geojson.ts';
import { zonesOnGrid } from '../../lib/grid/zone.ts';
import type { Outline } from './picture.ts';
import { type Box, boxGrid, type SizeQuery } from './preview-grid.ts';

/** A picture that just holds a feature, and which of its pixels lie in it. @throws BadRequest as `zonesOnGrid` */
export function featureTarget(geojson: unknown, query: SizeQuery): { target: GeoGrid; outline: Outline } {
  if (query.coord_crs && crsByName(query.coord_crs).epsg !== 4326)
    throw new BadRequest('coord_crs', 'GeoJSON is in longitude and latitude');
  const features = readFeatures(geojson);
  if (features.length !== 1) throw new BadRequest('', `${features.length} features; send one at a time`);
  const target = boxGrid(boundsOf(features[0]!.polygons.flat(2)), query);
  const whole = { y0: 0, y1: target.height, x0: 0, x1: target.width };
  const inside = zonesOnGrid(geojson, target)[0]!.membership(whole);
  return { target, outline: { inside, facts: geojson } };
}

function boundsOf(rings: readonly Float64Array[]): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      [west, east] = [Math.min(west, ring[i]!), Math.max(east, ring[i]!)];
      [south, north] = [Math.min(south, ring[i + 1]!), Math.max(north, ring[i + 1]!)];
    }
  }
  return [west, south, east, north];
}
