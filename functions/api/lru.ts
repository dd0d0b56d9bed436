/**
 * Keeps what was used last, up to a total weight. Values are promises, so that who asks for the same at the same
 * moment waits for one answer; a failure is not kept.
 */
export class Lru<T> {
  readonly #most: number;
  readonly #weigh: (value: T) => number;
  readonly #entries = new Map<string, { readonly value: Promise<T>; weight: number }>();
  #weight = 0;

  constructor(most: number, weigh: (value: T) => number = () => 1) {
    this.#most = most;
    this.#weigh = weigh;
  }

  get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.value;
    }
    const entry = { value: make(), weight: 0 };
    this.#entries.set(key, entry);
    entry.value.then(
      (value) => this.#grow(key, entry, this.#weigh(value)),
      () => this.delete(key),
    );
    return entry.value;
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#weight -= entry.weight;
  }

  #grow(key: string, entry: { weight: number }, weight: number): void {
    if (this.#entries.get(key) !== entry) return;
    entry.weight = weight;
    this.#weight += weight;
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#most) return;
      this.delete(oldest);
    }
  }
}

/** Asks again when the one whose asking we shared was stopped, and we were not. */
export async function shared<T>(ask: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const stopped = error instanceof Error && /^(Abort|Timeout)Error$/.test(error.name);
    if (!stopped || signal?.aborted) throw error;
    return ask();
  }
}
