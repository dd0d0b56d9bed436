import { byWidth } from '../view/steps.ts';
import { type Ask, addressOf, askJson } from './api.ts';
import type { Brief, Product, ProductInfo, StepKind } from './product.ts';
import { openZones } from './zone-store.ts';

export const productAddress = (
  id: string,
  path = '',
  query: Record<string, string | undefined> = {},
): string => addressOf(`products/${encodeURIComponent(id)}${path}`, query);

export const listProducts = async (options?: Ask): Promise<readonly Brief[]> =>
  (await askJson<{ products: Brief[] }>(addressOf('products'), options)).products;

/**
 * @param set of zones to open; the product's own when absent
 * @throws ApiProblem
 */
export async function openProduct(id: string, set?: string, options: Ask = {}): Promise<Product> {
  const info = await askJson<ProductInfo>(productAddress(id), options);
  const kinds = byWidth(info.variables.map(({ step }) => step));
  const [steps, tiles, zones] = await Promise.all([
    Promise.all(kinds.map(async (kind) => [kind, await stepsOf(info, kind, options)] as const)),
    askJson<{ maxzoom: number }>(productAddress(id, '/WebMercatorQuad/tilejson.json'), options),
    openZones(id, set, options),
  ]);
  return { info, steps: new Map(steps), maxZoom: tiles.maxzoom, ...zones };
}

async function stepsOf(
  { id, variables }: ProductInfo,
  kind: StepKind,
  options: Ask,
): Promise<readonly string[]> {
  const { name } = variables.find(({ step }) => step === kind)!;
  const path = `/variables/${encodeURIComponent(name)}/times`;
  return (await askJson<{ labels: string[] }>(productAddress(id, path), options)).labels;
}
