import { messageOf } from '../api/api.ts';
import { button, byId, h } from '../view/dom.ts';
import type { LonLat } from '../view/view.ts';
import { type Brought, linesOfRing, readZones } from './read-zones.ts';

/** What the API takes at a time, bytes. */
const MOST_BYTES = 16 * 2 ** 20;

type OnBrought = (brought: Brought, name: string) => void;

/**
 * Where polygons come from other than by drawing: corners as text, GeoJSON pasted, a file chosen or dropped on the map.
 * Whoever cannot draw can do here all that drawing can.
 */
export class Bring {
  readonly #onBrought: OnBrought;
  readonly #text = h('textarea', {
    id: 'bring-text',
    rows: 9,
    spellcheck: 'false',
    placeholder: '113.0, 22.8\n113.6, 22.8\n113.3, 23.3',
    'aria-describedby': 'bring-help bring-trouble',
  });
  readonly #file = h('input', {
    type: 'file',
    id: 'bring-file',
    accept: '.geojson,.json,application/geo+json',
  });
  readonly #trouble = h('p', { id: 'bring-trouble', class: 'form-trouble', role: 'alert' });
  readonly #dialog: HTMLDialogElement;

  constructor(onBrought: OnBrought) {
    this.#onBrought = onBrought;
    this.#file.addEventListener('change', () => void this.#readFile(this.#file.files?.[0]));
    this.#dialog = this.#build();
    document.body.append(this.#dialog);
    this.#takeDrops();
  }

  /** @param ring corners to begin with */
  open(ring?: readonly LonLat[]): void {
    if (ring) this.#text.value = linesOfRing(ring);
    this.#trouble.textContent = '';
    this.#file.value = '';
    this.#dialog.showModal();
    this.#text.focus();
  }

  #build(): HTMLDialogElement {
    const form = h(
      'form',
      { class: 'bring' },
      h('h2', { id: 'bring-title' }, 'Bring zones'),
      h('label', { for: 'bring-text' }, 'Corners or GeoJSON'),
      h(
        'p',
        { id: 'bring-help', class: 'form-help' },
        'One corner a line, longitude then latitude; or a GeoJSON polygon, feature or collection.',
      ),
      this.#text,
      h('label', { for: 'bring-file' }, 'Or a GeoJSON file'),
      this.#file,
      this.#trouble,
      h(
        'div',
        { class: 'form-buttons' },
        button('Cancel', () => this.#dialog.close(), { class: 'plain-button' }),
        h('button', { type: 'submit', class: 'main-button' }, 'Show on the map'),
      ),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#take(this.#text.value, 'my-zones');
    });
    return h('dialog', { class: 'dialog', 'aria-labelledby': 'bring-title' }, form);
  }

  #take(text: string, name: string): void {
    try {
      const brought = readZones(text);
      this.#dialog.close();
      this.#onBrought(brought, name);
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  #fail(message: string): void {
    if (!this.#dialog.open) this.open();
    this.#trouble.textContent = message;
  }

  async #readFile(file: File | undefined): Promise<void> {
    if (!file) return;
    if (file.size > MOST_BYTES) {
      const size = Math.ceil(file.size / 2 ** 20);
      return this.#fail(
        `${file.name} has ${size} MB; the server takes 16 MB at a time. Simplify its outlines, or split it.`,
      );
    }
    this.#take(await file.text(), file.name);
  }

  #takeDrops(): void {
    const stage = byId('stage');
    stage.addEventListener('dragover', (event) => {
      event.preventDefault();
      stage.classList.add('dropping');
    });
    stage.addEventListener('dragleave', () => stage.classList.remove('dropping'));
    stage.addEventListener('drop', (event) => {
      event.preventDefault();
      stage.classList.remove('dropping');
      void this.#readFile(event.dataTransfer?.files[0]);
    });
  }
}
