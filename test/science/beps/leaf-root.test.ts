import { describe, expect, it } from 'vitest';
import { leafConductance, metresOfMole } from '../../../lib/science/beps/conductance.ts';
import { ballBerrySlope, coupleLeaf, makeLeaf } from '../../../lib/science/beps/coupling.ts';
import {
  assimilationAt,
  dailyAssimilation,
  kineticsAt,
  lightLimit,
  makeKinetics,
  makeLimit,
  rubiscoLimit,
} from '../../../lib/science/leaf.ts';
import { randomOf } from './weather.ts';

interface Case {
  readonly tempC: number;
  readonly humidity: number;
  readonly water: number;
  readonly ppfd: number;
  readonly co2Ppm: number;
  readonly vm25: number;
}

/** A leaf anywhere in the ranges of T6. */
function anywhere(random: () => number): Case {
  return {
    tempC: -50 + 95 * random(),
    humidity: 0.15 + 0.85 * random(),
    water: 0.01 + 0.99 * random(),
    ppfd: 2500 * random(),
    co2Ppm: 250 + 750 * random(),
    vm25: 10 + 90 * random(),
  };
}

const kinetics = makeKinetics();

function leafAt(at: Case, leaf = makeLeaf(), diurnal: 'daily' | 'inst' = 'daily') {
  kineticsAt(at.tempC, at.vm25, kinetics);
  const slope = ballBerrySlope(10, at.humidity, at.water, at.co2Ppm);
  coupleLeaf(kinetics, at.ppfd, { tempC: at.tempC, co2Ppm: at.co2Ppm, slope }, leaf, diurnal);
  return { leaf, slope };
}

/** ∫₀^g A dg'/g by the composite Gauss–Legendre rule of five points on 400 pieces. */
function meanByQuadrature(g: number, of: (at: number) => number): number {
  const nodes = [0, 0.5384693101056831, -0.5384693101056831, 0.906179845938664, -0.906179845938664];
  const weights = [
    0.5688888888888889, 0.47862867049936647, 0.47862867049936647, 0.2369268850561891, 0.2369268850561891,
  ];
  let sum = 0;
  for (let piece = 0; piece < 400; piece++)
    nodes.forEach((node, i) => {
      sum += (weights[i]! / 800) * of((g * (piece + 0.5 + node / 2)) / 400);
    });
  return sum;
}

describe('The conductance at which leaf and stomata agree', () => {
  it('leaves less than 1e-9 mol m-2 s-1 open in 1e5 leaves, by both forms (T6)', () => {
    const random = randomOf(20);
    const leaf = makeLeaf();
    let worst = 0;
    for (let i = 0; i < 50_000; i++) {
      const at = anywhere(random);
      for (const diurnal of ['daily', 'inst'] as const) {
        const { slope } = leafAt(at, leaf, diurnal);
        worst = Math.max(worst, Math.abs(0.005 + slope * leaf.assimilation - leaf.stomatalMol));
      }
    }
    expect(worst).toBeLessThan(1e-12);
  });

  it('finds the root that a bisection over all conductances finds, and there is no other (T6)', () => {
    const random = randomOf(21);
    const leaf = makeLeaf();
    for (let i = 0; i < 300; i++) {
      const at = anywhere(random);
      const { slope } = leafAt(at, leaf);
      const found = leaf.stomatalMol;
      const open = (stomatalMol: number) => {
        const g = leafConductance(stomatalMol * metresOfMole(at.tempC)) * (leaf.co2 / leaf.waterMs);
        const by = (limit: typeof leaf.light) => dailyAssimilation(g, assimilationAt(g, limit), limit);
        return 0.005 + slope * Math.max(0, Math.min(by(leaf.rubisco), by(leaf.light))) - stomatalMol;
      };
      for (let step = 1; step <= 40; step++) {
        const left = 0.005 + ((found - 0.005) * step) / 41;
        if (found - left > 1e-9) expect(open(left)).toBeGreaterThan(0);
        expect(open(found * (1 + step * 0.1) + 1e-9)).toBeLessThan(0);
      }
    }
  });

  it('photosynthesises more with more CO2, and no less with more water or light (T7)', () => {
    const random = randomOf(22);
    for (let i = 0; i < 20_000; i++) {
      const at = anywhere(random);
      const here = leafAt(at).leaf.assimilation;
      const more = (change: Partial<Case>) => leafAt({ ...at, ...change }).leaf.assimilation - here;
      const slack = 1e-11 * (1 + here);
      if (here > 0) expect(more({ co2Ppm: at.co2Ppm + 10 })).toBeGreaterThan(0);
      expect(more({ water: Math.min(1, at.water + 0.05) })).toBeGreaterThanOrEqual(-slack);
      expect(more({ ppfd: at.ppfd + 50 })).toBeGreaterThanOrEqual(-slack);
    }
  });

  it('averages over a day as quadrature does, from closed to open (T8)', () => {
    const random = randomOf(23);
    const limit = makeLimit();
    for (let i = 0; i < 2000; i++) {
      const { tempC, vm25, ppfd } = anywhere(random);
      kineticsAt(tempC, vm25, kinetics);
      if (i % 2 === 0) rubiscoLimit(kinetics, 40, limit);
      else lightLimit(kinetics, ppfd / 10, 40, limit);
      if (limit.s <= 0 || limit.r <= 0) continue;
      const g = (limit.s / limit.h) * 10 ** (-6 + 8 * random());
      const daily = dailyAssimilation(g, assimilationAt(g, limit), limit);
      const wanted = (4 / Math.PI) * meanByQuadrature(g, (at) => assimilationAt(at, limit));
      expect(Math.abs(daily / wanted - 1)).toBeLessThan(g * limit.h > 20 * limit.s ? 1e-6 : 1e-11);
    }
  });

  it('joins its two ways of small and large photosynthesis without a step', () => {
    const limit = makeLimit();
    kineticsAt(20, 40, kinetics);
    rubiscoLimit(kinetics, 40, limit);
    const at = (x: number) => {
      const a = x * limit.r;
      const g = (a * (limit.s - a)) / (limit.h * (limit.r - a));
      return dailyAssimilation(g, a, limit) / a;
    };
    const slope = at(0.1251) - at(0.1249);
    expect(at(0.125 + 1e-12) - at(0.125 - 1e-12)).toBeCloseTo(0, 11);
    expect(Math.abs(slope)).toBeLessThan(1e-3);
  });

  it('stays shut and finite in the dark, at the compensation point and without an answer for NaN', () => {
    const dark = { tempC: 20, humidity: 0.6, water: 0.8, ppfd: 0, co2Ppm: 400, vm25: 40 };
    expect(leafAt(dark).leaf).toMatchObject({ assimilation: 0, stomatalMol: 0.005 });
    expect(leafAt({ ...dark, ppfd: 800, co2Ppm: 20 }).leaf).toMatchObject({
      assimilation: 0,
      stomatalMol: 0.005,
    });
    for (const missing of ['tempC', 'humidity', 'water', 'ppfd', 'co2Ppm', 'vm25'] as const)
      expect(leafAt({ ...dark, ppfd: 800, [missing]: Number.NaN }).leaf.assimilation).toBeNaN();
  });
});
