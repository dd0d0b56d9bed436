import { apply } from '../grid/affine.ts';
import { crsFromEpsg } from '../grid/crs.ts';
import { transformer } from '../grid/projection.ts';
import { colsOf } from '../grid/region.ts';
import { isLeapYear } from '../grid/time.ts';
import { centresInZones } from '../grid/zone.ts';
import type { InputVariable } from '../science/model.ts';
import { isClassInput } from './binding-classes.ts';
import type { TableValues } from './binding-days.ts';
import { valuesIn } from './compute.ts';
import type { DoorContext, DoorInput } from './door.ts';
import { daysIn } from './product.ts';
import { zonesOf } from './zones.ts';

const NOTHING = { outOfRange: 0, clamped: 0 } as const;

/** The same value in every cell and step; a class makes up the whole of every cell. */
export function constantDoor(
  { region, window }: DoorContext,
  variable: InputVariable,
  value: number,
): DoorInput {
  const cellsOf = (y0: number, y1: number) => (variable.dims === 'd' ? 1 : (y1 - y0) * colsOf(region));
  const values = variable.dims === 'd' ? daysIn(window) : valuesIn(variable, window);
  const make = (cells: number): Float64Array | Uint8Array => {
    if (variable.resampling === 'fractions')
      return new Float64Array(values * cells).fill(1, value * cells, (value + 1) * cells);
    if (isClassInput(variable)) return new Uint8Array(cells).fill(value);
    return new Float64Array(values * cells).fill(value);
  };
  return { strip: (y0, y1) => make(cellsOf(y0, y1)), counts: () => NOTHING };
}

/** A series of the whole region: a value a day, from one a month; the same in every cell where the model reads cells. */
export function tableDoor(
  { region, window }: DoorContext,
  { dims }: InputVariable,
  { windows }: TableValues,
): DoorInput {
  const monthly = windows[window.t]!;
  const days = Float64Array.from(
    window.steps.flatMap(({ year, month }, i) => {
      const isLeapMonth = month === 2 && isLeapYear(year);
      return new Array<number>(window.steps[i]!.days - (isLeapMonth ? 1 : 0)).fill(monthly[i]!);
    }),
  );
  const spread = (cells: number): Float64Array => {
    const strip = new Float64Array(days.length * cells);
    days.forEach((value, d) => {
      strip.fill(value, d * cells, (d + 1) * cells);
    });
    return strip;
  };
  return {
    strip: (y0, y1) => (dims === 'd' ? days : spread((y1 - y0) * colsOf(region))),
    counts: () => NOTHING,
  };
}

/** Latitude of each cell's centre, degrees north. */
export function latitudeDoor({ product, region }: DoorContext): DoorInput {
  const { crs, transform } = product.grid;
  const toDegrees = transformer(crs, crsFromEpsg(4326));
  return {
    strip(y0, y1) {
      const width = colsOf(region);
      return Float64Array.from({ length: (y1 - y0) * width }, (_, i) => {
        const col = region.x0 + (i % width) + 0.5;
        const row = region.y0 + y0 + Math.floor(i / width) + 0.5;
        return toDegrees(...apply(transform, col, row))[1];
      });
    },
    counts: () => NOTHING,
  };
}

/** 1 where a cell's centre lies in one of the zones, else 0: the population of the NDVI percentiles. */
export function studyDoor({ product, region }: DoorContext, geojson: string): DoorInput {
  const width = colsOf(region);
  const inside = centresInZones(zonesOf(product, geojson), region);
  return { strip: (y0, y1) => inside.subarray(y0 * width, y1 * width), counts: () => NOTHING };
}
