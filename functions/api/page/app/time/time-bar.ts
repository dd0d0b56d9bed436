import type { Product, StepKind } from '../api/product.ts';
import { button, byId, h, ICONS, icon } from '../view/dom.ts';
import { stepName } from '../view/format.ts';
import type { Session } from '../view/session.ts';
import { yearsOf } from '../view/steps.ts';
import { variableOf } from '../view/variables.ts';
import { Player } from './play.ts';
import { stepField } from './step-field.ts';

const MOST_TICKS = 10;

/** The step that the map shows: by name, slider, arrows, or playing all of them; and a second one to compare with. */
export function timeBar(
  session: Session,
  product: Product,
  prepare: (step: string) => Promise<void>,
  signal: AbortSignal,
): void {
  new TimeBar(session, product, prepare, signal);
}

class TimeBar {
  readonly #session: Session;
  readonly #product: Product;
  readonly #player: Player;
  readonly #play = button('', () => this.#player.toggle(), { class: 'round' });
  readonly #back = arrow('Step before', ICONS.back, () => this.#step(-1));
  readonly #next = arrow('Step after', ICONS.next, () => this.#step(1));
  readonly #slider = h('input', {
    type: 'range',
    id: 'time-slider',
    min: 0,
    step: 1,
    class: 'slider',
    'aria-label': 'Time',
  });
  readonly #name = h('div', { class: 'time-choice' });
  readonly #ticks = h('div', { class: 'slider-ticks', 'aria-hidden': 'true' });
  readonly #only = h('p', { class: 'only' });
  readonly #against = h('div', { class: 'against-choice' });

  constructor(
    session: Session,
    product: Product,
    prepare: (step: string) => Promise<void>,
    signal: AbortSignal,
  ) {
    this.#session = session;
    this.#product = product;
    this.#player = new Player({
      next: () => this.#steps[(this.#at + 1) % this.#steps.length]!,
      prepare,
      show: (time) => session.set({ time }),
      onChange: () => this.#drawPlay(),
    });
    this.#slider.addEventListener('input', () => this.#go(Number(this.#slider.value)));
    signal.addEventListener('abort', () => this.#player.stop());
    session.listen((view, before) => {
      if (signal.aborted || view.product !== product.info.id) return;
      const other =
        view.variable !== before.variable && this.#kind !== variableOf(product, before.variable).step;
      if (other) this.#drawSteps();
      if (other || view.against !== before.against) this.#drawAgainst();
      if (view.time !== before.time || other) this.#draw();
    }, signal);
    byId('time').replaceChildren(
      h('div', { class: 'time-buttons' }, this.#back, this.#play, this.#next),
      this.#name,
      h('div', { class: 'slider-frame' }, this.#slider, this.#ticks),
      this.#only,
      h('div', { class: 'against' }, h('label', { for: 'against' }, 'Compare with'), this.#against),
    );
    this.#drawPlay();
    this.#drawSteps();
    this.#drawAgainst();
    this.#draw();
  }

  get #kind(): StepKind {
    return variableOf(this.#product, this.#session.view.variable).step;
  }

  get #steps(): readonly string[] {
    return this.#product.steps.get(this.#kind) ?? [];
  }

  get #at(): number {
    return Math.max(0, this.#steps.indexOf(this.#session.view.time));
  }

  #step(by: number): void {
    this.#go(this.#at + by);
    // A button that is disabled under the focus would lose it.
    if (this.#at === 0 && by < 0) this.#next.focus();
    if (this.#at === this.#steps.length - 1 && by > 0) this.#back.focus();
  }

  #go(index: number): void {
    this.#player.stop();
    const time = this.#steps[index];
    if (time !== undefined) this.#session.set({ time });
  }

  #drawPlay(): void {
    const { playing } = this.#player;
    this.#play.replaceChildren(icon(playing ? ICONS.pause : ICONS.play));
    this.#play.setAttribute('aria-label', playing ? 'Pause' : 'Play through time');
  }

  #draw(): void {
    const [last, at] = [this.#steps.length - 1, this.#at];
    const { time } = this.#session.view;
    this.#slider.max = String(last);
    this.#slider.value = String(at);
    this.#slider.style.setProperty('--share', `${last > 0 ? (100 * at) / last : 0}%`);
    this.#slider.setAttribute('aria-valuetext', stepName(time));
    const field = this.#name.querySelector<HTMLSelectElement | HTMLInputElement>('.time-field');
    if (field) field.value = time;
    this.#back.disabled = at === 0;
    this.#next.disabled = at === last;
    byId('time').classList.toggle('single', last < 1);
    this.#only.textContent = `the only ${this.#kind} of this product`;
  }

  #drawSteps(): void {
    const all = this.#steps;
    const years = yearsOf(all);
    const every = Math.max(1, Math.ceil(years.length / MOST_TICKS));
    const share = (i: number): number => (all.length > 1 ? i / (all.length - 1) : 0);
    this.#ticks.replaceChildren(
      ...years
        .filter((_, n) => n % every === 0)
        .map(({ year, first }) => h('span', { style: `--at: ${share(first)}` }, year)),
    );
    const { time } = this.#session.view;
    const field = stepField('time-name', all, time, (step) => this.#go(all.indexOf(step)));
    field.setAttribute('aria-label', `The ${this.#kind} on the map`);
    field.classList.add('time-field');
    this.#name.replaceChildren(field);
  }

  #drawAgainst(): void {
    const { against } = this.#session.view;
    const field = stepField(
      'against',
      this.#steps,
      against,
      (step) => this.#session.set({ against: step || undefined }),
      'nothing',
    );
    this.#against.replaceChildren(field);
  }
}

function arrow(label: string, paths: string, onClick: () => void): HTMLButtonElement {
  const made = button('', onClick, { class: 'round small', 'aria-label': label });
  made.append(icon(paths));
  return made;
}
