import { BadRequest } from '../../../lib/errors.ts';
import { drawSeries } from '../../../lib/view/draw-series.ts';
import type { Reduction, ZoneReduction } from '../../../lib/view/reduce.ts';

/**
 * Means of a zone, or of all zones together, through time as PNG.
 * @throws BadRequest when there are fewer than two periods, or no zone of that id
 */
export function seriesChart(reduction: Reduction, title: string, zone?: string): Uint8Array {
  const rows = rowsOf(reduction, zone);
  if (rows.length < 2)
    throw new BadRequest('--chart', 'a line needs two periods: name monthly variables (npp rh nep)');
  const means = (field: string) => {
    const values = rows.map((row) => row.fields[field]?.mean ?? Number.NaN);
    return field in reduction.method.variables ? { [field]: values } : {};
  };
  const [units] = Object.values(reduction.method.variables).map((variable) => variable.units);
  return drawSeries({
    title: rows[0]!.name,
    subtitle: title,
    labels: rows.map(({ period }) => period.label),
    ...means('npp'),
    ...means('rh'),
    ...means('nep'),
    units: units!,
  });
}

function rowsOf({ zones, totals }: Reduction, zone: string | undefined): readonly ZoneReduction[] {
  if (zone === undefined) return totals;
  const rows = zones.filter(({ id, name }) => id === zone || name === zone);
  if (rows.length > 0) return rows;
  const known = [...new Set(zones.map(({ name }) => name))].join(', ');
  throw new BadRequest('--zone', `no zone "${zone}"; there are: ${known}`);
}
