import { setTimeout as pause } from 'node:timers/promises';
import { isFluxError, UnsupportedInput } from '../../../lib/errors.ts';
import type { Item, Queue, ReduceItem } from '../../../lib/job/queue.ts';
import type { World } from '../../../lib/job/world.ts';
import { reductionsRoot } from '../../../lib/store/keys.ts';
import type { Limits } from '../options.ts';
import { Shelf } from '../shelf.ts';
import { doneParts, findAsked } from './asked.ts';
import { giveUpPart, reducePart } from './work.ts';

const TRIES = 4;
const FIRST_PAUSE_MS = 250;

/**
 * Reductions behind the requests of one process, part by part. What it holds is lost with the process, and found again
 * in the store by `resume`.
 */
export class LocalReductions implements Queue<Item> {
  readonly #world: World;
  readonly #limits: Limits;
  readonly #shelf: Shelf;
  readonly #waiting: ReduceItem[] = [];
  #underWay: Promise<void> | undefined;

  constructor(world: World, limits: Limits, shelf = new Shelf()) {
    this.#world = world;
    this.#limits = limits;
    this.#shelf = shelf;
  }

  /** @throws UnsupportedInput for chunks, which need the inputs */
  async send(items: readonly Item[]): Promise<void> {
    for (const item of items) {
      if (item.kind !== 'reduce')
        throw new UnsupportedInput(
          'fresh: this server does not see the inputs of its products. Start it with --inputs, or run the product.',
        );
      this.#waiting.push(item);
    }
    this.#underWay ??= this.#workOff().finally(() => {
      this.#underWay = undefined;
    });
  }

  /** Takes up what an earlier process left undone. @returns how many parts */
  async resume(): Promise<number> {
    const left: ReduceItem[] = [];
    for (const product of await this.#shelf.list(this.#world)) {
      const root = reductionsRoot(product);
      for await (const { key } of this.#world.store.list(root)) {
        const run = /^([^/]+)\/asked\.json$/.exec(key.slice(root.length))?.[1];
        if (run !== undefined) left.push(...(await this.#openParts(product, run)));
      }
    }
    await this.send(left);
    return left.length;
  }

  /** Resolves when nothing is left to do. */
  async idle(): Promise<void> {
    while (this.#underWay) await this.#underWay;
  }

  async #openParts(product: string, run: string): Promise<ReduceItem[]> {
    const asked = await findAsked(this.#world, product, run);
    if (!asked) return [];
    const done = await doneParts(this.#world, asked);
    return [...asked.parts.keys()]
      .filter((part) => !done.has(part))
      .map((part) => ({ kind: 'reduce', product, run, part }));
  }

  async #workOff(): Promise<void> {
    for (let item = this.#waiting.shift(); item; item = this.#waiting.shift()) await this.#do(item);
  }

  async #do(item: ReduceItem): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await reducePart(this.#world, this.#shelf, item, this.#limits);
      } catch (error) {
        this.#world.log.warn({ ...item, attempt, error: String(error) }, 'a part of a reduction failed');
        if (attempt === TRIES || !isFluxError(error)) return this.#giveUp(item, error);
        await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      }
    }
  }

  /** What cannot even be written down is left to the next start. */
  async #giveUp(item: ReduceItem, error: unknown): Promise<void> {
    await giveUpPart(this.#world, item, error).catch((cause: unknown) =>
      this.#world.log.error({ ...item, error: String(cause) }, 'a part of a reduction could not be given up'),
    );
  }
}
