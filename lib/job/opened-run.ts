import type { Stage } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { worldOfRun } from './current.ts';
import { worldOf } from './inputs-of.ts';
import type { Plan, Task } from './plan.ts';
import type { Product } from './product.ts';
import type { EventWorld } from './queue.ts';
import { type Place, readTodo, type Todo } from './stage.ts';
import { productOfPlan, readPlan } from './start.ts';
import { readPart, taskIn } from './task-parts.ts';

/** A run as a worker keeps it between items: its plan, what its stages have to do, the last part of its tasks. */
export interface OpenedRun {
  readonly plan: Plan;
  readonly product: Product;
  todo(stage: Stage): Promise<Todo | undefined>;
  /** @throws NotFound when the product has no such place */
  task(place: Place): Promise<Task>;
}

/** Runs kept open in one process. Their plans never change, so nothing can age. */
const KEPT = 4;
const shelves = new WeakMap<Store, Map<string, Promise<OpenedRun>>>();

export async function openRun(world: EventWorld, run: string): Promise<OpenedRun> {
  const shelf = shelves.get(world.store) ?? new Map<string, Promise<OpenedRun>>();
  shelves.set(world.store, shelf);
  let opened = shelf.get(run);
  if (!opened) {
    opened = readRun(world, run);
    shelf.set(run, opened);
    opened.catch(() => shelf.delete(run)); // another try reads it again
    for (const oldest of shelf.keys()) if (shelf.size > KEPT) shelf.delete(oldest);
  }
  return opened;
}

async function readRun(world: EventWorld, run: string): Promise<OpenedRun> {
  const plan = await readPlan(world, run);
  const product = productOfPlan(plan);
  const todos = new Map<Stage, Todo>();
  let last: { n: number; tasks: Promise<readonly Task[]> } | undefined;
  return {
    plan,
    product,
    async todo(stage) {
      const todo = todos.get(stage) ?? (await readTodo(world, run, stage));
      if (todo) todos.set(stage, todo);
      return todo;
    },
    async task(place) {
      const { n, index } = taskIn(product, place);
      if (last?.n !== n) {
        const tasks = readPart(world, run, n);
        last = { n, tasks };
        tasks.catch(() => {
          last = undefined;
        });
      }
      return (await last.tasks)[index]!;
    },
  };
}

/** The world in which a run's work is done: its own inputs, and refused once another run is current. */
export const worldFor = (world: EventWorld, { plan, product }: OpenedRun): EventWorld =>
  worldOfRun(worldOf(world, plan.spec), product.id, plan.run);
