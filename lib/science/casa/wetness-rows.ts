/** Climate to wetness W, row by row. */
import type { CasaDesk } from '../kernels/casa.ts';
import type { Inputs, Shape, State } from '../model.ts';
import type { Rows } from '../rows.ts';
import type { CasaParams } from './params.ts';
import {
  complementaryPotential,
  dayLengthFactor,
  dayLengthHours,
  FROZEN_C,
  type LswiForm,
  lswiWetness,
  monthlyHeat,
  NO_DEMAND_MM,
  netRadiationMm,
  thornthwaiteExponent,
  thornthwaitePet,
  wetness,
  zhouZhangEvaporation,
} from './water.ts';

/** Middle of each month as day of a common year. */
const MID_MONTH = [16, 45, 75, 105, 136, 166, 197, 228, 258, 289, 319, 350] as const;

/** Rows of W by the mode of the product; the wetness of the last known month goes on in `state.wetness`. */
export function wetnessRows(
  shape: Shape,
  input: Inputs,
  params: CasaParams,
  state: State,
  desk?: CasaDesk,
): Rows {
  const { mode, lswiForm } = params.water;
  if (mode === 'one') return always(shape.cells);
  if (mode === 'lswi') return fromLswi(shape, input.lswi as Float64Array, lswiForm);
  const demand = mode === 'era5l' ? asGiven(input) : fromThornthwaite(shape, input, params);
  const tempC = input.temperature as Float64Array;
  if (desk) return fromDemandAtDesk(shape, demand, tempC, state.wetness!, desk);
  return fromDemand(shape, demand, tempC, state.wetness!);
}

function always(cells: number): Rows {
  const row = new Float64Array(cells).fill(1);
  return () => row;
}

/** Actual and potential evaporation, each `[step][cell]`. */
interface Demand {
  readonly evaporation: Float64Array;
  readonly potential: Float64Array;
}

const asGiven = (input: Inputs): Demand => ({
  evaporation: input.evaporation as Float64Array,
  potential: input.potentialEvaporation as Float64Array,
});

/** `last` is the state: the wetness of the last month that had one, brought up to date with the last row. */
function fromDemand({ steps }: Shape, demand: Demand, tempC: Float64Array, last: Float64Array): Rows {
  const row = last.slice();
  return (t) => {
    fillFromDemand(t, demand, tempC, last, row);
    if (t === steps.length - 1) keepKnown(row, last);
    return row;
  };
}

/** A missing month does not wipe what the soil was before. */
function keepKnown(row: Float64Array, last: Float64Array): void {
  for (let i = 0; i < row.length; i++) if (row[i]! > 0) last[i] = row[i]!;
}

/** `wetness`, laid open for its common arm. The row still holds the month before. */
function fillFromDemand(
  t: number,
  { evaporation, potential }: Demand,
  tempC: Float64Array,
  last: Float64Array,
  row: Float64Array,
): void {
  for (let i = 0, q = t * row.length; i < row.length; i++, q++) {
    const e = evaporation[q]!;
    const ep = potential[q]!;
    const temp = tempC[q]!;
    if (temp > FROZEN_C && ep > NO_DEMAND_MM && e >= 0) {
      const w = 0.5 + (0.5 * e) / ep;
      row[i] = w > 1 ? 1 : w;
    } else {
      if (row[i]! > 0) last[i] = row[i]!;
      row[i] = wetness(e, ep, temp, last[i]!);
    }
  }
}

/** `fromDemand` by the kernel. */
function fromDemandAtDesk(
  { steps, cells }: Shape,
  demand: Demand,
  tempC: Float64Array,
  last: Float64Array,
  desk: CasaDesk,
): Rows {
  const addresses = [
    desk.address('evaporation', demand.evaporation),
    desk.address('potentialEvaporation', demand.potential),
    desk.address('temperature', tempC),
  ] as const;
  const known = desk.row('known', cells);
  known.set(last);
  const row = desk.row('wet', cells);
  return (t) => {
    const [e, ep, temp] = addresses.map((address) => address + 8 * t * cells) as [number, number, number];
    desk.run.wetness(cells, e, ep, temp, known.byteOffset, row.byteOffset, FROZEN_C, NO_DEMAND_MM);
    if (t === steps.length - 1) last.set(known);
    return row;
  };
}

function fromLswi({ steps, cells }: Shape, lswi: Float64Array, form: LswiForm): Rows {
  const highest = new Float64Array(cells).fill(-1);
  for (let q = 0; q < steps.length * cells; q++) {
    const value = lswi[q]!;
    if (value > highest[q % cells]!) highest[q % cells] = value;
  }
  const row = new Float64Array(cells);
  return (t) => {
    for (let i = 0, q = t * cells; i < cells; i++, q++) row[i] = lswiWetness(lswi[q]!, highest[i]!, form);
    return row;
  };
}

/** Modes `complementary` (E by Zhou & Zhang) and `hybrid` (E as given): EP = (E + Ep0)/2. */
function fromThornthwaite(shape: Shape, input: Inputs, { water }: CasaParams): Demand {
  const latitude = water.daylength ? (input.latitude as Float64Array) : undefined;
  const pet = thornthwaiteYear(shape, input.temperature as Float64Array, latitude);
  const evaporation =
    water.mode === 'hybrid'
      ? (input.evaporation as Float64Array)
      : zhouZhangYear(pet, input.precipitation as Float64Array);
  return { evaporation, potential: pet.map((mm, q) => complementaryPotential(evaporation[q]!, mm)) };
}

const zhouZhangYear = (pet: Float64Array, rain: Float64Array): Float64Array =>
  pet.map((mm, q) => zhouZhangEvaporation(rain[q]!, netRadiationMm(mm, rain[q]!)));

/** Potential evapotranspiration of a year; all NaN where a month of temperature is missing. */
function thornthwaiteYear(
  { steps, cells }: Shape,
  tempC: Float64Array,
  latitude: Float64Array | undefined,
): Float64Array {
  const pet = new Float64Array(steps.length * cells);
  for (let i = 0; i < cells; i++) {
    let index = 0;
    for (let t = 0; t < steps.length; t++) index += monthlyHeat(tempC[t * cells + i]!);
    const exponent = thornthwaiteExponent(index);
    for (let t = 0; t < steps.length; t++) {
      const { month, days } = steps[t]!;
      const standard = thornthwaitePet(tempC[t * cells + i]!, index, exponent);
      const hours = latitude && dayLengthHours(latitude[i]!, MID_MONTH[month - 1]!);
      pet[t * cells + i] = hours === undefined ? standard : standard * dayLengthFactor(hours, days);
    }
  }
  return pet;
}
