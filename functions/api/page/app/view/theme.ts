/**
 * Colours that the map is drawn with; the rest of the page has its own in theme.css, chosen the same way. Land is grey,
 * never near the pale middle of a ramp: it is what shows where there are no data.
 */
export interface MapColors {
  readonly water: string;
  readonly land: string;
  readonly coast: string;
  readonly border: string;
  readonly zone: string;
  readonly halo: string;
  readonly chosen: string;
}

const LIGHT: MapColors = {
  water: '#c8d7de',
  land: '#dfe2e3',
  coast: '#8298a0',
  border: '#8c9496',
  zone: '#37474a',
  halo: '#ffffff',
  chosen: '#111c1c',
};

const DARK: MapColors = {
  water: '#10191c',
  land: '#333d41',
  coast: '#5d7076',
  border: '#5e6561',
  zone: '#d5dedb',
  halo: '#0b1113',
  chosen: '#ffffff',
};

const dark = matchMedia('(prefers-color-scheme: dark)');
const contrast = matchMedia('(forced-colors: active)');

export const mapColors = (): MapColors => (dark.matches ? DARK : LIGHT);
export const onThemeChange = (listener: () => void, signal?: AbortSignal): void => {
  for (const look of [dark, contrast]) look.addEventListener('change', listener, signal ? { signal } : {});
};

/** A colour or font of theme.css, as it is now: for what is drawn on a canvas. */
export const color = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);

export const calm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
