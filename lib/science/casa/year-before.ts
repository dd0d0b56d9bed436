/** The wetness that the first January of a product goes on from (spec casa.md 2.5, option `water.yearBefore`). */
import { temperatureInputs } from '../air-temperature.ts';
import type { SpinUp } from '../model.ts';
import { waterInputs } from './inputs.ts';
import type { CasaParams } from './params.ts';
import { wetnessRows } from './wetness-rows.ts';

/**
 * W of the year before the first, month by month by the same rules, so that its December is the month before the first
 * January. Nothing else of that year is read.
 */
export const casaYearBefore: SpinUp<CasaParams> = {
  title: 'the wetness that its December leaves',
  years: ({ water: { yearBefore } }, [first]) => (yearBefore ? [first - 1, first - 1] : undefined),
  inputs: (params) => Object.keys({ ...temperatureInputs(params), ...waterInputs(params) }),
  *compute(shape, input, params, state) {
    state.wetness!.fill(Number.NaN);
    const rows = wetnessRows(shape, input, params, state);
    for (let t = 0; t < shape.steps.length; t++) rows(t);
    yield { cells: shape.cells, counts: {} };
  },
};
