import { BadRequest } from '../../../lib/errors.ts';
import type { World } from '../../../lib/job/world.ts';
import { hasTotal } from '../../../lib/view/carbon-units.ts';
import type { Limits } from '../options.ts';
import type { ServedProduct } from '../served-product.ts';
import { answerZone, carbon, type FieldAnswer, type PeriodAnswer, type ZoneAnswer } from './answer.ts';
import { type ClassCover, COVER_CLASSES, type CoverClass } from './class-cover.ts';
import { PER_ZONE } from './cover-zones.ts';
import type { ReductionPlan } from './plan.ts';
import { prepareReduction } from './reduce.ts';
import type { Body } from './request.ts';
import { ReductionRun, type Sources } from './run.ts';
import { withShares } from './shares.ts';

type Carbon = NonNullable<FieldAnswer['total']>;

/** One class in one step. Areas in m2. */
export interface CoverRow {
  readonly name: string;
  readonly area: number;
  readonly mean: number;
  readonly total: Carbon;
  /** Of the sum of all classes that are not dropped; NaN when that sum is below 1e-6 KtC. */
  readonly share: number;
  /** Area of the class where the flux has no value; it counts nowhere else. */
  readonly missingArea: number;
}

interface Part {
  readonly area: number;
  readonly total: Carbon;
}

/** Carbon by land cover in one step: `total`, `dropped` and `unclassified` make up the whole. */
export interface CoverPeriod {
  readonly period: string;
  readonly classes: readonly CoverRow[];
  readonly total: Carbon;
  readonly dropped: Part;
  readonly unclassified: Part;
}

export interface CoverZone extends Pick<ZoneAnswer, 'index' | 'id' | 'name' | 'status' | 'reason'> {
  readonly periods: readonly CoverPeriod[];
}

export interface CoverReduction {
  readonly plan: ReductionPlan;
  readonly zones: readonly CoverZone[];
  readonly sources: Sources;
}

/**
 * Carbon by class of land cover, over the product or within zones: the table of casa.md 5.2.
 * @param body with `classes`, and one variable that is a flux
 */
export async function reduceLandCover(
  world: World,
  limits: Limits,
  product: ServedProduct,
  variable: string,
  body: Body,
  cover?: ClassCover,
): Promise<CoverReduction> {
  const served = product.variable(variable);
  if (!hasTotal(served))
    throw new BadRequest('variable', `${variable} ("${served.title}", "${served.units}") has no total`);
  const plan = await prepareReduction(
    world,
    limits,
    product,
    { ...body, variables: [variable] },
    cover ? { cover } : {},
  );
  const run = new ReductionRun(world, plan, limits);
  const zones = new Map<number, ZoneAnswer[]>();
  for await (const done of run.zones()) {
    const answer = answerZone(plan, done);
    const base = Math.floor(answer.index / PER_ZONE);
    zones.set(base, [...(zones.get(base) ?? []), answer]);
  }
  const tables = [...zones]
    .sort(([a], [b]) => a - b)
    .map(([index, parts]) => tableOf(index, parts, variable));
  return { plan, zones: tables, sources: run.sources() };
}

function tableOf(index: number, parts: readonly ZoneAnswer[], variable: string): CoverZone {
  const sorted = [...parts].sort((a, b) => a.index - b.index);
  const { zones, totals } = withShares(sorted);
  const first = sorted[0]!;
  const own = (text: string, separator: string): string => text.slice(0, text.lastIndexOf(separator));
  const base = { index, id: own(first.id, '/'), name: own(first.name, ', ') };
  const worst = sorted.find(
    ({ status }) => status === 'partial' || status === 'invalid' || status === 'outside',
  );
  const status = worst?.status ?? (sorted.some((zone) => zone.status === 'ok') ? 'ok' : 'empty');
  const reason = worst?.reason ?? (status === 'empty' ? 'no pixel in it has a value' : undefined);
  const periods = first.periods.map(({ period }, p) => ({
    period,
    ...columnsOf(zones, p, variable),
    total: totals[p]!.variables[variable]!.total ?? carbon(0),
  }));
  return { ...base, status, ...(reason !== undefined && { reason }), periods };
}

function columnsOf(zones: readonly ZoneAnswer[], p: number, variable: string) {
  const named = zones.map((zone, k) => ({
    name: COVER_CLASSES[k]!,
    zone,
    period: zone.periods[p]!,
    field: zone.periods[p]!.variables[variable]!,
  }));
  const classes = named
    .filter(({ zone }) => !zone.dropped)
    .map(({ name, zone, period, field }) => ({
      name,
      area: period.validArea,
      mean: field.mean,
      total: totalOf(period, field),
      share: field.share ?? Number.NaN,
      missingArea: zone.polygonArea! - period.validArea,
    }));
  const isOut = (name: CoverClass): boolean => name === 'unclassified';
  const dropped = named.filter(({ name, zone }) => zone.dropped && !isOut(name));
  const unclassified = named.filter(({ name }) => isOut(name));
  return { classes, dropped: partOf(dropped), unclassified: partOf(unclassified) };
}

const totalOf = ({ n }: PeriodAnswer, { total }: FieldAnswer): Carbon => (n > 0 && total ? total : carbon(0));

const partOf = (parts: readonly { readonly period: PeriodAnswer; readonly field: FieldAnswer }[]): Part => ({
  area: parts.reduce((sum, { period }) => sum + period.validArea, 0),
  total: carbon(parts.reduce((sum, { period, field }) => sum + totalOf(period, field).gC, 0)),
});
