export interface Feature {
  readonly type: 'Feature';
  readonly id?: string | number;
  readonly properties: Readonly<Record<string, unknown>> | null;
  readonly geometry: { readonly type: string; readonly coordinates: unknown };
}

/** Polygons to add up over, together: a set that the server keeps, or what somebody brought to the page. */
export interface ZoneSet {
  readonly name: string;
  /** In this browser alone: the server does not know it, and no link can hold it. */
  readonly own: boolean;
  readonly features: readonly Feature[];
}

/** A name as the API takes it: small letters, digits and dashes. */
export const setName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/\.(geo)?json$/, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64) || 'my-zones';

/** As the API names zones: by `id` in properties, else the feature's own, else its place in the list. */
export function zoneId({ id, properties }: Feature, index: number): string {
  const own = properties?.id;
  return String((typeof own === 'string' && own) || typeof own === 'number' ? own : (id ?? index + 1));
}

const NAMES = ['name_en', 'name', 'NAME', 'Name', 'title'];

export function zoneName(feature: Feature, index: number): string {
  const found = NAMES.map((key) => feature.properties?.[key]).find(
    (text) => typeof text === 'string' && text !== '',
  );
  return found === undefined ? `Zone ${zoneId(feature, index)}` : String(found);
}

interface FoundZone {
  readonly feature: Feature;
  readonly index: number;
}

/** @throws Error naming the set, when it has no such zone */
export function zoneOf(zones: ZoneSet | undefined, id: string): FoundZone {
  const index = zones?.features.findIndex((feature, i) => zoneId(feature, i) === id) ?? -1;
  if (index >= 0) return { feature: zones!.features[index]!, index };
  const where = zones ? `The zones “${zones.name}” have` : 'There is';
  throw new Error(`${where} no zone “${id}”. Choose another, or another set in the Zones tab.`);
}
