import type { Layer } from '../raster/layer.ts';
import { reopenLayer } from '../raster/read.ts';
import { JOURNAL, planKey } from '../store/keys.ts';
import type { ObjectHead } from '../store/store.ts';
import { isRead } from './binding.ts';
import { readCurrent } from './current.ts';
import { bindingsOf, dependenciesOf } from './needs.ts';
import type { Plan } from './plan.ts';
import { type Product, placesOf, regionOf, type Window } from './product.ts';
import { parseJson } from './record.ts';
import { productOfPlan } from './start.ts';
import type { World } from './world.ts';

/** An object that a product is made from, as its plan saw it. Without an ETag it should have been there and was not. */
export interface InputObject extends Pick<ObjectHead, 'key'>, Partial<Pick<ObjectHead, 'etag' | 'size'>> {}

/** A plan with its layers open: enough to say what any chunk is made from, with no further look at the inputs. */
export interface PlannedInputs {
  readonly plan: Omit<Plan, 'tasks'>;
  readonly product: Product;
  readonly layers: Readonly<Record<string, Layer>>;
}

/** The run that a product is kept up to date by; of products that nobody keeps so, the newest there was. */
export async function newestRunOf(world: World, product: string): Promise<string | undefined> {
  const { current } = await readCurrent(world, product);
  if (current) return current.run;
  const name = new RegExp(`^${JOURNAL}(\\d{8}T\\d{6}-${product}-[0-9a-f]+)\\.json$`);
  let newest: string | undefined; // names of runs begin with their time, and a listing is in order
  for await (const { key } of world.store.list(JOURNAL)) newest = name.exec(key)?.[1] ?? newest;
  return newest;
}

/** @returns undefined when the plan of the run is kept no longer */
export async function readPlannedInputs(world: World, run: string): Promise<PlannedInputs | undefined> {
  const object = await world.store.get(planKey(run));
  if (!object) return undefined;
  const plan = parseJson(object.key, object.bytes) as Omit<Plan, 'tasks'>;
  const layers: Record<string, Layer> = {};
  for (const { name, source } of plan.bindings) {
    if (!isRead(source)) continue;
    layers[name] = reopenLayer(world.inputs, source.facts);
    if (source.kind === 'series' && source.quality)
      layers[`${name}.quality`] = reopenLayer(world.inputs, source.quality);
  }
  return { plan, product: productOfPlan(plan), layers };
}

/** Above so many places one rectangle around all of them is asked for: it may name objects beyond their edges. */
const MOST_PLACES = 10_000;

/**
 * The objects that some windows of a product are made from, by source, in order of their keys: those whose versions are
 * in the digests of the chunks. Pure.
 */
export function inputObjects(
  { plan, product, layers }: PlannedInputs,
  windows: readonly Window[],
): Readonly<Record<string, readonly InputObject[]>> {
  const sizes = sizesOf(layers);
  const places = [...placesOf(product)];
  const whole = { y0: 0, y1: product.grid.height, x0: 0, x1: product.grid.width };
  const found = new Map(plan.bindings.map(({ name }) => [name, new Map<string, InputObject>()]));
  for (const window of windows) {
    const at = (place: { y: number; x: number }) => regionOf(product, { ...place, t: window.t });
    const regions = places.length > MOST_PLACES ? [{ ...at(places[0]!), ...whole }] : places.map(at);
    for (const region of regions) {
      for (const binding of bindingsOf(product, plan.bindings, window)) {
        for (const { key, etag } of dependenciesOf(product, binding, layers, region, window))
          found
            .get(binding.name)!
            .set(key, { key, ...(etag !== undefined && { etag, size: sizes.get(key)! }) });
      }
    }
  }
  const inOrder = (objects: Map<string, InputObject>) =>
    [...objects.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return Object.fromEntries([...found].map(([name, objects]) => [name, inOrder(objects)]));
}

const sizesOf = (layers: PlannedInputs['layers']): ReadonlyMap<string, number> =>
  new Map(
    Object.values(layers).flatMap(({ facts }) => facts.objects.map(({ key, size }) => [key, size] as const)),
  );
