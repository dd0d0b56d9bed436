import { byId, h } from '../view/dom.ts';
import { stepName } from '../view/format.ts';
import { FluxMap } from './flux-map.ts';

const STEP = 0.02;

/** A second map over the first, cut at a line that can be dragged: left the one date, right the other. */
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

  /** The map of the right side, there as long as it is compared. */
  open(left: string, right: string): FluxMap {
    this.#labels[0].textContent = stepName(left);
    this.#labels[1].textContent = stepName(right);
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
    this.#stage.classList.remove('comparing');
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
