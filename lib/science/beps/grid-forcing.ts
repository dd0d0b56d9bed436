/** A strip's inputs as the forcing of a block: `[day][cell]`. */
import { type Inputs, MODEL_YEAR_DAYS } from '../model.ts';
import { relativeHumidity, saturationKPa } from '../sun.ts';
import type { BlockForcing } from './forcing.ts';
import type { GridParams } from './grid-params.ts';
import { leafAreaOfFapar } from './lai.ts';

type Field = Float64Array;

/** fAPAR of NDVI. @see Myneni & Williams 1994, doi 10.1016/0034-4257(94)90016-7 */
const faparOfNdvi = (ndvi: number): number => Math.max(0, 1.164 * ndvi - 0.143);

/**
 * @param co2Ppm by day
 * @param extraDeposition `[day][cell]`, gN m-2 yr-1
 */
export function forcingOf(
  days: number,
  cells: number,
  input: Inputs,
  params: GridParams,
  co2Ppm: Float64Array,
  extraDeposition: Float64Array = new Float64Array(days * cells),
): BlockForcing {
  const field = (name: string) => input[name] as Field;
  return {
    days,
    columns: cells,
    tempMinC: field('tempMin'),
    tempMaxC: field('tempMax'),
    shortwaveMJ: field('shortwave'),
    humidity: humidityOf(input, params),
    rainMm: field('precipitation'),
    lai: leafArea(input, params),
    extraDeposition,
    doy: Uint16Array.from({ length: days }, (_, d) => (d % MODEL_YEAR_DAYS) + 1),
    co2Ppm,
  };
}

function humidityOf(input: Inputs, { forcing: { humidity } }: GridParams): Field {
  const field = (name: string) => input[name] as Field;
  if (humidity === 'relative') return field('relativeHumidity');
  const [low, high] = [field('tempMin'), field('tempMax')];
  const mean = (i: number) => 0.5 * (low[i]! + high[i]!);
  if (humidity === 'specific') {
    const [specific, pressure] = [field('specificHumidity'), field('pressure')];
    return specific.map((q, i) => relativeHumidity(q, mean(i), pressure[i]!));
  }
  const dewpoint = humidity === 'dewpoint' ? field('dewpoint') : low;
  return dewpoint.map((tempC, i) => Math.min(1, saturationKPa(tempC) / saturationKPa(mean(i))));
}

function leafArea(input: Inputs, { forcing: { leafArea: from } }: GridParams): Field {
  const field = input[from] as Field;
  if (from === 'lai') return field;
  return field.map((value) => leafAreaOfFapar(from === 'ndvi' ? faparOfNdvi(value) : value));
}

/**
 * What falls beyond the reference year's, `[day][cell]`; nothing where no deposition is given.
 *
 * @param deposition `[year][cell]`
 * @param reference by cell
 */
export function extraDepositionOf(
  days: number,
  cells: number,
  deposition: Float64Array | undefined,
  reference: Float64Array,
): Float64Array {
  const extra = new Float64Array(days * cells);
  if (!deposition) return extra;
  for (let d = 0; d < days; d++) {
    const year = Math.floor(d / MODEL_YEAR_DAYS);
    for (let cell = 0; cell < cells; cell++)
      extra[d * cells + cell] = Math.max(0, deposition[year * cells + cell]! - reference[cell]!);
  }
  return extra;
}

/** Whether nothing is known of a cell's leaves on any day, which is more than a gap: beyond a map's edge, say. */
export function isLeafless({ lai, columns }: BlockForcing, { forcing }: GridParams, cell: number): boolean {
  if (forcing.leafless === 'bare') return false;
  for (let at = cell; at < lai.length; at += columns) if (!Number.isNaN(lai[at]!)) return false;
  return true;
}

/** Mean air temperature of many years: given, or that of the forcing. */
export function meanTemperature(
  input: Inputs,
  { days, columns, tempMinC, tempMaxC }: BlockForcing,
  cell: number,
): number {
  const given = (input.meanTemperature as Field | undefined)?.[cell] ?? Number.NaN;
  if (!Number.isNaN(given)) return given;
  let sum = 0;
  for (let at = cell; at < days * columns; at += columns) sum += 0.5 * (tempMinC[at]! + tempMaxC[at]!);
  return sum / days;
}
