import { carbon, type FieldAnswer, type PeriodAnswer, ratioOf, type ZoneAnswer } from './answer.ts';

/** All zones of a period together, as if they did not overlap. */
export interface TotalsAnswer {
  readonly period: string;
  /** m2 */
  readonly validArea: number;
  readonly variables: Readonly<Record<string, Pick<FieldAnswer, 'mean' | 'total'>>>;
  readonly ratio?: PeriodAnswer['ratio'];
}

/** Zones that cancel out to less than a kilogram have no meaningful shares (spec casa.md 5.2: 1e-6 KtC). */
const NO_SHARE_BELOW_GC = 1e3;

/**
 * Totals of all zones, and of each zone its share in them; shares of a balance can be negative or above 1.
 * @see spec casa.md 5.1
 */
export function withShares(zones: readonly ZoneAnswer[]): { zones: ZoneAnswer[]; totals: TotalsAnswer[] } {
  const periods = new Map<string, PeriodAnswer[]>();
  for (const zone of zones.filter(({ dropped }) => !dropped))
    for (const period of zone.periods) {
      const parts = periods.get(period.period) ?? [];
      periods.set(period.period, parts);
      parts.push(period);
    }
  const totals = new Map([...periods].map(([period, parts]) => [period, together(period, parts)]));
  return { zones: zones.map((zone) => sharing(zone, totals)), totals: [...totals.values()] };
}

function together(period: string, parts: readonly PeriodAnswer[]): TotalsAnswer {
  const valid = parts.filter(({ n }) => n > 0);
  const area = valid.reduce((sum, { validArea }) => sum + validArea, 0);
  const names = Object.keys(parts[0]!.variables);
  const variables = Object.fromEntries(names.map((name) => [name, sumOf(name, valid, area)]));
  const ratio = ratioOf(variables);
  return { period, validArea: area, variables, ...(ratio && { ratio }) };
}

function sumOf(
  name: string,
  parts: readonly PeriodAnswer[],
  area: number,
): Pick<FieldAnswer, 'mean' | 'total'> {
  let [mass, gC] = [0, 0];
  for (const part of parts) {
    const { mean, total } = part.variables[name]!;
    mass += mean * part.validArea;
    gC += total?.gC ?? Number.NaN;
  }
  const mean = mass / area;
  return parts[0]?.variables[name]?.total ? { mean, total: carbon(gC) } : { mean };
}

function sharing(zone: ZoneAnswer, totals: ReadonlyMap<string, TotalsAnswer>): ZoneAnswer {
  if (zone.dropped) return zone;
  const periods = zone.periods.map((period) => {
    const of = totals.get(period.period)!;
    const variables: Record<string, FieldAnswer> = {};
    for (const name in period.variables) {
      const field = period.variables[name]!;
      const all = of.variables[name]!.total?.gC;
      variables[name] =
        field.total && all !== undefined ? { ...field, share: share(period, field.total.gC, all) } : field;
    }
    return { ...period, variables };
  });
  return { ...zone, periods };
}

const share = ({ n }: PeriodAnswer, gC: number, all: number): number =>
  n === 0 || Math.abs(all) < NO_SHARE_BELOW_GC ? Number.NaN : gC / all;
