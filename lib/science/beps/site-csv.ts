/** A site run as CSV: one row a day, units in the heads, empty cells where there is no value. */
import { SITE_SERIES, type SiteResult, type SiteSeries } from './site.ts';
import { STATE_LENGTH, STATE_NAMES } from './state.ts';

/** Heads of the daily series. */
export const SITE_HEADS: Readonly<Record<SiteSeries, string>> = Object.freeze({
  gpp: 'gpp_gC_m2_d',
  ar: 'ar_gC_m2_d',
  npp: 'npp_gC_m2_d',
  hr: 'hr_gC_m2_d',
  nep: 'nep_gC_m2_d',
  et: 'et_mm_d',
  waterScalar: 'water_scalar',
});

/** Digits that are kept: more than forcing knows. */
const DIGITS = 7;

const cell = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(DIGITS))) : '';

/** Unit of a number of the state, for its head. */
function stateHead(name: string): string {
  if (name.startsWith('theta')) return `${name}_m3_m3`;
  if (name === 'snow') return 'snow_m';
  return `${name}_${name.endsWith('N') ? 'gN' : 'gC'}_m2`;
}

/**
 * Daily results as CSV text; 29 February has no row.
 *
 * @param pools whether water, carbon and nitrogen at the end of each day are columns too
 */
export function siteCsv(result: SiteResult, pools = false): string {
  const heads = ['date', ...SITE_SERIES.map((name) => SITE_HEADS[name]), 'flag'];
  if (pools) heads.push(...STATE_NAMES.map(stateHead));
  const rows = result.dates.map((date, t) => {
    const cells = [date, ...SITE_SERIES.map((name) => cell(result[name][t]!)), String(result.flag[t])];
    if (pools)
      cells.push(...Array.from(result.states.subarray(t * STATE_LENGTH, (t + 1) * STATE_LENGTH), cell));
    return cells.join(',');
  });
  return `${[heads.join(','), ...rows].join('\n')}\n`;
}
