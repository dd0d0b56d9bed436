import { efficiencies } from '../../lib/science/casa/efficiency.ts';
import { absorbedPar, lightUseEfficiency, netPrimaryProduction } from '../../lib/science/casa/equations.ts';
import { fparFromNdvi } from '../../lib/science/casa/fpar.ts';
import { tableLimits } from '../../lib/science/casa/limits.ts';
import { optimumTemperature } from '../../lib/science/casa/stress.ts';
import { wetness } from '../../lib/science/casa/water.ts';
import { VEGETATION_TYPES, type VegetationType } from '../../lib/science/landcover/classes.ts';
import { peiRespiration } from '../../lib/science/respiration/rh.ts';
import {
  type ClimateName,
  DEGREES,
  daysOf,
  FINE,
  NORTH,
  PIXEL,
  type TinyInputs,
  WEST,
} from '../helpers/tiny-inputs.ts';

/** GLC_FCS30 codes of the tiny country. */
const TYPES: Readonly<Record<number, VegetationType>> = {
  10: 'crop',
  51: 'ebf',
  61: 'dbf',
  71: 'enf',
  130: 'grass',
  190: 'urban',
};

export interface PixelYear {
  readonly topt: number;
  /** From 1. */
  readonly toptMonth: number;
  readonly npp: readonly number[];
  readonly rh: readonly number[];
  readonly we: readonly number[];
}

/**
 * One pixel's years, worked out as one would on paper: its files' numbers, one after the other, through the equations
 * of the model. Nothing of chunks, strips, windows or layers.
 */
export function pixelYears(inputs: TinyInputs, row: number, col: number, ofMeanYear = false): PixelYear[] {
  const type = majorityType(inputs, row, col);
  let last = Number.NaN;
  const years = inputs.years.map((year, y) => {
    const ndvi = monthlyNdvi(inputs, year, row * inputs.cols + col);
    return { ndvi, months: ndvi.map((_, m) => weather(inputs, row, col, year, 12 * y + m, m + 1)) };
  });
  return years.map(({ ndvi, months }) => {
    const { topt, toptMonth } = optimumOf(
      ofMeanYear ? years.map((of) => of.ndvi) : [ndvi],
      ofMeanYear ? years.map((of) => of.months) : [months],
    );
    const we = months.map(({ evaporation, potential, tempC }) => {
      last = wetness(evaporation, potential, tempC, last);
      return last;
    });
    const { low, high } = tableLimits(type);
    const lue = efficiencies('zhu', {})[VEGETATION_TYPES.indexOf(type)]!;
    const npp = months.map(({ solar, tempC }, m) =>
      netPrimaryProduction(
        absorbedPar(solar, fparFromNdvi(ndvi[m]!, low, high, 0.5)),
        lightUseEfficiency(tempC, topt, we[m]!, lue),
      ),
    );
    return { topt, toptMonth, npp, rh: months.map(({ tempC, rain }) => peiRespiration(tempC, rain)), we };
  });
}

/** Temperature and number of the month that is greenest, on average over some years. */
function optimumOf(ndvi: readonly (readonly number[])[], years: readonly (readonly { tempC: number }[])[]) {
  const mean = (values: readonly number[]) => {
    const valid = values.filter((v) => !Number.isNaN(v));
    return valid.length > 0 ? valid.reduce((a, b) => a + b) / valid.length : Number.NaN;
  };
  const green = Array.from({ length: 12 }, (_, m) => mean(ndvi.map((year) => year[m]!)));
  const greenest = green.indexOf(Math.max(...green.filter((v) => !Number.isNaN(v))));
  const tempC = mean(years.map((months) => months[greenest]!.tempC));
  return { topt: optimumTemperature(tempC), toptMonth: greenest + 1 };
}

/** The type that most of the fine pixels in a cell have; of equally many the first of the table. */
export function majorityType({ cols, classes }: TinyInputs, row: number, col: number): VegetationType {
  const counts = new Map<VegetationType, number>();
  for (let y = 0; y < FINE; y++) {
    for (let x = 0; x < FINE; x++) {
      const type = TYPES[classes[(row * FINE + y) * cols * FINE + col * FINE + x]!];
      if (type) counts.set(type, (counts.get(type) ?? 0) + 1);
    }
  }
  const most = Math.max(...counts.values());
  return VEGETATION_TYPES.find((type) => counts.get(type) === most)!;
}

/** Best of the month's composites of quality 0 and 1, else of 2 and 3; gaps of one or two months by a straight line. */
export function monthlyNdvi({ composites }: TinyInputs, year: number, cell: number): number[] {
  const months = Array.from({ length: 12 }, (_, m) => {
    const own = composites.filter((c) => c.year === year && c.month === m + 1 && c.ndvi[cell] !== -3000);
    const good = own.filter(({ reliability }) => reliability[cell]! <= 1);
    const used = (good.length > 0 ? good : own).map(({ ndvi }) => ndvi[cell]! * 0.0001);
    return used.length > 0 ? Math.max(...used) : Number.NaN;
  });
  return months.map((value, m) => {
    if (!Number.isNaN(value)) return value;
    const before = months.findLastIndex((v, i) => i < m && !Number.isNaN(v));
    const after = months.findIndex((v, i) => i > m && !Number.isNaN(v));
    if (before < 0 || after < 0 || after - before > 3) return Number.NaN;
    return months[before]! + ((m - before) / (after - before)) * (months[after]! - months[before]!);
  });
}

/** The month's weather at a pixel's centre, in the units of the model. */
function weather(inputs: TinyInputs, row: number, col: number, year: number, step: number, month: number) {
  const days = daysOf(year, month);
  const at = (name: ClimateName) => interpolate(inputs, name, step, row, col);
  return {
    tempC: at('t2m') - 273.15,
    solar: at('ssrd') * 1e-6 * days,
    rain: at('tp') * 1000 * days,
    evaporation: -at('e') * 1000 * days,
    potential: -at('pev') * 1000 * days,
  };
}

function interpolate(
  { climate }: TinyInputs,
  name: ClimateName,
  step: number,
  row: number,
  col: number,
): number {
  const { lat, lon, fields } = climate;
  const y = (lat[0]! - (NORTH - (row + 0.5) * PIXEL)) / DEGREES;
  const x = (WEST + (col + 0.5) * PIXEL - lon[0]!) / DEGREES;
  const [y0, x0] = [Math.floor(y), Math.floor(x)];
  const cell = (j: number, i: number) => fields[name][(step * lat.length + j) * lon.length + i]!;
  const top = (1 - (x - x0)) * cell(y0, x0) + (x - x0) * cell(y0, x0 + 1);
  const bottom = (1 - (x - x0)) * cell(y0 + 1, x0) + (x - x0) * cell(y0 + 1, x0 + 1);
  return (1 - (y - y0)) * top + (y - y0) * bottom;
}
