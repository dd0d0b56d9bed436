import { isAbort, messageOf } from '../api/api.ts';
import { isTooLarge, reduceBehind } from '../api/behind.ts';
import type { Product, Variable } from '../api/product.ts';
import { questionOf, type SetQuestion, streamZones } from '../api/reductions.ts';
import type { ZoneTotals } from '../api/totals.ts';
import { trouble } from '../readings/reading.ts';
import { button, byId, h } from '../view/dom.ts';
import { number, stepName } from '../view/format.ts';
import type { Session } from '../view/session.ts';
import { fluxesOf, named, variableOf } from '../view/variables.ts';
import type { View } from '../view/view.ts';
import { columnsOf, sorted } from './zone-columns.ts';
import { exportRow } from './zone-export.ts';
import { zoneKey, zoneRows } from './zone-rows.ts';
import { setRow } from './zone-sets.ts';

/** So many rows at once: a browser lays out thousands in seconds. */
const ROWS = 250;
/** While zones stream in, the table is drawn so often, ms. */
const DRAW_MS = 400;

export interface ZoneActions {
  /** Another set, or one just stored. */
  onSet(name: string): void;
  onStore(name: string): Promise<void>;
  /** Show where a zone lies. */
  onFind(id: string): void;
}

/** All zones of a set at the shown step: totals, ratio, balance; sortable, and to be taken away. */
export function zoneTable(
  session: Session,
  product: Product,
  actions: ZoneActions,
  signal: AbortSignal,
): { reload(): void } {
  const table = new ZoneTable(session, product, actions, signal);
  return { reload: () => table.reload() };
}

class ZoneTable {
  readonly #session: Session;
  readonly #product: Product;
  readonly #actions: ZoneActions;
  readonly #signal: AbortSignal;
  readonly #panel = byId('panel-zones');
  #order = { name: 'zone', rising: true };
  #asking: AbortController | undefined;
  #rows: readonly ZoneTotals[] = [];
  #stale = true;
  #most = ROWS;

  constructor(session: Session, product: Product, actions: ZoneActions, signal: AbortSignal) {
    this.#session = session;
    this.#product = product;
    this.#actions = actions;
    this.#signal = signal;
    session.listen((view, before) => {
      if (signal.aborted || view.product !== product.info.id) return;
      const other = view.variable !== before.variable && this.#asked(view) !== this.#asked(before);
      if (view.time !== before.time || other) this.#stale = true;
      if (view.chosen !== before.chosen && this.#rows.length > 0 && !this.#stale) this.#draw();
      this.#loadIfSeen();
    }, signal);
    signal.addEventListener('abort', () => this.#asking?.abort());
    this.#panel.replaceChildren();
    this.#loadIfSeen();
  }

  reload(): void {
    this.#stale = true;
    this.#loadIfSeen();
  }

  /** The fluxes; of a product without any, what is shown. */
  #variables({ variable: shown }: View): readonly Variable[] {
    const variable = variableOf(this.#product, shown);
    const fluxes = fluxesOf(this.#product, variable.step, named(shown).type);
    return fluxes.length > 0 || variable.flags ? fluxes : [variable];
  }

  #asked = (view: View): string =>
    this.#variables(view)
      .map(({ name }) => name)
      .join();

  #loadIfSeen(): void {
    if (this.#stale && this.#session.view.tab === 'zones') void this.#load();
  }

  /** @param behind too large for one request: the server works on it behind the page */
  async #load(behind = false): Promise<void> {
    this.#stale = false;
    this.#asking?.abort();
    const { zones } = this.#product;
    const variables = this.#variables(this.#session.view);
    if (!zones || variables.length === 0) return this.#panel.replaceChildren(none(this.#product, zones));
    const mine = new AbortController();
    this.#asking = mine;
    this.#panel.setAttribute('aria-busy', 'true');
    const form = behind ? 'json' : 'ndjson';
    const question = questionOf(this.#product, zones, variables, this.#session.view.time, form);
    try {
      if (behind) await this.#waitFor(question, mine.signal);
      else
        await this.#collect(
          streamZones(question, { signal: mine.signal }),
          zones.features.length,
          mine.signal,
        );
    } catch (error) {
      if (!isAbort(error) && !mine.signal.aborted && !this.#signal.aborted) this.#fail(error);
    } finally {
      if (this.#asking === mine) this.#panel.removeAttribute('aria-busy');
    }
  }

  #fail(error: unknown): void {
    const again = button('Try again', () => void this.#load(), { class: 'plain-button' });
    const behind = button('Compute in the background', () => void this.#load(true), {
      class: 'plain-button',
    });
    const ways = isTooLarge(error) ? [behind] : [again];
    this.#panel.replaceChildren(setRow(this.#product, this.#actions), trouble(messageOf(error), ...ways));
  }

  async #waitFor(question: SetQuestion, signal: AbortSignal): Promise<void> {
    this.#drawWaiting('Asking for it…', 0, 1);
    const rows = await reduceBehind(question, { signal }, (done, parts) =>
      this.#drawWaiting(`The server works on it: ${done} of ${parts} parts`, done, parts),
    );
    this.#take(rows, signal);
  }

  /** Zones come as the server is done with them; what was there before stays until then. */
  async #collect(zones: AsyncIterable<ZoneTotals>, all: number, signal: AbortSignal): Promise<void> {
    const rows: ZoneTotals[] = [];
    let drawn = performance.now();
    if (this.#rows.length === 0) this.#drawWaiting('Adding up the zones…', 0, all);
    for await (const zone of zones) {
      rows.push(zone);
      if (performance.now() - drawn < DRAW_MS) continue;
      drawn = performance.now();
      if (this.#rows.length === 0) this.#drawWaiting(`${rows.length} of ${all} zones`, rows.length, all);
    }
    this.#take(rows, signal);
  }

  #take(rows: readonly ZoneTotals[], signal: AbortSignal): void {
    if (signal.aborted || this.#signal.aborted) return;
    this.#rows = [...rows].sort((a, b) => a.index - b.index);
    this.#draw();
  }

  #drawWaiting(text: string, done: number, all: number): void {
    this.#panel.replaceChildren(
      setRow(this.#product, this.#actions),
      h('p', { class: 'waiting', role: 'status' }, text),
      h('progress', { class: 'progress', max: all, value: done, 'aria-label': 'Zones added up' }),
    );
  }

  #draw(): void {
    const { view } = this.#session;
    const columns = columnsOf(this.#variables(view), this.#rows);
    const by = columns.find(({ name }) => name === this.#order.name) ?? columns[0]!;
    const ordered = sorted(this.#rows, by, this.#order.rising);
    const shown = ordered.slice(0, this.#most);
    const count = this.#rows.length === 1 ? '1 zone' : `${number(this.#rows.length, 1)} zones`;
    const top = this.#panel.scrollTop;
    this.#panel.replaceChildren(
      setRow(this.#product, this.#actions),
      h('h2', {}, `${count}, ${stepName(view.time)}`),
      zoneRows(columns, shown, {
        order: this.#order,
        current: view.chosen?.kind === 'zone' ? view.chosen.id : undefined,
        onSort: (name) => this.#sortBy(name),
        onOpen: (id) => this.#choose(id),
      }),
      ...this.#more(ordered.length - shown.length),
      zoneKey(columns),
      exportRow(this.#product, this.#variables(view), view.time),
    );
    this.#panel.scrollTop = top;
  }

  #choose(id: string): void {
    this.#actions.onFind(id);
    this.#session.set({ chosen: { kind: 'zone', id }, tab: 'here' });
    byId('tab-here').focus();
  }

  #sortBy(name: string): void {
    const again = this.#order.name === name;
    this.#order = { name, rising: again ? !this.#order.rising : name === 'zone' };
    this.#draw();
    this.#panel.querySelector<HTMLButtonElement>(`button[data-column="${name}"]`)?.focus();
  }

  #more(left: number): HTMLElement[] {
    if (left === 0) return [];
    const show = (): void => {
      this.#most += 2 * ROWS;
      this.#draw();
    };
    const text = `Show ${Math.min(left, 2 * ROWS)} more of ${left}`;
    return [button(text, show, { class: 'plain-button more' })];
  }
}

function none({ info }: Product, zones: Product['zones']): HTMLElement {
  const [text, remedy] = zones
    ? ['Classes have no totals.', 'Choose another variable.']
    : [
        `${info.title} has no zones.`,
        'Bring a GeoJSON file by the arrow over the map, or name one under “zones” in its spec.',
      ];
  return h('div', { class: 'empty' }, h('p', {}, text), h('p', { class: 'faint' }, remedy));
}
