import { z } from 'zod';
import { BadRequest } from '../../../lib/errors.ts';
import type { Api } from '../app.ts';
import { chosenProduct } from '../choose.ts';
import type { ApiContext } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { answerTo } from '../errors.ts';
import { EXAMPLE_POLYGON } from '../example-zone.ts';
import { productParam } from '../params.ts';
import { answerZone, type Method, methodOf, withSources, type ZoneAnswer } from '../reduction/answer.ts';
import { toCsv, toGeoJson, toParquet } from '../reduction/forms.ts';
import type { ReductionPlan } from '../reduction/plan.ts';
import { prepareReduction } from '../reduction/reduce.ts';
import { type Body, bodySchema, FORMS, type Form, readBody, readQuery } from '../reduction/request.ts';
import { ReductionRun } from '../reduction/run.ts';
import { withShares } from '../reduction/shares.ts';
import { etagOf, sendBytes, sendText, toJson, unchanged } from '../reply.ts';

const TYPES: Readonly<Record<Form, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  geojson: 'application/geo+json',
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};

const EXAMPLE = {
  variables: ['npp_a', 'rh_a', 'nep_a'],
  time: '2021',
  zones: EXAMPLE_POLYGON,
};
const ANSWERS = {
  'application/json': { zones: [{ index: 0, status: 'ok', periods: [] }] },
  'application/x-ndjson': undefined,
  'application/geo+json': undefined,
  'text/csv': undefined,
  'application/vnd.apache.parquet': undefined,
};
const text = z.string().optional();
/** A reduction in the query. */
export const reductionQuery = z.object({
  variables: text.meta({ description: 'Names by commas', example: 'npp_a,rh_a,nep_a' }),
  variable: text,
  time: text.meta({ description: 'A year, a month, or `from/to`', example: '2021' }),
  datetime: text,
  statistics: text.meta({
    description: 'mean, total, area, min, max, std, quantiles, histogram',
    example: 'mean,total',
  }),
  weights: z
    .string()
    .optional()
    .meta({ description: '`coverage` (exact shares of area) or `centre`', example: 'coverage' }),
  over: text.meta({ description: '`each` step, or their `sum` or `mean`' }),
  quantiles: text.meta({ example: '0.1,0.5,0.9' }),
  histogram_bins: text.meta({ example: '10' }),
  histogram_range: text,
  path: text.meta({ description: '`pixels` looks at every pixel' }),
  f: text.meta({ description: FORMS.join(', '), example: 'json' }),
  bbox: text.meta({ example: '113,22.8,113.6,23.3' }),
  point: text,
  set: text.meta({ description: 'Name of a stored set of zones' }),
  classes: text.meta({
    description: 'Tell the classes of land cover apart: by `majority` of each pixel, or by `fractions` in it',
  }),
  renormalise: text.meta({ description: '`true`: a mixed pixel goes to its classes but water and snow' }),
});

/** A reduction in the body. */
export const REDUCTION_BODY = {
  'application/json': {
    example: EXAMPLE,
    schema: z.toJSONSchema(bodySchema, { io: 'input', unrepresentable: 'any' }),
  },
  'application/geo+json': { example: EXAMPLE.zones },
};

/** Carbon over places: polygons, stored zones, boxes and points. */
export function addReductions(app: Api): void {
  const path = checked('param', z.object({ product: productParam }));
  const doc = {
    summary: 'Means, totals and areas over zones',
    tag: 'reductions' as const,
    description:
      'The body is a request, or GeoJSON alone with the rest in the query. Every feature has a status of its own; one that is wrong does not fail the others. `f=ndjson` streams features as they are done.',
    answers: ANSWERS,
  };
  app.post(
    '/products/:product/reductions',
    describe({ ...doc, body: REDUCTION_BODY }),
    path,
    checked('query', reductionQuery),
    async (c) => {
      return reply(c, readBody(await jsonBody(c), queryOf(c)));
    },
  );
  app.get(
    '/products/:product/reductions',
    describe({ ...doc, summary: 'The same over a box, a point or stored zones' }),
    path,
    checked('query', reductionQuery),
    (c) => reply(c, readQuery(queryOf(c))),
  );
}

export async function jsonBody(c: ApiContext): Promise<unknown> {
  try {
    return JSON.parse(await c.req.text());
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new BadRequest('body', `is not JSON (${cause.message.slice(0, 120)})`, { cause });
  }
}

const queryOf = (c: ApiContext): Record<string, string> => c.req.query();

async function reply(c: ApiContext, body: Body): Promise<Response> {
  const form = body.f ?? acceptedForm(c.req.header('accept'));
  const { product } = await chosenProduct(c);
  const plan = await prepareReduction(c.var.world, c.var.limits, product, { ...body, f: form });
  const run = new ReductionRun(c.var.world, plan, c.var.limits);
  if (form === 'ndjson') return stream(c, plan, run);
  const zones: ZoneAnswer[] = [];
  for await (const done of run.zones()) zones.push(answerZone(plan, done));
  zones.sort((a, b) => a.index - b.index);
  const method = withSources(methodOf(plan), run.sources());
  const numbers = { form, zones, method, sentAt: (index: number) => plan.zones[index]?.feature };
  if (c.req.method === 'POST') return sendReduction(c, numbers); // nobody may keep it
  const etag = etagOf(body, product.etag, run.sources().digest, form);
  return unchanged(c, etag) ?? sendReduction(c, { ...numbers, etag });
}

export interface Numbers {
  readonly form: Form;
  readonly etag?: string;
  readonly zones: readonly ZoneAnswer[];
  readonly method: Method;
  /** A feature as it was sent, by its place in the list. */
  readonly sentAt: (index: number) => Readonly<Record<string, unknown>> | undefined;
}

/** A reduction that is whole, in the form that was asked for. */
export function sendReduction(c: ApiContext, { form, etag, zones: all, method, sentAt }: Numbers): Response {
  const tag = etag === undefined ? {} : { etag };
  const { zones, totals } = withShares(all);
  if (form === 'csv') return sendText(c, toCsv(zones, method), TYPES.csv, tag);
  if (form === 'parquet') return sendBytes(c, toParquet(zones, method), TYPES.parquet, tag);
  if (form === 'ndjson') return sendText(c, toLines(zones, method), TYPES.ndjson, tag);
  const value =
    form === 'geojson'
      ? { ...toGeoJson(zones, sentAt, method), totals }
      : { method, zones, totals, counts: countsOf(zones) };
  return sendText(c, toJson(value), TYPES[form], tag);
}

function toLines(zones: readonly ZoneAnswer[], method: object): string {
  const lines = [
    { type: 'method', method },
    ...zones.map((zone) => ({ type: 'zone', ...zone })),
    { type: 'end', zones: zones.length },
  ];
  return lines.map((line) => `${toJson(line)}\n`).join('');
}

const countsOf = (zones: readonly ZoneAnswer[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { status } of zones) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

function acceptedForm(accept = ''): Form {
  return FORMS.find((form) => accept.includes(TYPES[form].split(';')[0]!)) ?? 'json';
}

/** First the method, then each zone as it is done, then what it was made from; a failure on the way is the last line. */
function stream(c: ApiContext, plan: ReductionPlan, run: ReductionRun): Response {
  const { world } = c.var;
  const encoder = new TextEncoder();
  let finished = (): void => undefined;
  c.set(
    'until',
    new Promise<void>((resolve) => {
      finished = resolve;
    }),
  );
  const lines = linesOf(plan, run, (error) => answerTo(error, world).problem);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await lines.next();
      if (!done) return controller.enqueue(encoder.encode(`${toJson(value)}\n`));
      finished();
      controller.close();
    },
    async cancel() {
      finished();
      await lines.return(undefined);
    },
  });
  return new Response(body, { headers: { 'Content-Type': TYPES.ndjson, 'Cache-Control': 'no-store' } });
}

async function* linesOf(
  plan: ReductionPlan,
  run: ReductionRun,
  problemOf: (error: unknown) => object,
): AsyncGenerator<object> {
  yield { type: 'method', method: methodOf(plan) };
  try {
    for await (const done of run.zones()) yield { type: 'zone', ...answerZone(plan, done) };
    yield { type: 'end', zones: plan.zones.length, sources: run.sources() };
  } catch (error) {
    yield { type: 'error', error: problemOf(error) };
  }
}
