import { findColumns } from '../../../lib/science/beps/site-columns.ts';
import { daysOfTable } from '../../../lib/science/beps/site-days.ts';
import { parseTime, readSiteTable } from '../../../lib/science/beps/site-table.ts';

/** Hourly weather of some days as CSV; the sun stands highest at hour `noon` of the table's clock. */
export function hourly(
  first: string,
  days: number,
  noon = 12,
  change: (row: number) => Record<string, number | string> = () => ({}),
) {
  const start = parseTime(first, 'test');
  const lines = ['time,temp_degC,shortwave_W_m2,rh_pct,rain_mm_d,lai,co2_ppm'];
  for (let row = 0; row < 24 * days; row++) {
    const stamp = new Date((start + row / 24) * 86_400_000).toISOString().slice(0, 16);
    const height = Math.cos((2 * Math.PI * ((row % 24) - noon)) / 24);
    const cells = {
      time: stamp,
      temp: 15 + 5 * height,
      light: Math.max(0, 700 * height),
      rh: 60,
      rain: 2,
      lai: 3,
      co2: 390,
    };
    lines.push(Object.values({ ...cells, ...change(row) }).join(','));
  }
  return readSiteTable(lines.join('\n'), 'made.csv');
}

export const request = { pft: 'DBF', latDeg: 50, meanTempC: 10, spinUp: false };

export const daysOf = (table: ReturnType<typeof hourly>, options = {}) =>
  daysOfTable(table, findColumns(table.heads), options);
