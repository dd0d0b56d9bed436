import type { MiddlewareHandler } from 'hono';
import type { ApiEnv } from './context.ts';
import { Refusal } from './errors.ts';
import type { Limits } from './options.ts';

/**
 * Lets a bounded number of requests work at a time; a few more may wait, the rest is told to come back. The time of a
 * request runs from its turn, and aborts what it does down to the store.
 */
export function gate({ concurrent, waiting, timeoutMs }: Limits): MiddlewareHandler<ApiEnv> {
  const turns = new Turns(concurrent, waiting);
  return async (c, next) => {
    await turns.take();
    const signals = [c.req.raw.signal, AbortSignal.timeout(timeoutMs)].filter(Boolean);
    c.set('world', { ...c.get('world'), signal: AbortSignal.any(signals) });
    try {
      await next();
    } finally {
      const until = c.get('until');
      if (until) until.finally(() => turns.give()).catch(() => undefined);
      else turns.give();
    }
  };
}

class Turns {
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #queue: (() => void)[] = [];
  #taken = 0;

  constructor(most: number, mostWaiting: number) {
    this.#most = most;
    this.#mostWaiting = mostWaiting;
  }

  async take(): Promise<void> {
    if (this.#taken < this.#most) {
      this.#taken++;
      return;
    }
    if (this.#queue.length >= this.#mostWaiting) {
      throw new Refusal('Overloaded', 'Too many requests are under way. Try again shortly.', {
        'Retry-After': '1',
      });
    }
    await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  /** The turn goes to whoever waits longest. */
  give(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.#taken--;
  }
}
