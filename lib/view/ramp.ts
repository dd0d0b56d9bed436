import { rgb } from 'd3-color';
import {
  interpolateBlues,
  interpolateBrBG,
  interpolateCividis,
  interpolateGreens,
  interpolateGreys,
  interpolateInferno,
  interpolateMagma,
  interpolatePiYG,
  interpolatePlasma,
  interpolatePRGn,
  interpolatePuOr,
  interpolateRdBu,
  interpolateRdYlBu,
  interpolateRdYlGn,
  interpolateSpectral,
  interpolateTurbo,
  interpolateViridis,
  interpolateYlGn,
  interpolateYlGnBu,
  interpolateYlOrBr,
  interpolateYlOrRd,
} from 'd3-scale-chromatic';

/** Ramps that keep their order for readers with colour-blindness (ColorBrewer, viridis, cividis). */
type OwnRamp = 'production' | 'respiration' | 'balance' | 'ratio' | 'heat' | 'water' | 'plain' | 'index';

/** 256 colours, red, green and blue one after the other. */
export type Lut = Uint8Array;

/** Sequential ramps start a little way in: their palest colours cannot be told from paper. */
const PALEST = 0.1;
const fromPale =
  (ramp: (t: number) => string) =>
  (t: number): string =>
    ramp(PALEST + t * (1 - PALEST));

const OWN: Readonly<Record<OwnRamp, (t: number) => string>> = {
  production: fromPale(interpolateYlGn),
  respiration: fromPale(interpolateYlOrBr),
  // Brown releases carbon, teal takes it up.
  balance: interpolateBrBG,
  ratio: fromPale(interpolateYlOrRd),
  heat: (t) => interpolateRdYlBu(1 - t),
  water: fromPale(interpolateYlGnBu),
  plain: interpolateViridis,
  index: interpolateCividis,
};

/** Under the names that other map servers use. */
const COMMON = {
  viridis: interpolateViridis,
  cividis: interpolateCividis,
  magma: interpolateMagma,
  inferno: interpolateInferno,
  plasma: interpolatePlasma,
  turbo: interpolateTurbo,
  greys: interpolateGreys,
  greens: interpolateGreens,
  blues: interpolateBlues,
  ylgn: interpolateYlGn,
  ylgnbu: interpolateYlGnBu,
  ylorbr: interpolateYlOrBr,
  ylorrd: interpolateYlOrRd,
  brbg: interpolateBrBG,
  rdbu: interpolateRdBu,
  rdylbu: interpolateRdYlBu,
  rdylgn: interpolateRdYlGn,
  piyg: interpolatePiYG,
  prgn: interpolatePRGn,
  puor: interpolatePuOr,
  spectral: interpolateSpectral,
} as const;

type Forward = OwnRamp | keyof typeof COMMON;

/** `_r` runs from the last colour to the first. */
export type RampName = Forward | `${Forward}_r`;

const RAMPS: Readonly<Record<Forward, (t: number) => string>> = { ...OWN, ...COMMON };

export const RAMP_NAMES = Object.keys(RAMPS).flatMap((name) => [name, `${name}_r`]) as readonly RampName[];

export const isRampName = (name: string): name is RampName =>
  (RAMP_NAMES as readonly string[]).includes(name);

function colourAt(ramp: RampName, t: number): string {
  const forward = ramp.replace(/_r$/, '') as Forward;
  return RAMPS[forward](ramp === forward ? t : 1 - t);
}

const tables = new Map<RampName, Lut>();

export function lutOf(ramp: RampName): Lut {
  const known = tables.get(ramp);
  if (known) return known;
  const lut = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) {
    const { r, g, b } = rgb(colourAt(ramp, i / 255));
    lut.set([Math.round(r), Math.round(g), Math.round(b)], 3 * i);
  }
  tables.set(ramp, lut);
  return lut;
}

/** Place of a value in the table of colours, 0..255, ends for what lies outside. */
export function rampIndex(value: number, [low, high]: readonly [number, number]): number {
  const t = (value - low) / (high - low);
  return t <= 0 ? 0 : t >= 1 ? 255 : Math.floor(t * 256);
}

export const hex = (r: number, g: number, b: number): string =>
  `#${[r, g, b].map((c) => c.toString(16).padStart(2, '0')).join('')}`;

export const lutColors = (lut: Lut): string[] =>
  Array.from({ length: lut.length / 3 }, (_, i) => hex(lut[3 * i]!, lut[3 * i + 1]!, lut[3 * i + 2]!));

/** Colours as numbers: red, green and blue one after the other, opacities apart. */
export interface ColorTable {
  readonly colors: Uint8Array;
  readonly alphas: Uint8Array;
}

/** @param colors `#rrggbb` or `#rrggbbaa` */
export function tableOf(colors: readonly string[]): ColorTable {
  const all = colors.map((color) => rgb(color));
  return {
    colors: Uint8Array.from(all.flatMap(({ r, g, b }) => [r, g, b])),
    alphas: Uint8Array.from(all, ({ opacity }) => Math.round(255 * opacity)),
  };
}

export const parseHex = (color: string): [r: number, g: number, b: number] => {
  const { r, g, b } = rgb(color);
  return [r, g, b];
};
