import { UnitMismatch } from '../errors.ts';
import type { LayerFacts } from '../raster/layer.ts';
import { type InputVariable, MODEL_YEAR_DAYS } from '../science/model.ts';
import type { Tally } from './convert.ts';

/** Single numbers may be wrong; when so many are, it is what the spec says of them. */
const MOST_OUT_OF_RANGE = 0.5;
/** Dew and frost go the other way too, but not in nearly all months of a year. */
const MOST_REVERSED = 0.9;
/** Fewer values prove nothing. */
const FEWEST_VALUES = 12;
const MONTHS = 12;

interface Judged {
  readonly name: string;
  readonly variable: InputVariable;
  readonly facts: LayerFacts;
}

/**
 * Refuses an input most of whose numbers no unit of the model can have: a scale or a unit is wrong or not said.
 * @param values how many were looked at
 * @throws UnitMismatch
 */
export function checkRange(input: Judged, { outOfRange }: Pick<Tally, 'outOfRange'>, values: number): void {
  if (values < FEWEST_VALUES || outOfRange <= MOST_OUT_OF_RANGE * values) return;
  const [low, high] = input.variable.range;
  const share = Math.round((100 * outOfRange) / values);
  throw mismatch(input, `${share} % of its values would lie outside ${low}..${high}.`);
}

/** Refuses a flux that goes the other way nearly everywhere and always: its direction is said wrongly. */
function checkDirection(input: Judged, { clamped }: Pick<Tally, 'clamped'>, values: number): void {
  if (!input.variable.positive || values < FEWEST_VALUES || clamped <= MOST_REVERSED * values) return;
  const share = Math.round((100 * clamped) / values);
  throw mismatch(input, `${share} % of its values would go ${other(input.variable.positive)}.`, 'positive');
}

const other = (direction: 'up' | 'down'): string => (direction === 'up' ? 'down' : 'up');

/**
 * Refuses a year whose mean no place on Earth has: mean and sum, day and month were mistaken for each other; and one that
 * nearly always goes the other way.
 * @param fields of the months of a year, or of the days of whole years, in the units of the model
 * @throws UnitMismatch
 */
export function checkYear(input: Judged, fields: readonly Float64Array[], tally: Tally): void {
  let values = 0;
  let sum = 0;
  for (const field of fields) {
    for (const value of field) {
      if (Number.isNaN(value)) continue;
      values++;
      sum += value;
    }
  }
  checkRange(input, tally, values + tally.outOfRange);
  checkDirection(input, tally, values);
  const [low, high] = input.variable.yearMean ?? [-Infinity, Infinity];
  const mean = sum / values;
  const whole = fields.length === MONTHS || fields.length % MODEL_YEAR_DAYS === 0;
  if (values < FEWEST_VALUES || !whole || (mean >= low && mean <= high)) return;
  throw mismatch(
    input,
    `The mean of the year would be ${mean.toPrecision(3)}; on Earth it is ${low} to ${high}.`,
  );
}

function mismatch(
  { name, variable, facts }: Judged,
  problem: string,
  remedy = 'accumulation, units or scale',
): UnitMismatch {
  return new UnitMismatch(
    facts.title,
    facts.units ?? '?',
    variable.units,
    `${problem} Mend ${remedy} of spec.sources.${name}.`,
  );
}
