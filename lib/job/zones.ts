import { NotFound } from '../errors.ts';
import { type Zone, zonesOnGrid } from '../grid/zone.ts';
import type { Product } from './product.ts';
import type { World } from './world.ts';

/**
 * The zones of a spec as GeoJSON text, for the study region and the tables; checked here, before anything is planned.
 * @throws NotFound when the spec names a file that the inputs do not hold
 * @throws BadRequest naming the feature and what is wrong with it
 */
export async function readZones({ inputs, signal }: World, product: Product): Promise<string | undefined> {
  const { zones } = product.spec;
  if (!zones) return undefined;
  const object = await inputs.get(zones.file, signal ? { signal } : {});
  if (!object) throw new NotFound(`${zones.file} (spec.zones.file) is not in ${inputs.name}`);
  const text = new TextDecoder().decode(object.bytes);
  zonesOf(product, text);
  return text;
}

const zonesByProduct = new WeakMap<Product, { readonly geojson: string; readonly zones: readonly Zone[] }>();

/** The zones on the product's grid; worked out once a product. */
export function zonesOf(product: Product, geojson: string): readonly Zone[] {
  const known = zonesByProduct.get(product);
  if (known?.geojson === geojson) return known.zones;
  const { id, name } = product.spec.zones ?? {};
  const names = { ...(id && { idProperty: id }), ...(name && { nameProperty: name }) };
  const zones = zonesOnGrid(geojson, product.grid, names);
  zonesByProduct.set(product, { geojson, zones });
  return zones;
}
