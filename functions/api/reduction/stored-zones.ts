import { BadRequest, NotFound } from '../../../lib/errors.ts';
import { parseGeoJson } from '../../../lib/grid/geojson.ts';
import type { World } from '../../../lib/job/world.ts';
import { productRoot, zonesKey as specZonesKey } from '../../../lib/store/keys.ts';
import type { Limits } from '../options.ts';
import type { ServedProduct } from '../served-product.ts';
import { type KeptWeights, keepWeights, readKept, type SetVersion } from './kept-weights.ts';
import { type AskedZone, zonesFrom } from './zones.ts';

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** What a product's own zones are called, those that its spec names. */
export const OWN_ZONES = 'zones';

export const zonesRoot = (product: string): string => `${productRoot(product)}zones/`;
/** @throws BadRequest for a name that is none */
export function zonesKey(product: string, set: string): string {
  if (!NAME.test(set))
    throw new BadRequest('set', `"${set.slice(0, 64)}" is no name: small letters, digits and dashes`);
  return `${zonesRoot(product)}${set}/zones.geojson`;
}

export interface StoredZones {
  readonly geojson: unknown;
  readonly etag: string;
}

/** @throws NotFound when the product has no such set */
export async function readStoredZones(
  world: World,
  product: ServedProduct,
  set: string,
): Promise<StoredZones> {
  const options = world.signal ? { signal: world.signal } : {};
  const object = await world.store.get(zonesKey(product.id, set), options);
  if (object) return { geojson: parseGeoJson(new TextDecoder().decode(object.bytes)), etag: object.etag };
  const own = set === OWN_ZONES ? await ownZones(world, product) : undefined;
  if (own) return own;
  throw new NotFound(`${product.id} has no zones "${set}".`);
}

/** The version of a set, without reading it. @throws NotFound when the product has no such set */
export async function setVersion(world: World, product: ServedProduct, set: string): Promise<SetVersion> {
  const options = world.signal ? { signal: world.signal } : {};
  const own = set === OWN_ZONES && product.product.spec.zones ? specZonesKey(product.id) : undefined;
  const head =
    (await world.store.head(zonesKey(product.id, set), options)) ??
    (own && (await world.store.head(own, options)));
  if (!head) throw new NotFound(`${product.id} has no zones "${set}".`);
  return { product, set, etag: head.etag };
}

/**
 * The zones of a set, with their weights where they are kept; where they are not they are made and kept, so that the
 * next one who asks need not. A store that takes nothing is no hindrance.
 */
export async function weightedZones(
  world: World,
  limits: Limits,
  version: SetVersion,
): Promise<{ zones: readonly AskedZone[]; kept?: KeptWeights }> {
  const known = await readKept(world, version);
  if (known) return { zones: known.zones, kept: known };
  const { geojson } = await readStoredZones(world, version.product, version.set);
  const zones = zonesFrom(geojson, version.product.grid(), 'coverage', limits);
  try {
    await keepWeights(world, version, zones);
  } catch (error) {
    world.signal?.throwIfAborted();
    world.log.warn({ set: version.set, error: String(error) }, 'the weights of zones could not be kept');
  }
  return { zones };
}

/** Names of a product's sets. */
export async function listStoredZones(world: World, product: ServedProduct): Promise<string[]> {
  const sets = new Set<string>(product.product.spec.zones ? [OWN_ZONES] : []);
  for await (const { key } of world.store.list(
    zonesRoot(product.id),
    world.signal ? { signal: world.signal } : {},
  )) {
    const set = /\/zones\/([^/]+)\/zones\.geojson$/.exec(key)?.[1];
    if (set) sets.add(set);
  }
  return [...sets].sort();
}

/** The spec's zones, as the product keeps them since it was accepted. */
async function ownZones(world: World, { id, product }: ServedProduct): Promise<StoredZones | undefined> {
  const { zones } = product.spec;
  const options = world.signal ? { signal: world.signal } : {};
  const object = zones && (await world.store.get(specZonesKey(id), options));
  if (!object) return undefined;
  return {
    geojson: withNames(parseGeoJson(new TextDecoder().decode(object.bytes)), zones),
    etag: object.etag,
  };
}

/** Ids and names where the API looks for them. */
function withNames(geojson: unknown, names: { readonly id: string; readonly name: string }): unknown {
  const { features } = geojson as { features?: unknown };
  if (!Array.isArray(features)) return geojson;
  const named = features.map((feature: { properties?: Record<string, unknown> }) => {
    const { properties } = feature;
    return {
      ...feature,
      properties: { ...properties, id: properties?.[names.id], name_en: properties?.[names.name] },
    };
  });
  return { ...(geojson as object), features: named };
}
