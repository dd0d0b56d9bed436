type Child = Node | string | undefined | false;
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const SVG = 'http://www.w3.org/2000/svg';

/** An element with attributes and children; `false` and `undefined` leave either out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return furnish(document.createElement(tag), attributes, children);
}

/** The same in SVG. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return furnish(document.createElementNS(SVG, tag), attributes, children);
}

function furnish<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

/** @throws Error when the page has no such element: a fault of the page itself */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as E;
}

export function button(label: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = h('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', onClick);
  return made;
}

/** A picture on a button: 24 x 24, drawn with strokes. */
export function icon(paths: string): SVGSVGElement {
  const drawing = s('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' });
  drawing.append(...paths.split('|').map((d) => s('path', { d })));
  return drawing;
}

export const ICONS = {
  place: 'M12 21s-7-6.1-7-11a7 7 0 0 1 14 0c0 4.9-7 11-7 11z|M12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  zone: 'M4 6l6-2 4 3 6-2v13l-6 2-4-3-6 2z|M10 4v13|M14 7v13',
  draw: 'M5 17l3-11 11 4-4 9z|M5 18.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z|M8 7.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z|M19 11.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z|M15 20.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z',
  play: 'M8 5l11 7-11 7z',
  pause: 'M8 5v14|M16 5v14',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  close: 'M6 6l12 12|M18 6L6 18',
  link: 'M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-6-6l-1 1|M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 6 6l1-1',
  bring: 'M12 15V4|M8 8l4-4 4 4|M4 15v4a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-4',
  fit: 'M4 9V4h5|M20 9V4h-5|M4 15v5h5|M20 15v5h-5',
} as const;
