import { linkOf, type View } from './view.ts';

export type Listener = (view: View, before: View) => void;

/** The one place where the view changes. Everybody else listens, and looks at what differs from before. */
export class Session {
  #view: View;
  readonly #listeners = new Set<Listener>();

  constructor(view: View) {
    this.#view = view;
  }

  get view(): View {
    return this.#view;
  }

  set(change: Partial<View>): void {
    const before = this.#view;
    this.#view = { ...before, ...change };
    for (const listener of this.#listeners) listener(this.#view, before);
    // Replaced, not pushed: a slider must not fill the history.
    history.replaceState(null, '', `#${linkOf(this.#view)}`);
  }

  listen(listener: Listener, signal?: AbortSignal): void {
    this.#listeners.add(listener);
    signal?.addEventListener('abort', () => this.#listeners.delete(listener));
  }
}
