import { isoDateTime } from '../../../lib/grid/time.ts';
import { respirationFlag, respirationRatio } from '../../../lib/science/balance/nep.ts';
import { gramsPer, hasTotal, unitsAfterSum } from '../../../lib/view/carbon-units.ts';
import { areaBasis } from '../../../lib/view/true-areas.ts';
import { weightedHistogram, weightedQuantiles } from '../../../lib/view/weighted-samples.ts';
import { COVERAGE_WARNING } from '../../../lib/view/zone-reduction.ts';
import { deviation, type PeriodSums } from '../../../lib/view/zone-sums.ts';
import { codeDigest } from '../code-digest.ts';
import { API_VERSION } from '../openapi.ts';
import type { ClassCover } from './class-cover.ts';
import { needsPixels, type ReductionPlan, statisticsOf } from './plan.ts';
import type { Asked } from './request.ts';
import type { Sources, ZoneDone } from './run.ts';

/** IPCC: 44/12 tonnes of carbon dioxide hold a tonne of carbon. */
const CO2_PER_C = 44 / 12;
const BALANCES = ['sink', 'at risk', 'source'] as const;

export interface FieldAnswer {
  readonly mean: number;
  readonly total?: { readonly gC: number; readonly tC: number; readonly KtC: number; readonly tCO2e: number };
  /** Of the totals of all zones that were asked for together. */
  readonly share?: number;
  readonly min?: number;
  readonly max?: number;
  readonly std?: number;
  readonly quantiles?: Readonly<Record<string, number>>;
  readonly histogram?: { readonly edges: readonly number[]; readonly area: readonly number[] };
}

export interface PeriodAnswer {
  readonly period: string;
  readonly start: string;
  readonly end: string;
  /** Pixels of the zone, wholly or in part, and those of them with a value. */
  readonly pixels: number;
  readonly n: number;
  /** m2 */
  readonly validArea: number;
  readonly validShare: number;
  readonly lowCoverage: boolean;
  readonly variables: Readonly<Record<string, FieldAnswer>>;
  /** Total RH over total NPP. */
  readonly ratio?: { readonly rhOverNpp: number; readonly flag: number; readonly balance: string };
}

/**
 * `ok`; `partial` when chunks are missing; `empty` without a valid pixel; `outside` the grid; `invalid` polygon; `failed`
 * when it could not be done, in a run behind a request.
 */
export type ZoneStatus = 'ok' | 'partial' | 'empty' | 'outside' | 'invalid' | 'failed';

export interface ZoneAnswer {
  /** Its place in the list that was sent. */
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly status: ZoneStatus;
  readonly reason?: string;
  /** m2, also of what lies off the grid; of a class of land cover all that it covers. */
  readonly polygonArea?: number;
  /** Water, snow and what has no class: in no share, and in no sum that shares are of. */
  readonly dropped?: true;
  readonly periods: readonly PeriodAnswer[];
}

const COVER = {
  majority: 'a pixel belongs to the class that most of its fine pixels have',
  fractions:
    'a pixel belongs to each class by the share of its fine pixels that have it; its value is not unmixed',
};
const DROPPED = 'water, snow and what has no class are in no share; with the others they make up the whole';
const RENORMALISED = `${DROPPED}; the water and snow of a mixed pixel go to its other classes`;

const coverRule = ({ rule, map }: ClassCover): string =>
  rule === 'majority' && map === undefined ? `${COVER.majority}, as the model ran with it` : COVER[rule];

/** How the numbers came about: stands beside them wherever they go. */
export interface Method {
  readonly variables: Readonly<Record<string, { readonly title: string; readonly units: string }>>;
  readonly digests: Readonly<Record<string, string>>;
  readonly [name: string]: unknown;
}

export function methodOf({ product, variables, range, asked, cover }: ReductionPlan): Method {
  const steps = asked.over === 'sum' ? range.t1 - range.t0 : 1;
  const names = variables.map(({ name }) => name);
  return {
    product: product.id,
    variables: Object.fromEntries(
      variables.map((v) => [v.name, { title: v.title, units: unitsAfterSum(v.units, steps) }]),
    ),
    units: {
      mean: 'of the variable, as are min, max, std, quantiles and the edges of histograms',
      total: 'by its name: gC, tC, KtC of carbon, tCO2e',
      area: 'm2: validArea, polygonArea, area of histograms',
      share: '1, as are validShare and rhOverNpp',
    },
    sign: 'NEP > 0 is uptake by land (NEP = NPP - RH)',
    weights:
      asked.weights === 'centre'
        ? 'a pixel belongs wholly to the zone that contains its centre (even-odd rule)'
        : 'each pixel counts with the exact share of its area that lies in the zone',
    mask: `a pixel counts only where ${names.join(', ')} ${names.length > 1 ? 'are all' : 'is'} valid${asked.over === 'each' ? '' : ' in every step'}`,
    area: areaBasis(product.grid()),
    mean: 'sum(weight * area * value) / sum(weight * area)',
    total: 'sum(weight * area * value); CO2e is 44/12 of carbon',
    share: 'total of a zone over the sum of the totals of all zones that are not dropped; NaN below 1e-6 KtC',
    ...(cover && { classes: coverRule(cover), dropped: cover.renormalise ? RENORMALISED : DROPPED }),
    ...(cover?.map !== undefined && { landCoverMap: cover.map }),
    spread: 'std: population, weighted by area; quantiles: by area, linear between the middles of pixels',
    ratio: 'total RH / total NPP, never the mean of pixel ratios; at risk above 0.8, source from 1',
    coverageWarningBelow: COVERAGE_WARNING,
    path:
      cover || needsPixels(asked)
        ? 'every pixel'
        : 'exact sums of whole blocks of chunks from their records, at the coarsest level that fits; pixels for chunks on an outline',
    grid: { crs: product.grid().crs.name, height: product.grid().height, width: product.grid().width },
    model: `${product.product.model.id} (${product.product.model.version})`,
    code: `chunkflux ${API_VERSION}`,
    digests: { product: product.accepted.digest, code: codeDigest() },
  };
}

/** The same once it is known what was read. */
export const withSources = (
  method: Method,
  { digest, wholeBlocks, pixelChunks, mapYears }: Sources,
): Method => ({
  ...method,
  digests: { ...method.digests, sources: digest },
  read: { wholeBlocks, pixelChunks },
  ...(mapYears && { landCoverMap: mapYears.join(', ') }),
});

/** Turns sums into the numbers that were asked for. */
export function answerZone(plan: ReductionPlan, { index: at, sums, gaps, area }: ZoneDone): ZoneAnswer {
  const { index, id, name, zone, problem, dropped } = plan.zones[at]!;
  const base = { index, id, name, ...(dropped && { dropped }) };
  if (!zone) return { ...base, status: 'invalid', reason: problem ?? 'it is no polygon', periods: [] };
  const polygonArea = area ?? zone.polygonArea;
  if (!zone.window)
    return { ...base, status: 'outside', reason: 'it lies outside the grid', polygonArea, periods: [] };
  const periods = sums.periods.map((period, p) => answerPeriod(plan, period, p, polygonArea));
  return { ...base, ...statusOf(plan, sums.periods, gaps), polygonArea, periods };
}

function statusOf(
  { cover }: ReductionPlan,
  periods: readonly PeriodSums[],
  gaps: Readonly<Record<string, number>>,
): { status: ZoneStatus; reason?: string } {
  const missing = Object.entries(gaps).map(([state, n]) => `${n} ${state}`);
  if (missing.length > 0)
    return { status: 'partial', reason: `chunks that are not there: ${missing.join(', ')}` };
  if (periods.some(({ n }) => n > 0)) return { status: 'ok' };
  const none = periods.every(({ pixels }) => pixels === 0);
  return {
    status: 'empty',
    reason: !none
      ? 'no pixel in it has a value'
      : cover
        ? 'the class is not there'
        : 'no pixel centre lies in it; weigh by coverage to get a value',
  };
}

/** What the answers of all zones of a plan have in common. */
interface Common {
  readonly periods: readonly Pick<PeriodAnswer, 'period' | 'start' | 'end'>[];
  /** Grams in a unit of mass of each variable; undefined without a total. */
  readonly grams: readonly (number | undefined)[];
}
const commons = new WeakMap<ReductionPlan, Common>();

function commonOf(plan: ReductionPlan): Common {
  const known = commons.get(plan);
  if (known) return known;
  const { variables, range, asked } = plan;
  const { axis } = variables[0]!;
  const periodOf = (first: number, last: number) => ({
    period: first === last ? axis.labels[first]! : `${axis.labels[first]}/${axis.labels[last]}`,
    start: isoDateTime(axis.times[first]!),
    end: isoDateTime(axis.ends[last]!),
  });
  const each = (): Common['periods'] =>
    Array.from({ length: range.t1 - range.t0 }, (_, p) => periodOf(range.t0 + p, range.t0 + p));
  const wanted = statisticsOf(asked).includes('total');
  const common = {
    periods: asked.over === 'each' ? each() : [periodOf(range.t0, range.t1 - 1)],
    grams: variables.map((v) => (wanted && hasTotal(v) ? gramsPer(v.units) : undefined)),
  };
  commons.set(plan, common);
  return common;
}

function answerPeriod(plan: ReductionPlan, sums: PeriodSums, p: number, polygonArea: number): PeriodAnswer {
  const { periods, grams } = commonOf(plan);
  const { period, start, end } = periods[p]!;
  const validArea = sums.area.value;
  const validShare = polygonArea > 0 ? validArea / polygonArea : Number.NaN;
  const fields: Record<string, FieldAnswer> = {};
  for (let f = 0; f < plan.variables.length; f++)
    fields[plan.variables[f]!.name] = answerField(plan, sums, f, grams[f]);
  const answer = {
    period,
    start,
    end,
    pixels: sums.pixels,
    n: sums.n,
    validArea,
    validShare,
    lowCoverage: !(validShare >= COVERAGE_WARNING),
    variables: fields,
  };
  const ratio = ratioOf(fields);
  return ratio ? { ...answer, ratio } : answer;
}

function answerField(
  { asked }: ReductionPlan,
  sums: PeriodSums,
  f: number,
  grams: number | undefined,
): FieldAnswer {
  const field = sums.fields[f]!;
  const area = sums.area.value;
  const mass = sums.n === 0 ? Number.NaN : field.mass.value;
  const plain: FieldAnswer =
    grams === undefined ? { mean: mass / area } : { mean: mass / area, total: carbon(mass * grams) };
  return needsPixels(asked) ? { ...plain, ...spreadOf(asked, sums, f) } : plain;
}

/** The statistics that look at every pixel, those that are asked for. */
function spreadOf(asked: Asked, sums: PeriodSums, f: number): Partial<FieldAnswer> {
  const wanted = statisticsOf(asked);
  const field = sums.fields[f]!;
  const values = sums.samples?.values[f] ?? [];
  const areas = sums.samples?.areas ?? [];
  const spread = (name: string, value: () => number) =>
    wanted.includes(name) ? { [name]: sums.n === 0 ? Number.NaN : value() } : {};
  const { bins, range } = asked.histogram;
  return {
    ...spread('min', () => field.min),
    ...spread('max', () => field.max),
    ...spread('std', () => deviation(field, sums.area.value)),
    ...(wanted.includes('quantiles') && { quantiles: quantilesOf(values, areas, asked.quantiles) }),
    ...(wanted.includes('histogram') && {
      histogram: weightedHistogram(values, areas, bins, range ?? extremesOf(values)),
    }),
  };
}

export const carbon = (gC: number) => ({ gC, tC: gC / 1e6, KtC: gC / 1e9, tCO2e: (gC / 1e6) * CO2_PER_C });

function quantilesOf(
  values: readonly number[],
  areas: readonly number[],
  shares: readonly number[],
): Record<string, number> {
  const found = weightedQuantiles(values, areas, shares);
  return Object.fromEntries(
    shares.map((share, i) => [`q${Number((100 * share).toPrecision(6))}`, found[i]!]),
  );
}

function extremesOf(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return values.length > 0 ? [low, high] : [0, 1];
}

/** Of monthly or annual NPP and RH; undefined where one of them is not there. */
export function ratioOf(
  fields: Readonly<Record<string, Pick<FieldAnswer, 'mean'>>>,
): PeriodAnswer['ratio'] | undefined {
  const [npp, rh] = [fields.npp ?? fields.npp_a, fields.rh ?? fields.rh_a];
  if (!npp || !rh) return undefined;
  const flag = respirationFlag(npp.mean, rh.mean);
  return { rhOverNpp: respirationRatio(npp.mean, rh.mean), flag, balance: BALANCES[flag] ?? 'undefined' };
}
