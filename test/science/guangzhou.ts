import { series, vector } from './vectors.ts';
import { stepsOf } from './year.ts';

/** The synthetic year of V11, in model units. */
export function guangzhou() {
  const { inputs } = vector('V11');
  const days = stepsOf(2021).map((step) => step.days);
  const monthly = (values: number[], factor: number) =>
    Float64Array.from(values, (v, i) => v * factor * days[i]!);
  return {
    temperature: series(inputs.t2m_degC),
    precipitation: monthly(inputs.tp_m_day, 1000),
    solar: monthly(inputs.ssrd_J_m2_day, 1e-6),
    evaporation: monthly(inputs.e_m_day, -1000),
    potentialEvaporation: monthly(inputs.pev_m_day, -1000),
    ndvi: series(inputs.NDVI),
    vegtype: Uint8Array.of(3),
  };
}
