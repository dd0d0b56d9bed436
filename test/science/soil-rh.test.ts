import { describe, expect, it } from 'vitest';
import { typeIndex } from '../../lib/science/landcover/classes.ts';
import {
  bondLamberty2004,
  bondLamberty2010,
  lloydTaylorFactor,
  peiRespiration,
  q10Respiration,
  raichSoilRespiration,
  subkeShare,
} from '../../lib/science/respiration/rh.ts';
import { soilRh } from '../../lib/science/respiration/soil-rh.ts';
import { run, shapeOf, stepsOf, sum } from './year.ts';

const TEMPS = [-12, -5, 0, 6, 12, 18, 24, 28, 20, 11, 3, -8];
const RAIN = [40, 0, 20, 60, 90, 150, 300, 220, 110, 70, 30, 10];
const DAYS = stepsOf(2021).map(({ days }) => days);

function months(rh: object): number[] {
  const input = {
    temperature: Float64Array.from(TEMPS),
    precipitation: Float64Array.from(RAIN),
    vegtype: Uint8Array.of(typeIndex('grass')),
  };
  return [...run(soilRh, shapeOf(1), input, soilRh.params.parse({ rh })).rh!];
}

function expectMonths(actual: readonly number[], wanted: (month: number) => number): void {
  actual.forEach((rh, m) => {
    expect(Math.abs(rh - wanted(m))).toBeLessThanOrEqual(1e-11 * Math.abs(wanted(m)));
  });
}

describe('Heterotrophic respiration', () => {
  it('has months of 30 days as published, or of their true length', () => {
    expectMonths(months({}), (m) => peiRespiration(TEMPS[m]!, RAIN[m]!));
    expectMonths(months({ days: 'actual' }), (m) => peiRespiration(TEMPS[m]!, RAIN[m]!, 0.0912, DAYS[m]!));
  });

  it('takes another exponent', () => {
    expectMonths(months({ a: 0.0913 }), (m) => peiRespiration(TEMPS[m]!, RAIN[m]!, 0.0913));
  });

  it('reads rain as a mean day where a replication asks for it', () => {
    expectMonths(months({ precipUnit: 'mm_per_day' }), (m) => peiRespiration(TEMPS[m]!, RAIN[m]! / DAYS[m]!));
  });

  it('goes on in frost, unless a cutoff stops it there and below', () => {
    expect(months({}).every((rh) => rh > 0)).toBe(true);
    const cut = months({ frozenCutoffC: 0 });
    expect(cut.map((rh) => rh === 0)).toEqual(TEMPS.map((temp) => temp <= 0));
  });

  it('shares out the soil respiration of Raich by its year', () => {
    const soil = TEMPS.map((temp, m) => raichSoilRespiration(temp, RAIN[m]! / 10) * DAYS[m]!);
    const annual = sum(soil);
    for (const [share, wanted] of [
      ['bond_lamberty_2004', bondLamberty2004(annual) / annual],
      ['bond_lamberty_2010', bondLamberty2010(annual) / annual],
      ['subke_2006', subkeShare(annual)],
    ] as const)
      expectMonths(months({ formula: 'raich2002', share }), (m) => soil[m]! * wanted);
  });

  it('follows temperature alone by Q10 or Lloyd & Taylor', () => {
    expectMonths(
      months({ formula: 'q10', rate: 2, q10: 1.5, referenceC: 15 }),
      (m) => q10Respiration(TEMPS[m]!, 2, 1.5, 15) * DAYS[m]!,
    );
    expectMonths(
      months({ formula: 'lloyd_taylor', rate: 2 }),
      (m) => 2 * lloydTaylorFactor(TEMPS[m]!) * DAYS[m]!,
    );
    expect(lloydTaylorFactor(10)).toBeCloseTo(1, 4);
  });
});
