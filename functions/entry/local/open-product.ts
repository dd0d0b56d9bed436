import { BadRequest, NotFound } from '../../../lib/errors.ts';
import { checkChecks } from '../../../lib/job/checks.ts';
import { nearest } from '../../../lib/job/explain.ts';
import { recordsOf } from '../../../lib/job/finish.ts';
import { isDone, parseJson } from '../../../lib/job/record.ts';
import type { Spec } from '../../../lib/job/spec.ts';
import type { AcceptedProduct } from '../../../lib/job/start.ts';
import type { World } from '../../../lib/job/world.ts';
import type { Layer } from '../../../lib/raster/layer.ts';
import { openZarr } from '../../../lib/raster/zarr.ts';
import { describeZarr } from '../../../lib/raster/zarr-describe.ts';
import type { OutputVariable } from '../../../lib/science/model.ts';
import { modelNamed } from '../../../lib/science/models.ts';
import { dataRoot, productKey } from '../../../lib/store/keys.ts';
import { placeOf } from './location.ts';
import { openJob, openWorld } from './open-job.ts';

/** A product that a store holds, to look at. */
export interface OpenProduct {
  readonly id: string;
  readonly spec: Spec;
  readonly world: World;
  /** @throws BadRequest when the product has no such variable */
  layer(variable: string, level?: number): Promise<Layer>;
  /** Chunks that are missing or failed, of all that are recorded: what a total leaves out. */
  gaps(): Promise<{ readonly missing: number; readonly recorded: number }>;
}

/**
 * @param nameOrSpec the product's name, or its spec file
 * @throws NotFound when the store holds no such product
 */
export async function openProduct(nameOrSpec: string, store: string): Promise<OpenProduct> {
  const isFile = /\.(ya?ml|json)$/.test(nameOrSpec);
  const job = isFile ? await openJob(nameOrSpec, store) : undefined;
  const at = placeOf(store);
  const world = job?.world ?? openWorld({ store: at, inputs: at });
  const id = job?.spec.product ?? nameOrSpec;
  const object = await world.store.get(productKey(id));
  if (!object) throw new NotFound(`${world.store.name} holds no product "${id}". Make it by chunkflux run.`);
  const { spec } = parseJson(productKey(id), object.bytes) as AcceptedProduct;
  // Checks make no number: those of the file hold at once, without a run that accepts them.
  const { checks, ...accepted } = spec;
  const expected = job ? job.spec.checks : checks;
  if (job) checkChecks(job.spec, writtenOf(spec), modelNamed(spec.model).outputs);
  return {
    id,
    spec: { ...accepted, ...(expected && { checks: expected }) },
    world,
    layer: (variable, level = 0) => openVariable(world, id, variable, level),
    gaps: () => countGaps(world, id),
  };
}

/** Outputs that a product writes. */
const writtenOf = ({ model, outputs }: Spec): Readonly<Record<string, OutputVariable>> =>
  Object.fromEntries(
    Object.entries(modelNamed(model).outputs).filter(
      ([name, { diagnostic }]) => outputs?.includes(name) ?? !diagnostic,
    ),
  );

async function openVariable(world: World, id: string, variable: string, level: number): Promise<Layer> {
  const group = `${dataRoot(id)}/${level}`;
  const known = (await describeZarr(world.store, group)).map(({ name }) => name);
  if (known.includes(variable)) return openZarr(world.store, group, variable, { absentChunks: 'fill' });
  const near = nearest(variable, known);
  throw new BadRequest(
    '--variable',
    `${id} has no "${variable}"${near ? `; did you mean "${near}"?` : `; it has: ${known.join(', ')}`}`,
  );
}

async function countGaps(world: World, id: string): Promise<{ missing: number; recorded: number }> {
  let missing = 0;
  let recorded = 0;
  for await (const record of recordsOf(world, id)) {
    recorded++;
    if (!isDone(record)) missing++;
  }
  return { missing, recorded };
}
