/** Each step is shown at least so long, ms. */
const FRAME_MS = 900;

interface Show {
  /** The step after the one on show; after the last comes the first. */
  next(): string;
  /** Resolves when the step is loaded, so that an animation waits for what it shows. */
  prepare(step: string): Promise<void>;
  show(step: string): void;
  onChange(): void;
}

/** Plays through the steps, over and over, until it is stopped. */
export class Player {
  readonly #show: Show;
  #playing: AbortController | undefined;

  constructor(show: Show) {
    this.#show = show;
  }

  get playing(): boolean {
    return this.#playing !== undefined;
  }

  toggle(): void {
    if (this.#playing) this.stop();
    else void this.#play();
  }

  stop(): void {
    if (!this.#playing) return;
    this.#playing.abort();
    this.#playing = undefined;
    this.#show.onChange();
  }

  async #play(): Promise<void> {
    const mine = new AbortController();
    const { signal } = mine;
    this.#playing = mine;
    this.#show.onChange();
    while (!signal.aborted) {
      const step = this.#show.next();
      await Promise.all([this.#show.prepare(step).catch(() => undefined), pause(FRAME_MS)]);
      if (!signal.aborted) this.#show.show(step);
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
