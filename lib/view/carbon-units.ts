/** A mass per area, with or without a period: what has a total over a zone. */
export const isCarbonFlux = (units: string): boolean => /^k?g m-2( |$)/.test(units);

/** Whether the sum of a variable over a zone is carbon of that zone. */
export const hasTotal = ({ units, noTotal }: { readonly units: string; readonly noTotal?: true }): boolean =>
  !noTotal && isCarbonFlux(units);

/** A mass of carbon per anything, in the units that models declare. */
const isCarbon = (units: string): boolean => isCarbonFlux(units) || units === 'g MJ-1';

/** Grams in one unit of mass of a flux. */
export const gramsPer = (units: string): number => (units.startsWith('kg') ? 1000 : 1);

/** Units of the sum of `count` steps of a flux: twelve months are a year, other counts keep no period. */
export function unitsAfterSum(units: string, count: number): string {
  if (count === 1) return units;
  const match = /^(k?g m-2) (month|year|day)-1$/.exec(units);
  if (!match) return units;
  return match[2] === 'month' && count === 12 ? `${match[1]} year-1` : match[1]!;
}

/** Same units as a column name carries them: `gC_m2_yr`. */
export function unitsInName(units: string): string {
  return units
    .replace(/^(k?g) m-2/, '$1C m2')
    .replace('month-1', 'month')
    .replace('year-1', 'yr')
    .replaceAll(/[^A-Za-z0-9]+/g, '_');
}

/** Same units in plain characters, with the carbon said: `gC m-2 yr-1`. */
export const unitsInText = (units: string): string =>
  isCarbonFlux(units) ? units.replace(/^(k?g) /, '$1C ').replace('year-1', 'yr-1') : units;

const SUPERSCRIPT: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
};

/** Same units as people write them in a picture; carbon is said where the variable is a carbon flux. */
export function unitsInPicture(units: string, carbon = isCarbon(units)): string {
  if (units === '1' || units === '') return '';
  if (units === 'degC') return '°C';
  return units
    .replace(/^(k?g)\b/, carbon ? '$1 C' : '$1')
    .replace('year-1', 'yr-1')
    .replaceAll(/(?<=[A-Za-z])-?\d/g, (power) => [...power].map((c) => SUPERSCRIPT[c] ?? c).join(''));
}

/** The title of a variable without what a picture says elsewhere: its carbon is in the unit, its sign in the legend. */
export function titleInPicture(title: string, units: string): string {
  const clause = title.split(';')[0]!.trim();
  return isCarbon(units) ? clause.replace(/, carbon$/, '') : clause;
}
