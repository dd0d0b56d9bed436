import { Conflict } from '../errors.ts';
import { closedRowKey, closedRowsRoot, doneKey, doneRoot, type Stage, todoKey } from '../store/keys.ts';
import { addEffort, effortOf, NO_EFFORT, type Receipt } from './cost.ts';
import { mapInOrder } from './in-order.ts';
import { pendingTest } from './pending.ts';
import type { Plan } from './plan.ts';
import type { Product } from './product.ts';
import { encodeJson, parseJson } from './record.ts';
import { costOfRow } from './run-cost.ts';
import { readTasks } from './task-parts.ts';
import type { World } from './world.ts';

export interface Place {
  readonly y: number;
  readonly x: number;
}

/** The places that a stage has to do, row by row: runs `[x0, x1)` of neighbours. */
export interface Todo {
  readonly places: number;
  readonly rows: readonly Row[];
  /** There is a budget: whoever closes a row says what it has cost. */
  readonly priced?: true;
}

interface Row {
  readonly y: number;
  readonly runs: readonly (readonly [number, number])[];
}

/** What noting a place showed. */
export interface Marked {
  /** Nobody noted this place before: the run cannot have ended without it. */
  readonly first: boolean;
  /** Every row of the stage is closed. */
  readonly last: boolean;
}

const READ_AT_ONCE = 64;

export async function readTodo({ store }: World, run: string, stage: Stage): Promise<Todo | undefined> {
  const key = todoKey(run, stage);
  const object = await store.get(key);
  return object && (parseJson(key, object.bytes) as Todo);
}

/** What a stage has to do, looked up once: whoever comes second takes what the first one found. */
export async function makeTodo(world: World, product: Product, plan: Plan, stage: Stage): Promise<Todo> {
  const before = await readTodo(world, plan.run, stage);
  if (before) return before;
  const todo = await findTodo(world, product, plan, stage);
  try {
    await world.store.put(todoKey(plan.run, stage), encodeJson(todo), { onlyIfAbsent: true });
    return todo;
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return (await readTodo(world, plan.run, stage)) ?? todo;
  }
}

async function findTodo(world: World, product: Product, plan: Plan, stage: Stage): Promise<Todo> {
  const isPending = await pendingTest(world, product, stage, plan.counts);
  const rows: { y: number; runs: [number, number][] }[] = [];
  let places = 0;
  const ask = async (task: Plan['tasks'][number]) => ({ place: task.place, pending: await isPending(task) });
  for await (const { place, pending } of mapInOrder(readTasks(world, plan.run, product), READ_AT_ONCE, ask)) {
    if (!pending) continue;
    places++;
    addPlace(rows, place);
  }
  return { places, rows };
}

/** Places come in order. */
function addPlace(rows: { y: number; runs: [number, number][] }[], { y, x }: Place): void {
  let row = rows.at(-1);
  if (row?.y !== y) {
    row = { y, runs: [] };
    rows.push(row);
  }
  const last = row.runs.at(-1);
  if (last?.[1] === x) last[1] = x + 1;
  else row.runs.push([x, x + 1]);
}

/** The first so many places: as much of a stage as its budget lets be sent. */
export function firstPlaces(todo: Todo, places: number): Todo {
  if (places >= todo.places) return todo;
  const rows: Row[] = [];
  let left = places;
  for (const { y, runs } of todo.rows) {
    if (left === 0) break;
    const some: [number, number][] = [];
    for (const [x0, x1] of runs) {
      const size = Math.min(left, x1 - x0);
      if (size > 0) some.push([x0, x0 + size]);
      left -= size;
    }
    rows.push({ y, runs: some });
  }
  return { ...todo, places, rows };
}

export const hasPlace = (todo: Todo, { y, x }: Place): boolean =>
  rowOf(todo, y)?.runs.some(([x0, x1]) => x0 <= x && x < x1) ?? false;

const rowOf = ({ rows }: Todo, y: number): Row | undefined => rows.find((row) => row.y === y);

const sizeOf = ({ runs }: Row): number => runs.reduce((n, [x0, x1]) => n + x1 - x0, 0);

/**
 * Notes that a place is done and closes its row if it was the last one there. One listing, no counter: of two who
 * finish together, at least one sees both.
 */
export async function markDone(
  world: World,
  run: string,
  stage: Stage,
  todo: Todo,
  place: Place,
  receipt: Receipt,
): Promise<Marked> {
  const first = await putReceipt(world, doneKey(run, stage, place), receipt);
  const row = rowOf(todo, place.y);
  if (!row || (await openPlacesOf(world, run, stage, row)).length > 0) return { first, last: false };
  await closeRow(world, run, stage, row, todo);
  return { first, last: await isClosed(world, run, stage, todo) };
}

async function closeRow(world: World, run: string, stage: Stage, row: Row, { priced }: Todo): Promise<void> {
  const cost = priced ? await costOfRow(world, run, stage, row.y) : {};
  await world.store.put(closedRowKey(run, stage, row.y, sizeOf(row)), encodeJson(cost));
}

/** What a place took before is not forgotten where it is done again. @returns whether there was no receipt before */
async function putReceipt({ store }: World, key: string, receipt: Receipt): Promise<boolean> {
  try {
    await store.put(key, encodeJson(receipt), { onlyIfAbsent: true });
    return true;
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    const there = await store.get(key);
    const earlier = there ? effortOf(parseJson(key, there.bytes) as Receipt) : NO_EFFORT;
    const before = addEffort(receipt.before ?? NO_EFFORT, earlier);
    await store.put(key, encodeJson({ ...receipt, before }));
    return false;
  }
}

/** Whether every row is closed. */
export async function isClosed(
  { store }: World,
  run: string,
  stage: Stage,
  { rows }: Todo,
): Promise<boolean> {
  const closed = await closedRows(store, run, stage);
  return rows.every((row) => closed.has(closedRowKey(run, stage, row.y, sizeOf(row))));
}

async function closedRows(store: World['store'], run: string, stage: Stage): Promise<Set<string>> {
  const closed = new Set<string>();
  for await (const { key } of store.list(closedRowsRoot(run, stage))) closed.add(key);
  return closed;
}

/** What is not done yet. Closes rows that a crash left open although all of them is done. */
export async function* openPlaces(
  world: World,
  run: string,
  stage: Stage,
  todo: Todo,
): AsyncGenerator<Place> {
  const closed = await closedRows(world.store, run, stage);
  for (const row of todo.rows) {
    if (closed.has(closedRowKey(run, stage, row.y, sizeOf(row)))) continue;
    const open = await openPlacesOf(world, run, stage, row);
    if (open.length === 0) await closeRow(world, run, stage, row, todo);
    else yield* open;
  }
}

async function openPlacesOf({ store }: World, run: string, stage: Stage, { y, runs }: Row): Promise<Place[]> {
  const root = doneRoot(run, stage, y);
  const done = new Set<number>();
  for await (const { key } of store.list(root)) done.add(Number(key.slice(root.length, -'.json'.length)));
  const open: Place[] = [];
  for (const [x0, x1] of runs) {
    for (let x = x0; x < x1; x++) if (!done.has(x)) open.push({ y, x });
  }
  return open;
}
