import { type ClassLegendTable, classifier, colorTable, type Legend, type RampLegend } from './legend.ts';
import type { PaletteImage } from './palette-png.ts';
import { parseHex } from './ramp.ts';

/** Why a pixel of a map has no value besides nodata, or an old one; 0 for pixels that have nothing to tell. */
export const STATE_CODES = { 'missing-input': 1, failed: 2, unrecorded: 3, stale: 4 } as const;

/** Stripes of amber, red, grey and blue: told apart by lightness too, and seen on light and on dark. */
export const STATE_SWATCHES = [
  { state: 'missing-input', label: 'input missing', color: '#e0a526' },
  { state: 'failed', label: 'failed', color: '#c2184b' },
  { state: 'unrecorded', label: 'not computed yet', color: '#76828e' },
  { state: 'stale', label: 'out of date', color: '#2456c7' },
] as const satisfies readonly { state: keyof typeof STATE_CODES; label: string; color: string }[];
const STRIPE = { period: 8, width: 3 } as const;
/** Entry 0 is transparent, then come the colours, and the last ones are for states. */
const FIRST_STATE = 256 - STATE_SWATCHES.length;
const MOST_COLORS = FIRST_STATE - 1;

export interface PaletteOptions {
  /** One of `STATE_CODES` or 0 a pixel: stripes over what is not there. */
  readonly states?: Uint8Array | undefined;
  /** Pixels without data have the legend's colour for them instead of none. */
  readonly opaque?: boolean;
}

/** Values painted by their legend; transparent where there is no data. */
export function paletteImage(
  values: Float32Array,
  width: number,
  height: number,
  legend: Legend,
  { states, opaque = false }: PaletteOptions = {},
): PaletteImage {
  const { colors, alphas } = paletteOf(legend);
  const pixels = legend.kind === 'ramp' ? rampPixels(values, legend) : classPixels(values, legend);
  if (opaque) {
    alphas[0] = 255;
    colors.set(parseHex(legend.nodata.color));
  }
  for (const [i, { color }] of STATE_SWATCHES.entries()) colors.set(parseHex(color), 3 * (FIRST_STATE + i));
  if (states) stripe(pixels, states, width);
  return { width, height, pixels, colors, alphas };
}

/** Colours of the legend from entry 1 on. */
function paletteOf(legend: Legend): { colors: Uint8Array; alphas: Uint8Array } {
  const table = colorTable(legend);
  const [colors, alphas] = [new Uint8Array(3 * 256), new Uint8Array(256).fill(255)];
  alphas[0] = 0;
  const last = MOST_COLORS - 1;
  const entries = legend.kind === 'ramp' ? MOST_COLORS : Math.min(MOST_COLORS, legend.classes.length);
  for (let i = 0; i < entries; i++) {
    const from = legend.kind === 'ramp' ? Math.round((i * 255) / last) : i;
    colors.set(table.colors.subarray(3 * from, 3 * from + 3), 3 * (i + 1));
    alphas[i + 1] = table.alphas[from]!;
  }
  return { colors, alphas };
}

function rampPixels(values: Float32Array, { range: [low, high] }: RampLegend): Uint8Array {
  const pixels = new Uint8Array(values.length);
  const scale = MOST_COLORS / (high - low);
  const last = MOST_COLORS - 1;
  for (let i = 0; i < values.length; i++) {
    const at = (values[i]! - low) * scale;
    // NaN fails both comparisons and stays transparent.
    if (at >= last) pixels[i] = last + 1;
    else if (at < last) pixels[i] = at <= 0 ? 1 : 1 + (at | 0);
  }
  return pixels;
}

function classPixels(values: Float32Array, legend: ClassLegendTable): Uint8Array {
  const classOf = classifier(legend);
  const pixels = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const entry = classOf(values[i]!) + 1;
    if (entry <= MOST_COLORS) pixels[i] = entry;
  }
  return pixels;
}

function stripe(pixels: Uint8Array, states: Uint8Array, width: number): void {
  for (let i = 0; i < pixels.length; i++) {
    const state = states[i]!;
    if (state === 0) continue;
    const along = (i % width) + Math.floor(i / width);
    if (along % STRIPE.period < STRIPE.width) pixels[i] = FIRST_STATE + state - 1;
    else if (state !== STATE_CODES.stale) pixels[i] = 0; // what is out of date is still seen
  }
}
