/** Seeded inputs of the kernel benchmark, plausible for a subtropical year; 13 % of the cells without NDVI. */
import { daysInMonth } from '../../lib/grid/calendar.ts';
import type { Inputs, Shape } from '../../lib/science/model.ts';

/** Uniform numbers of [0, 1) from a seed (mulberry32), the same in every runtime. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z = (z + Math.imul(z ^ (z >>> 7), z | 61)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Share of cells without NDVI, and how many neighbours share that fate: lakes and tile edges come in runs. */
const NDVI_MISSING = 0.13;
const RUN = 64;

export function kernelShape(cells: number): Shape {
  const steps = Array.from({ length: 12 }, (_, i) => ({
    year: 2021,
    month: i + 1,
    days: daysInMonth(2021, i + 1),
  }));
  return { steps, cells };
}

/**
 * Climate varies smoothly from cell to cell, as interpolated 0.1° fields do; NDVI and class are noisy.
 */
export function kernelInputs({ steps, cells }: Shape, seed = 20_250): Inputs {
  const next = uniform(seed);
  const vegtype = Uint8Array.from({ length: cells }, () => Math.floor(next() * 11));
  const empty = Uint8Array.from({ length: Math.ceil(cells / RUN) }, () => Number(next() < NDVI_MISSING));
  const field = (value: (season: number, place: number, i: number) => number) =>
    Float64Array.from({ length: steps.length * cells }, (_, q) => {
      const i = q % cells;
      return value(Math.sin(((Math.floor(q / cells) - 3) * Math.PI) / 6), Math.sin(i / 1500), i);
    });
  return {
    vegtype,
    ndvi: field((season, _place, i) =>
      empty[Math.floor(i / RUN)] ? Number.NaN : 0.55 + 0.15 * season + 0.3 * (next() - 0.5),
    ),
    solar: field((season, place) => 420 + 120 * season + 30 * place),
    temperature: field((season, place) => 18 + 12 * season + 5 * place),
    evaporation: field((season, place) => 70 + 40 * season + 20 * place),
    potentialEvaporation: field((season, place) => 120 + 60 * season - 40 * place),
    precipitation: field((season, place) => Math.max(0, 120 + 110 * season + 40 * place)),
  };
}
