import { Conflict, GridMismatch, NotFound } from '../errors.ts';
import type { Layer } from '../raster/layer.ts';
import { journalKey, planKey, productKey, tasksKey, zonesKey } from '../store/keys.ts';
import { bindInputs } from './binding.ts';
import { checkZones } from './checks.ts';
import type { Effort } from './cost.ts';
import { digestOf } from './digest.ts';
import { startMeter } from './meter.ts';
import { type Plan, type PlanInput, planRun } from './plan.ts';
import { type Product, resolveProduct } from './product.ts';
import { writeStep } from './receipt.ts';
import { encodeJson, parseJson } from './record.ts';
import { type OpenedSources, openSources, productGrid } from './sources.ts';
import type { Spec } from './spec.ts';
import type { World } from './world.ts';
import { readZones } from './zones.ts';

/** A plan with what it was made from, still in memory. */
export interface Planned {
  readonly product: Product;
  readonly plan: Plan;
  /** What planning took. */
  readonly planning: Effort;
}

/** What a store keeps of an accepted product: enough to know it again and to refuse one that does not fit. */
export interface AcceptedProduct {
  readonly digest: string;
  readonly spec: Spec;
  readonly layout: unknown;
}

/** Reads headers and listings, looks everything up and plans. Writes nothing, reads no pixel. */
export async function planProduct(world: World, spec: Spec, memoryLimit: number): Promise<Planned> {
  const meter = startMeter(world);
  const input = await readPlanInput(world, spec, memoryLimit);
  const plan = planRun(input);
  return { product: input.product, plan, planning: { ...meter.read(), calls: 1 } };
}

/** Everything that planning needs to know, read and looked up. */
export async function readPlanInput(world: World, spec: Spec, memoryLimit: number): Promise<PlanInput> {
  const opened = await openSources(world, spec);
  const product = resolveProduct(spec, productGrid(spec, opened));
  const bindings = bindInputs(product, factsOf(opened));
  const zones = await readZones(world, product);
  if (zones !== undefined) checkZones(product, zones);
  const run = runName(world.now(), product);
  return { run, product, bindings, layers: layersOf(opened), ...(zones && { zones }), memoryLimit };
}

/**
 * Accepts the product and stores the plan; from then on any worker can do its tasks.
 * @throws GridMismatch when the store holds a product of this name with another layout
 * @throws Conflict when other runs keep accepting a product of this name with other specs
 */
export async function startRun(world: World, { product, plan, planning }: Planned): Promise<void> {
  const { store } = world;
  await acceptProduct(world, product);
  if (plan.zones !== undefined) await store.put(zonesKey(product.id), new TextEncoder().encode(plan.zones));
  const { tasks, ...rest } = plan;
  await store.put(planKey(plan.run), encodeJson(rest));
  await store.put(tasksKey(plan.run), encodeJson(tasks));
  await writeJournal(world, plan.run, product.id);
  await writeStep(world, plan.run, 'plan', planning);
}

/** One small object a run: what there was, without a look at all that lies under it. */
export async function writeJournal({ store, now }: World, run: string, product: string): Promise<void> {
  await store.put(journalKey(run), encodeJson({ run, product, startedAt: new Date(now()).toISOString() }));
}

/** Two runs may accept a product at the same moment: of equal specs both go on, of different ones the later. */
export async function acceptProduct({ store, stillWanted }: World, product: Product): Promise<void> {
  const key = productKey(product.id);
  const accepted = acceptedOf(product);
  const bytes = encodeJson(accepted);
  for (let attempt = 1; ; attempt++) {
    const before = await store.get(key);
    if (before) checkLayout(product, parseJson(key, before.bytes) as AcceptedProduct, accepted);
    if (before && Buffer.from(before.bytes).equals(bytes)) return;
    await stillWanted?.();
    try {
      await store.put(key, bytes, before ? { ifMatch: before.etag } : { onlyIfAbsent: true });
      return;
    } catch (error) {
      if (!(error instanceof Conflict) || attempt === ACCEPT_TRIES) throw error;
    }
  }
}

const ACCEPT_TRIES = 5;

/**
 * Where runs overtake each other and this one is the current one, another spec can only have come late, from a run
 * that was overtaken: the own one is put back.
 * @throws Conflict when the store's product is no longer the one that this plan was made for
 */
export async function checkStillAccepted(world: World, product: Product): Promise<void> {
  const { store, stillWanted } = world;
  await stillWanted?.();
  const key = productKey(product.id);
  const now = await store.get(key);
  const digest = now && (parseJson(key, now.bytes) as AcceptedProduct).digest;
  if (digest === acceptedOf(product).digest) return;
  if (stillWanted) return acceptProduct(world, product);
  throw new Conflict(
    `${product.id} was accepted anew with another spec while this run was under way. Run again.`,
  );
}

/** The product of a plan, made again in a worker. */
export const productOfPlan = ({ spec, grid }: Pick<Plan, 'spec' | 'grid'>): Product =>
  resolveProduct(spec, grid);

export function acceptedOf(product: Product): AcceptedProduct {
  const { spec, grid, shard, windows } = product;
  const layout = {
    crs: grid.crs.proj4,
    transform: grid.transform,
    shape: [grid.height, grid.width],
    shard: [shard.height, shard.width],
    chunk: spec.grid.chunk,
    firstYear: windows[0]!.year,
  };
  return { digest: digestOf({ spec, product: product.digest }), spec, layout };
}

/** @throws GridMismatch when the store holds a product of this name with another layout */
export async function checkAcceptable({ store }: World, product: Product): Promise<void> {
  const key = productKey(product.id);
  const before = await store.get(key);
  if (before) checkLayout(product, parseJson(key, before.bytes) as AcceptedProduct, acceptedOf(product));
}

function checkLayout({ id }: Product, before: AcceptedProduct, now: AcceptedProduct): void {
  if (digestOf(before.layout) === digestOf(now.layout)) return;
  throw new GridMismatch(
    `The store holds a product "${id}" on another grid, shard shape or first year. Give the new one another name, or delete products/${id}/.`,
  );
}

/** Runs sort by time; the tail tells apart two that start in the same second. */
function runName(now: number, product: Product): string {
  const time = new Date(now).toISOString().replace(/[-:]/g, '').slice(0, 15);
  return `${time}-${product.id}-${digestOf([now, product.digest]).slice(0, 6)}`;
}

const factsOf = (opened: OpenedSources) =>
  Object.fromEntries(
    Object.entries(opened).map(([name, { layer, quality }]) => [
      name,
      { facts: layer.facts, ...(quality && { quality: quality.facts }) },
    ]),
  );

const layersOf = (opened: OpenedSources): Record<string, Layer> =>
  Object.fromEntries(
    Object.entries(opened).flatMap(([name, { layer, quality }]) => [
      [name, layer] as const,
      ...(quality ? [[`${name}.quality`, quality] as const] : []),
    ]),
  );

/** The plan of a run as stored, without its tasks. */
export async function readPlan({ store }: World, run: string): Promise<Plan> {
  const key = planKey(run);
  const object = await store.get(key);
  if (!object) throw new NotFound(`${key} is not in ${store.name}`);
  return { ...(parseJson(key, object.bytes) as Omit<Plan, 'tasks'>), tasks: [] };
}
