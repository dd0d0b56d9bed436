import { byId, h } from '../view/dom.ts';
import { stepName } from '../view/format.ts';
import { FluxMap } from './flux-map.ts';

const STEP = 0.02;

/** A second map over the first, cut at a line that can be dragged: the earlier date left, the later right. */
export class Compare {
  readonly #stage = byId('stage');
  readonly #beside: FluxMap;
  readonly #handle: HTMLElement;
  readonly #labels: readonly [HTMLElement, HTMLElement];
  #share = 0.5;
  second: FluxMap | undefined;
  #container: HTMLElement | undefined;
  #unfollow: (() => void) | undefined;

  constructor(beside: FluxMap) {
    this.#beside = beside;
    this.#handle = h('div', {
      class: 'swipe',
      role: 'slider',
      tabindex: 0,
      'aria-label': 'Line between the two dates',
      'aria-valuemin': 0,
      'aria-valuemax': 100,
      'aria-orientation': 'horizontal',
    });
    this.#labels = [h('div', { class: 'swipe-label left' }), h('div', { class: 'swipe-label right' })];
    this.#listen();
  }

  /** The map of the other date, there as long as it is compared. @param shown date of the first map, as `2021-07` */
  open(shown: string, other: string): FluxMap {
    const dates = [shown, other].sort();
    for (const [i, label] of this.#labels.entries()) label.textContent = stepName(dates[i]!);
    this.#stage.classList.toggle('second-left', other < shown);
    if (this.second) return this.second;
    this.#container = h('div', { class: 'map map-second', 'aria-hidden': 'true' });
    byId('map').after(this.#container);
    this.#stage.append(this.#handle, ...this.#labels);
    this.#stage.classList.add('comparing');
    const second = new FluxMap(this.#container, this.#beside.camera, false);
    second.map.getCanvas().tabIndex = -1;
    this.second = second;
    this.#unfollow = second.follow(this.#beside);
    this.#place(this.#share);
    return second;
  }

  close(): void {
    if (!this.second) return;
    this.#unfollow?.();
    this.second.remove();
    this.second = undefined;
    this.#container?.remove();
    this.#handle.remove();
    for (const label of this.#labels) label.remove();
    this.#stage.classList.remove('comparing', 'second-left');
  }

  #listen(): void {
    const drag = ({ clientX }: PointerEvent): void => {
      const { left, width } = this.#stage.getBoundingClientRect();
      this.#place((clientX - left) / width);
    };
    this.#handle.addEventListener('pointerdown', (event) => {
      this.#handle.setPointerCapture(event.pointerId);
      this.#handle.addEventListener('pointermove', drag);
    });
    for (const end of ['pointerup', 'pointercancel'] as const) {
      this.#handle.addEventListener(end, () => this.#handle.removeEventListener('pointermove', drag));
    }
    this.#handle.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -1, End: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.#place(this.#share + step);
    });
  }

  #place(share: number): void {
    this.#share = Math.min(0.98, Math.max(0.02, share));
    this.#stage.style.setProperty('--swipe', `${(100 * this.#share).toFixed(2)}%`);
    this.#handle.setAttribute('aria-valuenow', String(Math.round(100 * this.#share)));
  }
}
