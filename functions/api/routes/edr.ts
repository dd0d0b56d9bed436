import { z } from 'zod';
import { BadRequest, NotFound } from '../../../lib/errors.ts';
import { isoDateTime } from '../../../lib/grid/time.ts';
import type { Api } from '../app.ts';
import { chosenProduct, defaultVariable } from '../choose.ts';
import type { ApiContext } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { numberText } from '../params.ts';
import { answerZone, methodOf, withSources } from '../reduction/answer.ts';
import { prepareReduction } from '../reduction/reduce.ts';
import { readBody } from '../reduction/request.ts';
import { ReductionRun } from '../reduction/run.ts';
import { sendJson } from '../reply.ts';
import { crsNamed, pixelOf, seriesAt } from '../sample.ts';
import type { ServedProduct } from '../served-product.ts';
import type { ServedVariable } from '../served-variable.ts';
import { stepRange } from '../step-axis.ts';

const TYPE = 'application/prs.coverage+json';
const CRS84 = 'http://www.opengis.net/def/crs/OGC/1.3/CRS84';
const query = z.object({
  coords: z
    .string()
    .optional()
    .meta({ description: 'WKT: POINT(lon lat) or POLYGON((…))', example: 'POINT(113.3 23.1)' }),
  datetime: z.string().optional().meta({ example: '2021-01-01T00:00:00Z/2022-12-31T00:00:00Z' }),
  'parameter-name': z.string().optional().meta({ description: 'Variables by commas', example: 'npp_a,rh_a' }),
  crs: z.string().optional(),
  f: z.string().optional(),
});
type Query = z.infer<typeof query>;
const path = checked(
  'param',
  z.object({
    product: z.string().meta({ description: 'A product, or one variable of it', example: 'prd-small' }),
  }),
);

/** OGC API EDR: what is at a place, and over an area, through time, as CoverageJSON. */
export function addEdr(app: Api): void {
  const position = describe({
    summary: 'Series at a place (EDR position)',
    tag: 'catalogue',
    answers: { [TYPE]: { type: 'Coverage' } },
  });
  app.get('/collections/:product/position', position, path, checked('query', query), async (c) => {
    const q = c.req.valid('query');
    const { product, variables } = await parametersOf(c, q);
    const { x, y } = readPoint(q.coords);
    const pixel = pixelOf(product, x, y, crsNamed(q.crs ?? 'OGC:CRS84'));
    if (!pixel) throw new NotFound(`${x}, ${y} lies outside ${product.id}.`);
    const range = stepRange(variables[0]!.axis, q.datetime);
    const series = await Promise.all(
      variables.map((variable) => seriesAt(c.var.world, product, variable, pixel, range)),
    );
    const values = series.map((s) => Array.from(s.values));
    return sendJson(c, coverage('PointSeries', { x: [x], y: [y] }, variables, range, values), { type: TYPE });
  });
  const area = describe({
    summary: 'Area-weighted means over a polygon (EDR area)',
    tag: 'catalogue',
    answers: { [TYPE]: { type: 'Coverage' } },
  });
  app.get('/collections/:product/area', area, path, checked('query', query), async (c) => {
    const q = c.req.valid('query');
    const { product, variables } = await parametersOf(c, q);
    const zones = readPolygon(q.coords);
    const time = q.datetime;
    const body = readBody(
      { zones, variables: variables.map(({ name }) => name), ...(time !== undefined && { time }) },
      {},
    );
    const plan = await prepareReduction(c.var.world, c.var.limits, product, body);
    if (plan.zones[0]!.problem) throw new BadRequest('coords', plan.zones[0]!.problem);
    const run = new ReductionRun(c.var.world, plan, c.var.limits);
    for await (const done of run.zones()) {
      const { periods, status } = answerZone(plan, done);
      if (status === 'outside') throw new NotFound(`The polygon lies outside ${product.id}.`);
      const values = variables.map(({ name }) => periods.map((period) => period.variables[name]!.mean));
      const shape = {
        composite: { dataType: 'polygon', coordinates: ['x', 'y'], values: [zones.coordinates] },
      };
      return sendJson(
        c,
        {
          ...coverage('PolygonSeries', shape, variables, plan.range, values),
          'chunkflux:method': withSources(methodOf(plan), run.sources()),
        },
        { type: TYPE },
      );
    }
    throw new NotFound('nothing to reduce over');
  });
}

async function parametersOf(
  c: ApiContext,
  q: Query,
): Promise<{ product: ServedProduct; variables: ServedVariable[] }> {
  const { product, variable } = await chosenProduct(c);
  const names = q['parameter-name']?.split(',').map((name) => name.trim()) ?? [
    variable ?? defaultVariable(product),
  ];
  const variables = names.map((name) => product.variable(name));
  if (variables.some(({ axis }) => axis.kind !== variables[0]!.axis.kind))
    throw new BadRequest(
      'parameter-name',
      'monthly and annual variables have different steps: ask for them apart',
    );
  return { product, variables };
}

const NUMBER = String.raw`(-?[\d.]+(?:[eE][+-]?\d+)?)`;

function readPoint(coords: string | undefined): { x: number; y: number } {
  const match = new RegExp(String.raw`^\s*POINT\s*\(\s*${NUMBER}\s+${NUMBER}\s*\)\s*$`, 'i').exec(
    coords ?? '',
  );
  const [x, y] = [Number(match?.[1]), Number(match?.[2])];
  if (match && Number.isFinite(x + y) && Math.abs(y) <= 1e9) return { x, y };
  throw new BadRequest('coords', 'write POINT(longitude latitude)');
}

function readPolygon(coords: string | undefined): { type: 'Polygon'; coordinates: number[][][] } {
  const match = /^\s*POLYGON\s*\(\s*(\([^()]*\)(?:\s*,\s*\([^()]*\))*)\s*\)\s*$/i.exec(coords ?? '');
  if (!match) throw new BadRequest('coords', 'write POLYGON((lon lat, lon lat, …))');
  const rings = [...match[1]!.matchAll(/\(([^()]*)\)/g)].map(([, ring]) =>
    ring!.split(',').map((position) => position.trim().split(/\s+/)),
  );
  if (!rings.flat(2).every((part) => numberText.test(part)))
    throw new BadRequest('coords', 'holds something that is no number');
  return { type: 'Polygon', coordinates: rings.map((ring) => ring.map((position) => position.map(Number))) };
}

/** @see CoverageJSON 1.0 */
function coverage(
  domainType: string,
  axes: object,
  variables: readonly ServedVariable[],
  { t0, t1 }: { t0: number; t1: number },
  values: readonly (readonly number[])[],
): object {
  const times = variables[0]!.axis.times.slice(t0, t1).map(isoDateTime);
  const wrapped = Object.fromEntries(
    Object.entries(axes).map(([name, axis]) => [name, Array.isArray(axis) ? { values: axis } : axis]),
  );
  return {
    type: 'Coverage',
    domain: {
      type: 'Domain',
      domainType,
      axes: { ...wrapped, t: { values: times } },
      referencing: [
        { coordinates: ['x', 'y'], system: { type: 'GeographicCRS', id: CRS84 } },
        { coordinates: ['t'], system: { type: 'TemporalRS', calendar: 'Gregorian' } },
      ],
    },
    parameters: Object.fromEntries(
      variables.map(({ name, title, units, standardName }) => [
        name,
        {
          type: 'Parameter',
          observedProperty: { ...(standardName && { id: standardName }), label: { en: title } },
          unit: { symbol: units },
        },
      ]),
    ),
    ranges: Object.fromEntries(
      variables.map(({ name }, v) => [
        name,
        { type: 'NdArray', dataType: 'float', axisNames: ['t'], shape: [times.length], values: values[v] },
      ]),
    ),
  };
}
