import { z } from 'zod';
import { BadRequest } from '../../../lib/errors.ts';

export const STATISTICS = ['mean', 'total', 'area', 'min', 'max', 'std', 'quantiles', 'histogram'] as const;
export type Statistic = (typeof STATISTICS)[number];
export const FORMS = ['json', 'ndjson', 'geojson', 'csv', 'parquet'] as const;
export type Form = (typeof FORMS)[number];

const MOST_QUANTILES = 20;
const MOST_BINS = 1000;
const coordinate = z.number().min(-360).max(360);

/** How a reduction is asked for; the zones apart. */
export const askedSchema = z.object({
  variables: z.array(z.string()).min(1).max(32).optional(),
  time: z.string().optional(),
  statistics: z.array(z.enum(STATISTICS)).min(1).optional(),
  weights: z.enum(['coverage', 'centre']).default('coverage'),
  over: z.enum(['each', 'sum', 'mean']).default('each'),
  quantiles: z
    .array(z.number().min(0).max(1))
    .min(1)
    .max(MOST_QUANTILES)
    .default([0.05, 0.25, 0.5, 0.75, 0.95]),
  histogram: z
    .object({
      bins: z.int().min(1).max(MOST_BINS).default(10),
      range: z.tuple([z.number(), z.number()]).optional(),
    })
    .default({ bins: 10 }),
  /** Tell the classes of land cover apart: by the majority of each pixel, or by the fractions in it. */
  classes: z.enum(['majority', 'fractions']).optional(),
  /** With fractions: spread a mixed pixel over its classes but water and snow. */
  renormalise: z.boolean().default(false),
  /** `pixels` looks at every pixel: to check the faster way against. */
  path: z.enum(['auto', 'pixels']).default('auto'),
  f: z.enum(FORMS).optional(),
});

export const bodySchema = askedSchema.extend({
  zones: z.unknown().optional(),
  set: z.string().optional(),
  bbox: z.tuple([coordinate, coordinate, coordinate, coordinate]).optional(),
  point: z.tuple([coordinate, coordinate]).optional(),
});

export type Asked = z.infer<typeof askedSchema>;
export type Body = z.infer<typeof bodySchema>;

const GEOJSON = new Set(['FeatureCollection', 'Feature', 'Polygon', 'MultiPolygon']);

/**
 * A reduction from its body, or from GeoJSON alone with the rest in the query.
 * @throws BadRequest naming the field
 */
export function readBody(body: unknown, query: Readonly<Record<string, string>>): Body {
  const plain =
    typeof body === 'object' && body !== null && !Array.isArray(body)
      ? (body as Record<string, unknown>)
      : undefined;
  if (!plain) throw new BadRequest('body', 'is not a JSON object');
  const asked = GEOJSON.has(String(plain.type)) ? { zones: plain } : plain;
  return parse({ ...fromQuery(query), ...asked });
}

/** A reduction from the query alone: `bbox=`, `point=` or `set=`. */
export const readQuery = (query: Readonly<Record<string, string>>): Body => parse(fromQuery(query));

function parse(raw: unknown): Body {
  const parsed = bodySchema.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new BadRequest(issue.path.map(String).join('.'), issue.message);
  }
  const kinds = [parsed.data.zones, parsed.data.set, parsed.data.bbox, parsed.data.point].filter(
    (kind) => kind !== undefined,
  );
  if (kinds.length === 1 || (kinds.length === 0 && parsed.data.classes)) return parsed.data;
  throw new BadRequest(
    'zones',
    kinds.length === 0
      ? 'say what to reduce over: zones (GeoJSON), set, bbox, point or classes'
      : 'say only one of zones, set, bbox and point',
  );
}

function fromQuery(query: Readonly<Record<string, string>>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const list = (text: string): string[] => text.split(',').map((part) => part.trim());
  const numbers = (text: string): number[] =>
    list(text).map((part) => (part === '' ? Number.NaN : Number(part)));
  if (query.variable ?? query.variables) out.variables = list((query.variables ?? query.variable)!);
  if (query.time ?? query.datetime) out.time = query.time ?? query.datetime;
  if (query.statistics) out.statistics = list(query.statistics);
  for (const name of ['weights', 'over', 'path', 'f', 'set'] as const)
    if (query[name]) out[name] = query[name];
  if (query.classes) out.classes = query.classes;
  if (query.renormalise) out.renormalise = ['true', '1'].includes(query.renormalise);
  if (query.quantiles) out.quantiles = numbers(query.quantiles);
  if (query.histogram_bins ?? query.histogram_range) {
    out.histogram = {
      ...(query.histogram_bins && { bins: Number(query.histogram_bins) }),
      ...(query.histogram_range && { range: numbers(query.histogram_range) }),
    };
  }
  if (query.bbox) out.bbox = numbers(query.bbox);
  if (query.point) out.point = numbers(query.point);
  return out;
}
