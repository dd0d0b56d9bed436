import { type Feature, type ZoneSet, zoneId, zoneName } from '../zones/zones.ts';
import { type Ask, ask, askJson, isAbort } from './api.ts';
import { productAddress } from './catalogue.ts';

/** The set that a product's spec names. */
const OWN_ZONES = 'zones';

export interface OpenedZones {
  /** Sets that the server keeps for the product, by name. */
  readonly sets: readonly string[];
  readonly zones: ZoneSet | undefined;
}

/** The set of this name; else a product's own zones, or the first set that somebody stored. */
export async function openZones(id: string, wanted: string | undefined, options: Ask): Promise<OpenedZones> {
  const { sets } = await askJson<{ sets: string[] }>(productAddress(id, '/zones'), options);
  const name = [wanted, OWN_ZONES, sets[0]].find((one) => one !== undefined && sets.includes(one));
  if (name === undefined) return { sets, zones: undefined };
  try {
    return { sets, zones: await readSet(id, name, options) };
  } catch (error) {
    if (isAbort(error)) throw error;
    return { sets, zones: undefined }; // the map is worth showing without them
  }
}

export async function readSet(id: string, name: string, options: Ask = {}): Promise<ZoneSet> {
  const address = productAddress(id, `/zones/${encodeURIComponent(name)}`);
  const { features } = await askJson<{ features: Feature[] }>(address, options);
  return { name, own: false, features };
}

/** Keeps a set on the server, so that links and others find it. @throws ApiProblem, also where writing needs a key */
export async function storeSet(id: string, name: string, { features }: ZoneSet): Promise<ZoneSet> {
  const body = { type: 'FeatureCollection', features: features.map(withOwnName) };
  await ask(productAddress(id, `/zones/${encodeURIComponent(name)}`), { method: 'PUT', body });
  return { name, own: false, features };
}

const withOwnName = (feature: Feature, index: number): Feature => ({
  ...feature,
  properties: { ...feature.properties, id: zoneId(feature, index), name: zoneName(feature, index) },
});
