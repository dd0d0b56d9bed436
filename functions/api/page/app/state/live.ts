import { askJson, isAbort, messageOf } from '../api/api.ts';
import { productAddress } from '../api/catalogue.ts';
import type { Product } from '../api/product.ts';
import { trouble } from '../readings/reading.ts';
import { byId } from '../view/dom.ts';
import { offline } from '../view/offline.ts';
import type { Session } from '../view/session.ts';
import { StatePanel } from './state-panel.ts';

/** What `/updates` says; made from listings alone, so that it may be asked for again and again. */
export interface News {
  readonly version: string;
  readonly recorded: number;
  readonly all: number;
  /** A mark of each native record by `t/y/x`, where there are not too many. */
  readonly marks?: Readonly<Record<string, string>>;
  readonly run?: {
    readonly id: string;
    readonly startedAt: string;
    readonly stage: 'counting' | 'computing';
    readonly done: number;
    readonly of?: number;
  };
}

const POLL_MS = 4000;
/** A listing has a thousand keys; what needs more of them is looked at less often. */
const [MOST_LIVE, SLOWLY_MS] = [1000, 30_000];
/** A server that does not answer is asked less and less often. */
const LONGEST_MS = 60_000;

/**
 * Looks at the product again and again while the page is in sight: an update that runs elsewhere is seen as it goes,
 * and the map and the numbers follow.
 */
export function keepLive(
  session: Session,
  product: Product,
  onUpdate: (changed: boolean) => void,
  signal: AbortSignal,
): void {
  const live = new Live(session, product, onUpdate, signal);
  document.addEventListener('visibilitychange', () => !document.hidden && live.now(), { signal });
  window.addEventListener('online', () => live.now(), { signal });
  live.now();
}

class Live {
  readonly #product: Product;
  readonly #onUpdate: (changed: boolean) => void;
  readonly #signal: AbortSignal;
  readonly #panel: StatePanel;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #version: string | undefined;
  #failures = 0;
  #looking = false;

  constructor(session: Session, product: Product, onUpdate: (changed: boolean) => void, signal: AbortSignal) {
    this.#product = product;
    this.#onUpdate = onUpdate;
    this.#signal = signal;
    this.#panel = new StatePanel(session, product, signal);
    signal.addEventListener('abort', () => clearTimeout(this.#timer));
  }

  /** Looks at once, and from then on again. */
  now(): void {
    clearTimeout(this.#timer);
    if (!this.#looking) void this.#again();
  }

  async #again(): Promise<void> {
    this.#looking = true;
    try {
      if (!document.hidden) await this.#look();
    } catch (error) {
      if (isAbort(error) || this.#signal.aborted) return;
      this.#fail(error);
    } finally {
      this.#looking = false;
    }
    if (!this.#signal.aborted) this.#timer = setTimeout(() => this.now(), this.#pause());
  }

  async #look(): Promise<void> {
    const address = productAddress(this.#product.info.id, '/updates');
    const news = await askJson<News>(address, { signal: this.#signal });
    const back = this.#failures > 0;
    this.#failures = 0;
    offline(undefined);
    const changed = this.#version !== undefined && this.#version !== news.version;
    this.#version = news.version;
    this.#panel.tell(news);
    if (changed || back) this.#onUpdate(changed);
  }

  #fail(error: unknown): void {
    this.#failures++;
    offline(messageOf(error), this.#pause(), () => this.now());
    if (this.#version === undefined) byId('panel-state').replaceChildren(trouble(messageOf(error)));
  }

  #pause(): number {
    const usual = this.#panel.chunks <= MOST_LIVE ? POLL_MS : SLOWLY_MS;
    return Math.min(Math.max(LONGEST_MS, usual), usual * 2 ** this.#failures);
  }
}
