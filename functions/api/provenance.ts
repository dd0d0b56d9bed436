import { type Checksums, checksumOf, readChecksums } from '../../lib/job/checksums.ts';
import { canonicalJson } from '../../lib/job/digest.ts';
import {
  type InputObject,
  inputObjects,
  newestRunOf,
  type PlannedInputs,
  readPlannedInputs,
} from '../../lib/job/input-objects.ts';
import { planTasks } from '../../lib/job/plan.ts';
import { readPrepared, statisticFrom } from '../../lib/job/prepare.ts';
import { allWindows } from '../../lib/job/product.ts';
import { isDone } from '../../lib/job/record.ts';
import { isWritten } from '../../lib/job/spec.ts';
import type { World } from '../../lib/job/world.ts';
import type { ServedProduct } from './served-product.ts';
import { staleAgainst } from './stale.ts';

type Objects = Readonly<Record<string, readonly InputObject[]>>;

/** What the newest plan of a product says of its inputs. */
interface Provenance {
  readonly run: string;
  readonly planned: PlannedInputs;
  /** By number of the window. */
  readonly objects: Map<number | 'all', Objects>;
}

const kept = new WeakMap<ServedProduct, Provenance>();

async function provenanceOf(world: World, product: ServedProduct): Promise<Provenance | undefined> {
  const run = await newestRunOf(world, product.id);
  const known = kept.get(product);
  if (run === undefined || known?.run === run) return run === undefined ? undefined : known;
  const planned = await readPlannedInputs(world, run);
  if (!planned) return undefined;
  const provenance = { run, planned, objects: new Map() };
  kept.set(product, provenance);
  return provenance;
}

function objectsOf({ planned, objects }: Provenance, t: number | 'all' = 'all'): Objects {
  let found = objects.get(t);
  if (!found) {
    const windows = t === 'all' ? allWindows(planned.product) : planned.product.windows.slice(t, t + 1);
    found = inputObjects(planned, windows);
    objects.set(t, found);
  }
  return found;
}

/** A source as a document of its own; equal bytes for equal inputs. */
export interface SourceDocument {
  readonly text: string;
  /** Absent where no plan is known any more, or the spec itself holds the numbers. */
  readonly objects?: readonly InputObject[];
}

/**
 * What a year of a product, or all of it, is made from by each source of its spec: the objects that its newest plan
 * reads, with size and ETag, and SHA-256 where it was taken of that version.
 */
export async function sourceDocuments(
  world: World,
  served: ServedProduct,
  t?: number,
): Promise<Readonly<Record<string, SourceDocument>>> {
  const [provenance, checksums] = await Promise.all([
    provenanceOf(world, served),
    readChecksums(world, served.id),
  ]);
  const objects: Objects = provenance ? objectsOf(provenance, t) : {};
  const year = t === undefined ? undefined : served.product.windows[t]!.year;
  return Object.fromEntries(
    Object.entries(served.product.spec.sources).map(([name, source]) => {
      const own = isWritten(source) ? undefined : objects[name];
      const list = own?.map((object) => described(object, checksums));
      const text = canonicalJson({ name, product: served.id, source, year, objects: list });
      return [name, { text, ...(own && { objects: own }) }];
    }),
  );
}

/** An object that was lacking says so: it is a fact of the product too. */
const described = (object: InputObject, checksums: Checksums) =>
  object.etag === undefined
    ? { key: object.key, missing: true }
    : { ...object, sha256: checksumOf(checksums, object) };

/** Native chunks of a year, by what they are made from. */
export interface MadeFrom {
  /** From the very objects that the sources list. */
  readonly listed: number;
  /** From older or newer ones: a run is under way, or failed, or a chunk was made on demand. */
  readonly others: number;
  /** Missing or failed. */
  readonly lacking: number;
}

/** Places whose records one answer looks up at most. */
const MOST_CHUNKS = 400;

/** @returns undefined where no plan is known, or there are too many chunks to look at */
export async function madeFrom(
  world: World,
  served: ServedProduct,
  t: number,
): Promise<MadeFrom | undefined> {
  const { height, width } = served.product.levels[0]!.shards;
  if (height * width > MOST_CHUNKS) return undefined;
  const provenance = await provenanceOf(world, served);
  if (!provenance?.planned.product.windows[t]) return undefined;
  const { plan, product, layers } = provenance.planned;
  const inputs = { product, bindings: plan.bindings, layers, memoryLimit: Number.POSITIVE_INFINITY };
  const tasks = [...planTasks({ ...inputs, ...(plan.zones !== undefined && { zones: plan.zones }) })];
  const byPlace = new Map(tasks.map((task) => [`${task.place.y}/${task.place.x}`, task]));
  const isStale = await staleAgainst(world, served, t, byPlace);
  const prepared = plan.counts && (await readPrepared(world.store, product, t));
  const counted = prepared?.from === statisticFrom(product, plan.counts, t); // the statistic of the region is of the listed objects too
  const made = { listed: 0, others: 0, lacking: 0 };
  for (const { place } of tasks) {
    const record = await served.record(world, 0, { t, ...place });
    if (!record || !isDone(record)) made.lacking++;
    else if (!counted || (await isStale(record))) made.others++;
    else made.listed++;
  }
  return made;
}
