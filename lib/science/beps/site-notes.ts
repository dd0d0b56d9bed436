/** What a site run assumed and what was wrong with its table, in sentences for people. */
import { type Forcing, type Repairs, RULES } from './forcing.ts';
import type { SiteRequest } from './site.ts';
import type { SiteDays } from './site-days.ts';
import type { Place, Tile } from './tile.ts';

/** What was assumed, for what neither table nor caller say. */
export function assumptions(
  { clumping, meanTempC, columns, lai }: Pick<SiteRequest, 'clumping' | 'meanTempC' | 'columns' | 'lai'>,
  days: SiteDays,
  place: Place,
  tile: Tile | undefined,
): string[] {
  const notes: string[] = [];
  if (meanTempC === undefined)
    notes.push(`Mean temperature is the table's own, ${place.meanTempC.toFixed(1)} degC.`);
  if (tile?.usualSoil) notes.push('No soil texture was given: 30 % clay, 30 % silt.');
  if (tile && clumping === undefined) notes.push(`Clumping is the type's, ${tile.clumping}.`);
  if (!days.hasRain) notes.push('The table has no rain: the soil is held at field capacity.');
  if (!lai && !columns?.lai) notes.push('Leaf area is from fAPAR by Beer’s law, −ln(1 − fAPAR)/0.5.');
  if (days.leapDays > 0) notes.push(`29 February is left out (${days.leapDays}).`);
  return notes;
}

const days = (n: number): string => `${n} ${n === 1 ? 'day' : 'days'}`;

/** What was done to the weather of how many days, and how often NPP/GPP was held. */
export function repairNotes(repairs: Repairs, { forcing, absent }: SiteDays): string[] {
  const notes: string[] = [];
  if (repairs.gaps > 0) {
    const missing = missingOf(forcing, absent);
    notes.push(`${days(repairs.gaps)} of ${repairs.days} have no flux, for want of ${missing}.`);
  }
  if (repairs.clipped > 0)
    notes.push(`${days(repairs.clipped)} had a value set to the end of the model's range.`);
  if (repairs.swapped > 0)
    notes.push(`${days(repairs.swapped)} had their minimum and maximum temperature exchanged.`);
  if (repairs.noLai > 0) notes.push(`${days(repairs.noLai)} had no leaf area: 0.01 was taken.`);
  if (repairs.clamped > 0) {
    const share = (100 * repairs.clamped) / (repairs.days - repairs.gaps);
    notes.push(`NPP/GPP was held at its bounds on ${share.toFixed(0)} % of the days.`);
  }
  return notes;
}

/** `rows (3), humidity (12)`. */
function missingOf(forcing: Forcing, absent: number): string {
  const parts = [
    ['rows', 0],
    ['temperature', count(forcing.tempMinC, RULES.tempMinC.believable, forcing.tempMaxC)],
    ['light', count(forcing.shortwaveMJ, RULES.shortwaveMJ.believable)],
    ['humidity', count(forcing.humidity, RULES.humidity.believable)],
    ['rain', count(forcing.rainMm, RULES.rainMm.believable)],
    ['CO2', count(forcing.co2Ppm, [Number.MIN_VALUE, Number.POSITIVE_INFINITY])],
  ].map(([name, n]) => [name, name === 'rows' ? absent : Number(n) - absent] as const);
  return parts
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${name} (${n})`)
    .join(', ');
}

function count(series: Float64Array, [low, high]: readonly [number, number], other = series): number {
  const missing = (value: number) => !(value >= low && value <= high);
  let n = 0;
  for (let t = 0; t < series.length; t++) if (missing(series[t]!) || missing(other[t]!)) n++;
  return n;
}
