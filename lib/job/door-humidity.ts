import { sameCrs } from '../grid/crs.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { saturationKPa } from '../science/sun.ts';
import type { Binding } from './binding.ts';
import type { DoorContext, DoorInput } from './door.ts';
import type { PixelWindow } from './footprint.ts';

/** Days of an input on the pixels that were read of it. */
export interface DaysRead {
  readonly grid: GeoGrid;
  readonly read: PixelWindow;
  readonly fields: readonly Float64Array[];
}

/**
 * Relative humidity goes to the product's pixels as vapour pressure, and becomes a share again of what the air there can
 * hold: where the temperatures that say so come on the same pixels (spec beps.md 1.2). Elsewhere it goes as it is.
 *
 * @param days of the humidity, written: kPa when there is an answer
 * @returns makes humidity of the vapour pressure that the input gives
 */
export function asVapour(
  { daysRead }: DoorContext,
  { variable: { ofSaturation } }: Pick<Binding, 'variable'>,
  days: DaysRead,
): ((vapour: DoorInput, inputs: Readonly<Record<string, DoorInput>>) => DoorInput) | undefined {
  const [low, high] = (ofSaturation ?? []).map((name) => daysRead.get(name));
  if (!ofSaturation || !low || !high || !isSame(low, days) || !isSame(high, days)) return undefined;
  const isBeyond = days.fields.map((field, d) => {
    const [min, max] = [low.fields[d]!, high.fields[d]!];
    const beyond = field.some((share) => share > 1);
    for (let i = 0; i < field.length; i++) field[i]! *= saturationKPa(0.5 * (min[i]! + max[i]!));
    return beyond;
  });
  return (vapour, inputs) => ({
    ...vapour,
    strip(y0, y1, room) {
      const values = vapour.strip(y0, y1, room) as Float64Array;
      const [min, max] = ofSaturation.map((name) => inputs[name]!.strip(y0, y1));
      const cells = values.length / isBeyond.length;
      for (let q = 0; q < values.length; q++) {
        const share = values[q]! / saturationKPa(0.5 * (min![q]! + max![q]!));
        // between saturated places of two temperatures there is fog; over 100 % is what was given so
        values[q] = share > 1 && !isBeyond[Math.floor(q / cells)] ? 1 : share;
      }
      return values;
    },
  });
}

const isSame = (a: DaysRead, b: DaysRead): boolean =>
  sameCrs(a.grid.crs, b.grid.crs) &&
  JSON.stringify([a.grid.transform, a.read]) === JSON.stringify([b.grid.transform, b.read]);
