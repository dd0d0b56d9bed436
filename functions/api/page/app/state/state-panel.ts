import { askJson, isAbort, messageOf } from '../api/api.ts';
import { productAddress } from '../api/catalogue.ts';
import type { Product } from '../api/product.ts';
import { trouble } from '../readings/reading.ts';
import { byId, h } from '../view/dom.ts';
import type { Session } from '../view/session.ts';
import type { News } from './live.ts';
import { about } from './product-facts.ts';
import { type Troubled, troubledChunks, troubledList } from './troubled-chunks.ts';

const STATES = [
  ['computed', 'computed'],
  ['all-nodata', 'no data by their inputs'],
  ['missing-input', 'waiting for an input'],
  ['failed', 'failed'],
  ['unrecorded', 'not computed yet'],
] as const;
type Counts = Readonly<Record<(typeof STATES)[number][0], number>>;

interface States {
  readonly all: number;
  readonly chunks: Counts;
}

/** A run that has shown nothing new for so long may be dead, ms. */
const SILENT_MS = 10 * 60_000;

/** Chunks of the product by their state, how far a run is, and what the product is. */
export class StatePanel {
  readonly #panel = byId('panel-state');
  readonly #session: Session;
  readonly #product: Product;
  readonly #signal: AbortSignal;
  /** Native chunks, all there are. */
  readonly chunks: number;
  #news: News | undefined;
  #first: News['marks'];
  /** Version that the counts are of. */
  #counted: string | undefined;
  #counts: States | undefined;
  #troubled: readonly Troubled[] = [];
  #movedAt = Date.now();

  constructor(session: Session, product: Product, signal: AbortSignal) {
    this.#session = session;
    this.#product = product;
    this.#signal = signal;
    this.chunks = product.info.grid.levels[0]!.chunks.reduce((count, n) => count * n, 1);
    this.#panel.replaceChildren(h('p', { class: 'waiting', role: 'status' }, 'Looking at the records…'));
    session.listen((view, before) => {
      if (view.product !== product.info.id) return;
      if (view.states !== before.states) this.#draw();
      if (view.tab !== before.tab) void this.#countIfSeen();
    }, signal);
  }

  tell(news: News): void {
    const moved = news.version !== this.#news?.version || news.run?.done !== this.#news?.run?.done;
    if (moved) this.#movedAt = Date.now();
    this.#first ??= news.marks;
    this.#news = news;
    this.#draw();
    void this.#countIfSeen();
  }

  /** States are counted only while somebody looks, and only when there are others. */
  async #countIfSeen(): Promise<void> {
    const version = this.#news?.version;
    if (this.#session.view.tab !== 'state' || version === undefined || version === this.#counted) return;
    this.#counted = version;
    try {
      const address = productAddress(this.#product.info.id, '/state');
      const options = { signal: this.#signal };
      const counts = await askJson<States>(address, options);
      const lacking = counts.chunks.failed + counts.chunks['missing-input'];
      this.#troubled = lacking > 0 ? await troubledChunks(this.#product, options) : [];
      this.#counts = counts;
      this.#draw();
    } catch (error) {
      this.#counted = undefined;
      if (!isAbort(error) && !this.#counts) this.#panel.replaceChildren(trouble(messageOf(error)));
    }
  }

  #draw(): void {
    if (!this.#counts || !this.#news || this.#signal.aborted) return;
    const { all, chunks } = this.#counts;
    const text = `${chunks.computed + chunks['all-nodata']} of ${all} chunks are there`;
    const focused = this.#panel.contains(document.activeElement) ? document.activeElement?.id : undefined;
    const open = this.#panel.querySelector('details[open]') !== null;
    const parts = [
      h('h2', {}, text),
      bar(chunks, text),
      list(chunks),
      this.#troubled.length > 0 && troubledList(this.#product, this.#troubled),
      h('p', { class: 'live' }, h('span', { class: 'pulse', 'aria-hidden': 'true' }), this.#liveText()),
      ...this.#runProgress(),
      this.#hatchBox(),
      about(this.#product.info),
    ];
    this.#panel.replaceChildren(...parts.filter((part) => part !== false));
    for (const box of this.#panel.querySelectorAll('details')) box.open = open;
    if (focused) document.getElementById(focused)?.focus();
  }

  #liveText(): string {
    const { marks, run, all } = this.#news!;
    const first = this.#first ?? {};
    const changed = Object.entries(marks ?? {}).filter(([at, mark]) => first[at] !== mark).length;
    if (run) return this.#runText(run);
    return changed > 0
      ? `${changed} of ${all} updated since you opened this page`
      : 'Up to date; watching for updates';
  }

  #runText({ startedAt, stage, done, of }: NonNullable<News['run']>): string {
    const minutes = Math.round((Date.now() - Date.parse(startedAt)) / 60_000);
    const since =
      minutes < 1 ? 'just now' : minutes < 120 ? `${minutes} min ago` : `${Math.round(minutes / 60)} h ago`;
    const count = of === undefined ? `${done} places` : `${done} of ${of} places`;
    const silent = Date.now() - this.#movedAt > SILENT_MS;
    const doubt = silent
      ? '. Nothing new for ten minutes: it may have stopped; “chunkflux run” goes on with it'
      : '';
    return `An update began ${since}: ${stage}, ${count}${doubt}`;
  }

  #runProgress(): HTMLElement[] {
    const run = this.#news?.run;
    if (!run) return [];
    const known = run.of === undefined ? {} : { max: run.of, value: run.done };
    return [h('progress', { class: 'progress', 'aria-label': 'Progress of the update', ...known })];
  }

  #hatchBox(): HTMLElement {
    const box = h('input', { type: 'checkbox', id: 'show-states', checked: this.#session.view.states });
    box.addEventListener('change', () => this.#session.set({ states: box.checked }));
    return h('label', { class: 'check' }, box, h('span', {}, 'Hatch chunks that are not there on the map'));
  }
}

function bar(chunks: Counts, label: string): HTMLElement {
  const parts = STATES.filter(([state]) => chunks[state] > 0).map(([state]) =>
    h('span', { class: `state-${state}`, style: `flex-grow: ${chunks[state]}` }),
  );
  return h('div', { class: 'state-bar', role: 'img', 'aria-label': label }, ...parts);
}

const list = (chunks: Counts): HTMLElement =>
  h(
    'ul',
    { class: 'state-list' },
    ...STATES.map(([state, label]) =>
      h(
        'li',
        { class: chunks[state] === 0 ? 'faint' : undefined },
        h('span', { class: `swatch state-${state}` }),
        h('span', {}, label),
        h('span', { class: 'count' }, String(chunks[state])),
      ),
    ),
  );
