import { NotFound } from '../../../lib/errors.ts';
import { type Feature, type FeatureOptions, parseGeoJson, readFeatures } from '../../../lib/grid/geojson.ts';
import { zonesKey } from '../../../lib/store/keys.ts';
import type { Outline } from '../../../lib/view/outline.ts';
import { locateFile } from './location.ts';
import type { OpenProduct } from './open-product.ts';

export interface ZoneChoice {
  readonly zones?: string;
  readonly zoneId?: string;
  readonly zoneName?: string;
}

/** GeoJSON text and which properties name its zones: by `--zones`, else the spec's own, else none. */
export async function readZoneText(
  { id, spec, world }: OpenProduct,
  { zones: file, zoneId, zoneName }: ZoneChoice,
): Promise<{ text: string; names: FeatureOptions } | undefined> {
  const own = spec.zones;
  if (file === undefined && !own) return undefined;
  const { store, key } = file === undefined ? { store: world.store, key: zonesKey(id) } : locateFile(file);
  const object = await store.get(key);
  if (!object) throw new NotFound(`no zones at ${file ?? `${key} in ${store.name}`}`);
  const idProperty = zoneId ?? (file === undefined ? own!.id : undefined);
  const nameProperty = zoneName ?? (file === undefined ? own!.name : undefined);
  return {
    text: new TextDecoder().decode(object.bytes),
    names: {
      ...(idProperty !== undefined && { idProperty }),
      ...(nameProperty !== undefined && { nameProperty }),
    },
  };
}

/** The polygons themselves, for borders; none when there are no zones. */
export async function featuresOf(product: OpenProduct, choice: ZoneChoice): Promise<Feature[]> {
  const zones = await readZoneText(product, choice);
  return zones ? readFeatures(parseGeoJson(zones.text), zones.names) : [];
}

/** Borders for a picture. */
export const outlinesOf = (features: readonly Feature[]): Outline[] =>
  features.map(({ id, name, polygons }) => ({
    id,
    name,
    rings: polygons.flatMap((rings) => rings.map(pairs)),
  }));

const pairs = (ring: Float64Array): (readonly [number, number])[] =>
  Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i]!, ring[2 * i + 1]!] as const);
