import { z } from 'zod';
import { CHECK_FIELDS, checkSchema } from './checks.ts';
import { fieldsAt, refusal } from './explain.ts';

/** The spec of a product: what a person writes. Parsed once, checked wholly, then carried as plain JSON. */

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'small letters, digits and dashes, at most 64');
const positiveInt = z.int().positive();
const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month as YYYY-MM');

/** What a file does not say, or says wrongly, of its own numbers. */
const meaning = {
  units: z.string().optional(),
  accumulation: z.enum(['per_day', 'per_step', 'monthly_total']).optional(),
  positive: z.enum(['up', 'down']).optional(),
  scale: z.number().optional(),
  offset: z.number().optional(),
  nodata: z.number().optional(),
  /** Twelve months that stand for any year. */
  climatology: z.boolean().default(false),
  /** Of steps that are made days: which end of its step a stamp names. */
  stamp: z.enum(['start', 'end']).optional(),
  /** Hours to add to UTC for days of local time, or `solar`: by the longitude of each cell. */
  utcOffset: z.union([z.number().min(-12).max(14), z.literal('solar')]).optional(),
  /** First and last year whose mean stands for years before the first that there is. */
  past: z.tuple([z.int(), z.int()]).optional(),
  /** Factors by year, on lines between them, for the mean that `past` is of amounts a year. */
  trend: z
    .record(z.string().regex(/^\d{4}$/, 'a year'), z.number().nonnegative())
    .refine((factors) => Object.keys(factors).length > 0, 'a year at least')
    .optional(),
  /** How an interpolated quantity gets to the product's pixels, where not as the model has it. */
  resampling: z.enum(['bilinear', 'mean']).optional(),
  /** Missing values between others at most this many days apart are bridged. */
  bridge: positiveInt.optional(),
};

const quality = z.strictObject({ files: z.string(), band: positiveInt.default(1) });

const composite = z.strictObject({
  /** Days that one composite covers. */
  period: positiveInt,
  method: z.enum(['mvc', 'weighted']).default('mvc'),
  qa: z.enum(['lenient', 'strict', 'off']).default('lenient'),
  quality: quality.optional(),
});

const legend = z.union([z.string(), z.record(z.string().regex(/^\d+$/, 'a class code'), z.string())]);

/** Of maps of classes: which map stands for a year that has none of its own. */
const hold = z.enum(['before', 'nearest']).optional();

const filesSource = z.strictObject({
  files: z.string().describe('file names with {YYYY} {MM} {DD} {DDD}: one step a file'),
  band: positiveInt.default(1),
  legend: legend.optional(),
  hold,
  composite: composite.optional(),
  ...meaning,
});
const fileSource = z.strictObject({
  file: z.string(),
  band: positiveInt.default(1),
  legend: legend.optional(),
  ...meaning,
});
const zarrSource = z.strictObject({
  zarr: z.string(),
  variable: z.string(),
  /** A chunk that is not there: `error` (default) or the array's fill value, as sparse stores mean it. */
  absentChunks: z.enum(['error', 'fill']).default('error'),
  /** Index on each dimension that is not time, row or column. */
  select: z.record(z.string(), z.int().nonnegative()).optional(),
  /** For a file that does not say its own: `EPSG:4326`. */
  crs: z.string().optional(),
  legend: legend.optional(),
  hold,
  composite: composite.optional(),
  ...meaning,
});
const constantSource = z.strictObject({ constant: z.union([z.number(), z.string()]) });
const seriesSource = z.strictObject({
  /** Values by year or month: of the whole region, in the model's unit unless `units` says another. */
  series: z.record(
    z.string().regex(/^\d{4}(-(0[1-9]|1[0-2]))?$/, 'a year or a month as YYYY-MM'),
    z.number(),
  ),
  units: z.string().optional(),
});

const sourceKinds = {
  files: filesSource,
  file: fileSource,
  zarr: zarrSource,
  constant: constantSource,
  series: seriesSource,
};

export type FilesSource = z.infer<typeof filesSource>;
export type FileSource = z.infer<typeof fileSource>;
export type ZarrSource = z.infer<typeof zarrSource>;
export type ConstantSource = z.infer<typeof constantSource>;
export type TableSource = z.infer<typeof seriesSource>;
export type Source = FilesSource | FileSource | ZarrSource | ConstantSource | TableSource;
/** A source whose numbers lie in the inputs. */
export type StoredSource = FilesSource | FileSource | ZarrSource;

/** Whether a source's numbers stand in the spec itself. */
export const isWritten = (source: Source): source is ConstantSource | TableSource =>
  'constant' in source || 'series' in source;
export type Composite = z.infer<typeof composite>;

/** Picks the kind of a source by its one telling key, so that a message speaks of that kind only. */
const source = z.record(z.string(), z.unknown()).transform((raw, context): Source => {
  const kinds = Object.keys(sourceKinds).filter((key) => key in raw) as (keyof typeof sourceKinds)[];
  if (kinds.length !== 1) {
    context.addIssue({ code: 'custom', message: 'say exactly one of: files, file, zarr, constant, series' });
    return z.NEVER;
  }
  const parsed = sourceKinds[kinds[0]!].safeParse(raw);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.addIssue({ ...issue, path: issue.path } as never);
  return z.NEVER;
});

const grid = z.strictObject({
  /** Takes CRS, pixels and extent of this source. */
  like: z.string().optional(),
  crs: z.string().optional(),
  transform: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]).optional(),
  shape: z.tuple([positiveInt, positiveInt]).optional(),
  shard: z.tuple([positiveInt, positiveInt]).default([512, 512]),
  chunk: z.tuple([positiveInt, positiveInt]).default([256, 256]),
});

const zones = z.strictObject({
  file: z.string(),
  id: z.string().default('id'),
  name: z.string().default('name'),
});

const about = z.strictObject({
  institution: z.string().optional(),
  references: z.string().optional(),
  comment: z.string().optional(),
  license: z.string().optional(),
});

export const specSchema = z.strictObject({
  product: id,
  title: z.string().min(1),
  model: z.string(),
  params: z.record(z.string(), z.unknown()).default({}),
  /** Folder (relative to the spec file) or s3:// prefix that the sources are relative to. */
  inputs: z.string().default('.'),
  grid,
  time: z.strictObject({ from: month, to: month }),
  sources: z.record(z.string(), source),
  outputs: z.array(z.string()).min(1).optional(),
  zones: zones.optional(),
  /** What the zones' means and areas are expected to be; only said where it does not hold. */
  checks: z.array(checkSchema).optional(),
  about: about.default({}),
  /** What one run may cost on AWS, USD: it stops before, and says so. */
  budget: z.number().positive().optional(),
});

export type Spec = z.infer<typeof specSchema>;

/** A spec from what its text says. @throws BadRequest as `parseSpec` does */
export function checkSpec(raw: unknown, name = 'spec'): Spec {
  const parsed = specSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw refusal(name, raw, parsed.error, knownFields);
}

/** Of a source, the fields of all kinds: which kind is meant is what is in doubt. */
function knownFields(path: readonly PropertyKey[]): string[] {
  const [top, , ...inside] = path;
  if (top === 'checks' && path.length === 2) return CHECK_FIELDS;
  if (top !== 'sources' || path.length < 2) return fieldsAt(specSchema, path);
  return [...new Set(Object.values(sourceKinds).flatMap((kind) => fieldsAt(kind, inside)))];
}
