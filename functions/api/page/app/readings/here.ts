import { ApiProblem, isAbort, messageOf } from '../api/api.ts';
import type { Product } from '../api/product.ts';
import { button, byId, h, ICONS, icon } from '../view/dom.ts';
import { placeName } from '../view/format.ts';
import { speak } from '../view/say.ts';
import type { Session } from '../view/session.ts';
import type { Choice, LonLat, View } from '../view/view.ts';
import { zoneName, zoneOf } from '../zones/zones.ts';
import { look, readingOf } from './look.ts';
import { tellPlace } from './place-reading.ts';
import { type Found, trouble } from './reading.ts';
import { tellZone } from './zone-reading.ts';

/** Ways to change a polygon that is chosen. */
export interface Editing {
  onMap(ring: readonly LonLat[]): void;
  asText(ring: readonly LonLat[]): void;
}

/** What the product says of the chosen place, zone or polygon: asked once a choice, told for any step of it. */
export function herePanel(
  session: Session,
  product: Product,
  editing: Editing,
  signal: AbortSignal,
): { reload(): void } {
  const panel = new HerePanel(session, product, editing, signal);
  return { reload: () => panel.reload() };
}

class HerePanel {
  readonly #session: Session;
  readonly #product: Product;
  readonly #editing: Editing;
  readonly #signal: AbortSignal;
  readonly #panel = byId('panel-here');
  #found: Found | undefined;
  #asking: AbortController | undefined;
  /** What somebody has opened stays open while numbers, times and zones change. */
  #open: ReadonlySet<string> = new Set();

  constructor(session: Session, product: Product, editing: Editing, signal: AbortSignal) {
    this.#session = session;
    this.#product = product;
    this.#editing = editing;
    this.#signal = signal;
    session.listen((view, before) => this.#follow(view, before), signal);
    signal.addEventListener('abort', () => this.#asking?.abort());
    void this.#load();
  }

  /** What is told stays until the new numbers are there. */
  reload(): void {
    void this.#load(true);
  }

  #follow(view: View, before: View): void {
    if (this.#signal.aborted || view.product !== this.#product.info.id) return;
    const others = readingOf(this.#product, view) !== readingOf(this.#product, before);
    const told = (['time', 'variable', 'against'] as const).some((name) => view[name] !== before[name]);
    if (view.chosen !== before.chosen || others) void this.#load();
    else if (told) this.#draw();
  }

  async #load(quietly = false): Promise<void> {
    this.#asking?.abort();
    const { chosen } = this.#session.view;
    if (!chosen) return this.#panel.replaceChildren(hint(this.#product));
    const mine = new AbortController();
    this.#asking = mine;
    if (!quietly || !this.#found) {
      this.#found = undefined;
      this.#keepOpen();
      this.#panel.replaceChildren(this.#heading(chosen), waiting());
    }
    try {
      const found = await look(this.#product, this.#session.view, chosen, mine.signal);
      if (mine.signal.aborted || this.#signal.aborted) return;
      this.#found = found;
      this.#draw();
    } catch (error) {
      if (!isAbort(error) && !this.#signal.aborted) this.#fail(error, chosen);
    }
  }

  #draw(): void {
    const { chosen } = this.#session.view;
    if (!chosen || !this.#found) return;
    const panel = this.#panel;
    const top = panel.scrollTop;
    this.#keepOpen();
    panel.replaceChildren(this.#heading(chosen), ...tell(this.#session, this.#product, this.#found));
    for (const [i, box] of panel.querySelectorAll('details').entries())
      box.open = this.#open.has(nameIn(box, i));
    panel.scrollTop = top;
    speak([...panel.querySelectorAll('.figure')].map((figure) => figure.textContent).join(' '));
  }

  #keepOpen(): void {
    const boxes = [...this.#panel.querySelectorAll('details')];
    if (boxes.length === 0) return; // still reading
    this.#open = new Set(boxes.flatMap((box, i) => (box.open ? [nameIn(box, i)] : [])));
  }

  #fail(error: unknown, chosen: Choice): void {
    const again = button('Try again', () => void this.#load(), { class: 'plain-button' });
    const ways = error instanceof ApiProblem ? [again] : [];
    const told = isOutside(error) ? outside() : trouble(messageOf(error), ...ways);
    this.#panel.replaceChildren(this.#heading(chosen), told);
  }

  #heading(chosen: Choice): HTMLElement {
    return heading(this.#session, this.#product, this.#editing, chosen);
  }
}

const nameIn = (box: HTMLElement, place: number): string => box.dataset.name ?? `${place}`;

const isOutside = (error: unknown): boolean =>
  error instanceof ApiProblem && error.status === 404 && error.message.includes('lies outside');

const outside = (): HTMLElement =>
  h('p', { class: 'waiting', role: 'status' }, 'This place lies outside the product: choose one on its map.');

const waiting = (): HTMLElement => h('p', { class: 'waiting', role: 'status' }, 'Reading…');

function heading(session: Session, product: Product, editing: Editing, chosen: Choice): HTMLElement {
  const close = button('', () => session.set({ chosen: undefined }), {
    class: 'round small',
    'aria-label': 'Close this selection',
  });
  close.append(icon(ICONS.close));
  const edits = chosen.kind === 'polygon' ? editButtons(editing, chosen.ring) : [];
  return h('div', { class: 'here-head' }, h('h2', {}, nameOf(product, chosen)), ...edits, close);
}

const editButtons = (editing: Editing, ring: readonly LonLat[]): HTMLElement[] => [
  button('Edit', () => editing.onMap(ring), {
    class: 'plain-button',
    'aria-label': 'Edit corners on the map',
  }),
  button('Text', () => editing.asText(ring), {
    class: 'plain-button',
    'aria-label': 'Text: edit corners as coordinates',
  }),
];

function nameOf({ zones }: Product, chosen: Choice): string {
  if (chosen.kind === 'place') return placeName([chosen.at[0], chosen.at[1]]);
  if (chosen.kind === 'polygon') return `Polygon of ${chosen.ring.length} corners`;
  try {
    const { feature, index } = zoneOf(zones, chosen.id);
    return zoneName(feature, index);
  } catch {
    return chosen.id; // the reading says that there is no such zone
  }
}

const tell = (session: Session, product: Product, found: Found): HTMLElement[] =>
  found.kind === 'place' ? tellPlace(session, product, found) : tellZone(session, product, found);

const hint = ({ zones }: Product): HTMLElement =>
  h(
    'div',
    { class: 'empty' },
    icon(ICONS.place),
    h(
      'p',
      {},
      `Click the map for the value and the series of a place, ${zones ? 'choose a zone, ' : ''}or draw a polygon for its totals.`,
    ),
    h(
      'p',
      { class: 'faint' },
      'By keyboard: Tab to the map, move it with the arrows, Enter reads its centre. Or give coordinates or GeoJSON with “Bring zones”.',
    ),
  );
