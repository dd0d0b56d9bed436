import type { Receipt } from '../../../lib/job/cost.ts';
import type { Plan, Task } from '../../../lib/job/plan.ts';
import { countTask } from '../../../lib/job/prepare.ts';
import type { Product } from '../../../lib/job/product.ts';
import { type ChunkOutcome, runTask } from '../../../lib/job/run-task.ts';
import { productOfPlan, readPlan } from '../../../lib/job/start.ts';
import type { World } from '../../../lib/job/world.ts';
import type { SceneJob, SceneReceipt } from '../../../lib/scene/scene.ts';
import { countedWorld } from '../../runtime/counted-world.ts';

/** What a worker is asked to do. */
export type TaskMessage =
  | { readonly kind: 'count' | 'run'; readonly at: Locations; readonly run: string; readonly task: Task }
  | { readonly kind: 'scene'; readonly at: Locations; readonly job: SceneJob };

export interface Locations {
  readonly store: string;
  readonly inputs: string;
}

export interface TaskReply {
  readonly outcomes: readonly ChunkOutcome[];
  readonly millis: number;
  readonly receipt?: SceneReceipt;
  readonly effort: NonNullable<Receipt['effort']>;
}

/** One worker: keeps the stores and plans that it has met between tasks, and counts what each task asks of the stores. */
export function taskWorker(
  openWorld: (at: Locations) => World,
): (message: TaskMessage) => Promise<TaskReply> {
  const places = new Map<string, Place>();
  return async (message) => {
    const name = JSON.stringify(message.at);
    const place = places.get(name) ?? countingPlace(openWorld(message.at));
    places.set(name, place);
    place.take();
    const started = place.world.now();
    const done = await doWork(place, message);
    return { outcomes: [], ...done, millis: place.world.now() - started, effort: place.take() };
  };
}

interface Place {
  readonly world: World;
  readonly plans: Map<string, Promise<{ plan: Plan; product: Product }>>;
  take(): TaskReply['effort'];
}

function countingPlace(world: World): Place {
  const counted = countedWorld(world);
  return { world: counted, plans: new Map(), take: counted.takeEffort };
}

async function doWork(place: Place, message: TaskMessage): Promise<Partial<TaskReply>> {
  const { world } = place;
  if (message.kind === 'scene') {
    const { runSceneJob } = await import('../../../lib/scene/scene.ts');
    return { receipt: await runSceneJob(world.store, message.job) };
  }
  const { plan, product } = await planOf(place, message.run);
  if (message.kind === 'run') return { outcomes: await runTask(world, plan, product, message.task) };
  await countTask(world, plan, product, message.task);
  return {};
}

function planOf({ world, plans }: Place, run: string) {
  let known = plans.get(run);
  if (!known) {
    known = readPlan(world, run).then((plan) => ({ plan, product: productOfPlan(plan) }));
    plans.set(run, known);
    known.catch(() => plans.delete(run)); // another try reads it again
  }
  return known;
}
