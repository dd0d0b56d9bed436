import { z } from 'zod';
import { BadRequest } from '../errors.ts';
import { wrongAreas } from '../grid/declared-area.ts';
import type { OutputVariable } from '../science/model.ts';
import type { Product } from './product.ts';
import { zonesOf } from './zones.ts';

/** Of cities they are numbers, which need no quotes in YAML. */
const zoneId = z.union([z.string(), z.number()]).transform(String);

const rangeCheck = z.strictObject({
  variable: z.string(),
  /** Ids of zones; all of them unless said. */
  zones: z.array(zoneId).min(1).optional(),
  /** Where the mean over a zone lies if its numbers can be believed, in the unit of the variable; ends included. */
  between: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => high > low, 'the upper end must be above the lower'),
});

const orderCheck = z.strictObject({
  variable: z.string(),
  /** Ids of zones whose means should come in this order, the highest first. */
  falling: z.array(zoneId).min(2),
});

const areaCheck = z.strictObject({
  /** Property of the GeoJSON that has the area of each zone, km2. */
  area: z.string(),
  /** Share of it by which the area of the polygon may differ. */
  within: z.number().positive().max(1),
});

const KINDS = { between: rangeCheck, falling: orderCheck, area: areaCheck };

export type Check = z.infer<typeof rangeCheck> | z.infer<typeof orderCheck> | z.infer<typeof areaCheck>;

/** What a person expects of a product's zones: said where it does not hold, and nothing else depends on it. */
export const checkSchema = z.record(z.string(), z.unknown()).transform((raw, context): Check => {
  const kinds = Object.keys(KINDS).filter((key) => key in raw) as (keyof typeof KINDS)[];
  if (kinds.length !== 1) {
    context.addIssue({ code: 'custom', message: 'say exactly one of: between, falling, area' });
    return z.NEVER;
  }
  const parsed = KINDS[kinds[0]!].safeParse(raw);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.addIssue({ ...issue, path: issue.path } as never);
  return z.NEVER;
});

/** Names of fields of all kinds of checks. */
export const CHECK_FIELDS = [...new Set(Object.values(KINDS).flatMap(({ shape }) => Object.keys(shape)))];

/**
 * Refuses checks that can never be looked at.
 * @param outputs that the product writes
 * @param all that its model has: a ratio of two that are written can be looked at
 * @throws BadRequest naming the check
 */
export function checkChecks(
  { checks = [], zones }: Product['spec'],
  outputs: Readonly<Record<string, OutputVariable>>,
  all: Readonly<Record<string, OutputVariable>>,
): void {
  if (checks.length > 0 && !zones)
    throw new BadRequest('spec.checks', 'they are of zones; name their GeoJSON in spec.zones');
  for (const [i, check] of checks.entries()) {
    if (!('variable' in check)) continue;
    const output = outputs[check.variable];
    const field = `spec.checks.${i}.variable`;
    const { coarsen } = all[check.variable] ?? {};
    if (typeof coarsen === 'object' && coarsen.ratio.every((name) => outputs[name])) continue;
    if (!output)
      throw new BadRequest(
        field,
        `the product writes no "${check.variable}"; it writes: ${Object.keys(outputs).join(', ')}`,
      );
    if (output.flags) throw new BadRequest(field, `${check.variable} is a class; checks are of means`);
  }
}

/**
 * Refuses checks of zones that are not there, and of areas that zones do not declare.
 * @throws BadRequest naming the check, or the zone
 */
export function checkZones(product: Product, geojson: string): void {
  checkIds(
    product.spec.checks ?? [],
    zonesOf(product, geojson).map(({ id }) => id),
  );
  zoneNotes(product, geojson);
}

/** @throws BadRequest naming the first check of a zone that has none of these ids */
export function checkIds(checks: readonly Check[], ids: readonly string[]): void {
  for (const [i, check] of checks.entries()) {
    const named = 'falling' in check ? check.falling : 'zones' in check ? check.zones : undefined;
    const lost = named?.find((id) => !ids.includes(id));
    if (lost === undefined) continue;
    throw new BadRequest(`spec.checks.${i}`, `no zone has the id "${lost}"; there are: ${ids.join(', ')}`);
  }
}

/** Zones whose polygons have other areas than they declare, where the checks ask for it. */
export const zoneNotes = (product: Product, geojson: string | undefined): string[] =>
  (product.spec.checks ?? []).flatMap((check) =>
    'area' in check && geojson !== undefined ? wrongAreas(geojson, zonesOf(product, geojson), check) : [],
  );
