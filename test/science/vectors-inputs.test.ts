import { describe, expect, it } from 'vitest';
import { bilinear } from '../../lib/grid/bilinear.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import { transformer } from '../../lib/grid/projection.ts';
import { composeMonths } from '../../lib/science/casa/composite.ts';
import {
  lastDayOf,
  monthOfComposite,
  monthOfDay,
  overlapDays,
} from '../../lib/science/casa/composite-calendar.ts';
import { simpleRatio } from '../../lib/science/casa/fpar.ts';
import { NDVI_BINS, ndviBin, ndviQuantile } from '../../lib/science/casa/quantile.ts';
import { conversion, convert } from '../../lib/science/units.ts';
import { Candidates, mix64, sampleKey } from '../../lib/science/validation/sample.ts';
import { expectTree, haveVectors, leftOver, OWNED, series, vector, vectorIds } from './vectors.ts';
import { stepsOf } from './year.ts';

const YEAR = 2021;

/** Era5-Land monthly means to model units, as the door does it: convert, turn the sign, clamp. */
function fromEra5(stored: Record<string, number>, days: number) {
  const door = (name: string, unit: string, wanted: Parameters<typeof conversion>[2], sign = 1) =>
    convert(sign * stored[name]!, conversion(name, unit, wanted, 'per_day'), days);
  const above0 = (value: number) => (value < 0 ? 0 : value);
  return {
    SOL_MJ_m2_month: above0(door('ssrd_J_m2_day', 'J m-2', 'MJ m-2 month-1')),
    T_degC: door('t2m_K', 'K', 'degC'),
    E_mm_month: above0(door('e_m_day', 'm', 'mm month-1', -1)),
    EP_mm_month: above0(door('pev_m_day', 'm', 'mm month-1', -1)),
    P_mm_month: above0(door('tp_m_day', 'm', 'mm month-1')),
  };
}

describe.skipIf(!haveVectors)(
  'How inputs become monthly fields, and places become samples: the vectors of spec casa.md (../shared present)',
  () => {
    it('converts ERA5-Land monthly means (V01)', () => {
      const { inputs, check } = vector('V01');
      check(fromEra5(inputs, 31));
    });

    it('clamps condensation and packing noise, and keeps what is missing (V02)', () => {
      const { inputs, check } = vector('V02');
      const missing = Object.fromEntries(Object.keys(inputs).map((name) => [name, Number.NaN]));
      check({
        feb2021: { N: stepsOf(2021)[1]!.days, ...fromEra5(inputs, 28) },
        feb2024_leap: { N: stepsOf(2024)[1]!.days, ...fromEra5(inputs, 29) },
        all_missing: { N: 28, ...fromEra5(missing, 28) },
      });
    });

    it('finds places on the MODIS sinusoidal grid (V19)', () => {
      const { inputs, intermediates, check } = vector('V19');
      const project = transformer(crsByName('EPSG:4326'), crsByName('MODIS sinusoidal'));
      const { R, tile_size_m: tile, pixel_250_m: pixel } = intermediates;
      expectTree(
        'V19',
        {
          tile_size_m: (2 * Math.PI * R) / 36,
          pixel_250_m: tile / 4800,
          pixel_area_250_m2: (tile / 4800) ** 2,
        },
        intermediates,
      );
      for (const [name, { lon, lat }] of Object.entries<{ lon: number; lat: number }>(inputs)) {
        const [x, y] = project(lon, lat);
        const fromWest = x + Math.PI * R;
        const fromNorth = (Math.PI * R) / 2 - y;
        const [h, v] = [Math.floor(fromWest / tile), Math.floor(fromNorth / tile)];
        const row = Math.floor((fromNorth - v * tile) / pixel);
        const col = Math.floor((fromWest - h * tile) / pixel);
        check({ [name]: { x, y, h, v, row, col } });
      }
    });

    it('composes October from 16-day composites (V20)', () => {
      const { inputs, intermediates, check } = vector('V20');
      const doys = Object.keys(intermediates.calendar_2021).map(Number);
      const calendar = Object.fromEntries(
        doys.map((doy) => {
          const months = Array.from(
            { length: 12 },
            (_, month) => [month + 1, overlapDays(YEAR, doy, 16, month)] as const,
          );
          return [
            doy,
            {
              end: lastDayOf(YEAR, doy, 16),
              start_month: monthOfDay(YEAR, doy) + 1,
              midpoint_month: monthOfComposite(YEAR, doy, 16) + 1,
              overlap: Object.fromEntries(months.filter(([, days]) => days > 0)),
            },
          ];
        }),
      );
      expect(calendar).toEqual(intermediates.calendar_2021);
      const startDoy = Object.keys(inputs.composites).map(Number);
      const raw = Object.values<{ raw: number; reliability: number }>(inputs.composites);
      const stack = {
        year: YEAR,
        period: 16,
        startDoy,
        values: Float64Array.from(raw, (c) => (c.raw === -3000 ? Number.NaN : c.raw * 1e-4)),
        reliability: raw.map((c) => c.reliability),
      };
      const october = (method: 'mvc' | 'weighted') => {
        const months = new Float64Array(12);
        composeMonths(stack, 1, { method, qa: 'lenient' }, months, new Uint8Array(12));
        return months[9]!;
      };
      check({
        MVC_midpoint: october('mvc'),
        day_weighted: october('weighted'),
        weight_sum: 0.5 * overlapDays(YEAR, 273, 16, 9) + overlapDays(YEAR, 289, 16, 9),
      });
    });

    it('takes percentiles of type 7 (V21)', () => {
      const { inputs, check } = vector('V21');
      const histogram = new Float64Array(NDVI_BINS);
      for (const value of series(inputs.values)) {
        const bin = ndviBin(value);
        if (bin >= 0) histogram[bin]! += 1;
      }
      const [p5, p50, p95] = [0.05, 0.5, 0.95].map((p) => ndviQuantile(histogram, p));
      check({ p5, p50, p95, SRmin: simpleRatio(p5!), SRmax: simpleRatio(p95!) });
    });

    it('samples by SplitMix64 (V22)', () => {
      const { inputs, intermediates, check } = vector('V22');
      const hex = (value: bigint) => `0x${value.toString(16)}`;
      expect(hex(mix64(0n))).toBe(intermediates.mix64_of_0);
      for (const index of inputs.candidate_row_major_indices)
        expect(hex(sampleKey(inputs.seed, index))).toBe(intermediates.keys[index]);
      const indices: number[] = inputs.candidate_row_major_indices;
      const drawn = [...new Candidates(indices).sample(inputs.seed, inputs.n)].map((at) => indices[at]!);
      check({ sample_in_key_order: drawn, sample_sorted: drawn.toSorted((a, b) => a - b) });
    });

    it('interpolates beside the sea from the corners on land (V23)', () => {
      const { check } = vector('V23');
      const sea = Number.NaN; // the file does not name its corners; 20, 21, 22 and 23 give its numbers
      check({
        all_valid: bilinear(20, 21, 22, 23, 0.25, 0.75),
        two_sea: bilinear(20, sea, 22, sea, 0.25, 0.75),
        mostly_sea: bilinear(20, sea, sea, sea, 0.75, 0.75),
      });
    });

    it('has an owner for each of the 25 vectors', () => {
      expect(Object.values(OWNED).flat().sort()).toEqual(vectorIds());
    });

    it('leaves no output of these vectors unchecked', () => {
      expect(leftOver(OWNED.inputs)).toEqual([]);
    });
  },
);
