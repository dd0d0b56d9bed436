import { z } from 'zod';
import { BadRequest } from '../../../lib/errors.ts';
import type { Api } from '../app.ts';
import { bandStatistics, type StatisticsOptions } from '../band-statistics.ts';
import { type Chosen, chosen } from '../choose.ts';
import type { ApiContext } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { OverLimit } from '../errors.ts';
import { EXAMPLE_FEATURE } from '../example-zone.ts';
import { ROOTS, variableQuery } from '../params.ts';
import { recordFacts } from '../picture.ts';
import { type AskedZone, zonesFrom } from '../reduction/zones.ts';
import { etagOf, sendJson, sendText, toJson, unchanged } from '../reply.ts';
import { jsonBody } from './reductions.ts';

const GEO = 'application/geo+json';
const text = z.string().optional();
const several = z.union([text, z.array(z.string())]).optional();
const query = z.object({
  ...variableQuery,
  p: several.meta({ description: 'Percentiles; 2 and 98 unless said', example: '50' }),
  histogram_bins: text.meta({ example: '10' }),
  histogram_range: text.meta({ example: '0,1200' }),
  max_size: text.meta({ description: 'Pixels of the longer side; 1024 unless said', example: '512' }),
  categorical: text.meta({ description: 'TiTiler: the histogram counts each value', example: 'true' }),
  c: several.meta({ description: 'TiTiler: the categories that are counted', example: '1' }),
  coord_crs: text.meta({ description: 'TiTiler: GeoJSON is in longitude and latitude here' }),
});

/** Statistics by TiTiler's names: of pixels, not of areas. For carbon ask for a reduction. */
export function addStatistics(app: Api): void {
  const description =
    'Counts pixels, as TiTiler does: for means by true area and for totals use /reductions.';
  const whole = describe({
    summary: 'Statistics of a map, as TiTiler says them',
    tag: 'maps',
    description,
    answers: { 'application/json': { nep_a: { min: -400, max: 900, mean: 120 } } },
  });
  const zones = describe({
    summary: 'Statistics of features, as TiTiler says them',
    tag: 'maps',
    description: `${description} Pixels on an outline count with their share.`,
    body: { [GEO]: { example: EXAMPLE_FEATURE }, 'application/json': { example: EXAMPLE_FEATURE } },
    answers: { [GEO]: { type: 'Feature', properties: { statistics: {} } } },
  });
  for (const [root, path] of ROOTS) {
    const inProduct = checked('param', z.object(path));
    app.get(`${root}/statistics`, whole, inProduct, checked('query', query), (c) =>
      mapStatistics(c, c.req.valid('query')),
    );
    app.post(`${root}/statistics`, zones, inProduct, checked('query', query), (c) =>
      featureStatistics(c, c.req.valid('query')),
    );
  }
}

type Query = z.infer<typeof query>;

async function mapStatistics(c: ApiContext, q: Query): Promise<Response> {
  const what = await chosen(c, q);
  const options = optionsOf(what, q);
  const { values, facts } = await wholeMap(c, what, Number(q.max_size ?? 1024));
  const { product, variable, step } = what;
  const etag = etagOf('statistics', product.etag, variable.name, step, options, q.max_size, facts);
  return (
    unchanged(c, etag) ?? sendJson(c, { [variable.name]: bandStatistics(await values(), options) }, { etag })
  );
}

async function featureStatistics(c: ApiContext, q: Query): Promise<Response> {
  const what = await chosen(c, q);
  const options = optionsOf(what, q);
  const sent = await jsonBody(c);
  const asked = zonesFrom(sent, what.product.grid(), 'coverage', c.var.limits);
  const features = [];
  for (const zone of asked) features.push(await featureOf(c, what, zone, options));
  const single = (sent as { type?: string }).type !== 'FeatureCollection';
  return sendText(c, toJson(single ? features[0] : { ...(sent as object), features }), GEO);
}

function optionsOf({ variable, step }: Chosen, q: Query): StatisticsOptions {
  const percentiles = [q.p ?? []].flat().map(Number);
  const bins = Number(q.histogram_bins ?? 10);
  const range = q.histogram_range?.split(',').map(Number);
  if (percentiles.some((p) => !(p >= 0 && p <= 100))) throw new BadRequest('p', 'is no percentile: 0 to 100');
  if (!(Number.isInteger(bins) && bins >= 1 && bins <= 1000))
    throw new BadRequest('histogram_bins', 'is no number of bins: 1 to 1000');
  if (range && !(range.length === 2 && range[0]! < range[1]! && Number.isFinite(range[1]! - range[0]!)))
    throw new BadRequest('histogram_range', 'is not two rising numbers');
  return {
    bins,
    description: `${variable.title} ${variable.axis.labels[step]}`,
    ...(/^(?:true|1)$/i.test(q.categorical ?? '') && { categories: [q.c ?? []].flat().map(Number) }),
    ...(percentiles.length > 0 && { percentiles }),
    ...(range && { range: [range[0]!, range[1]!] }),
  };
}

/** The level that has no more pixels than wanted, as TiTiler takes an overview. */
async function wholeMap(c: ApiContext, { product, variable, step }: Chosen, maxSize: number) {
  const { world } = c.var;
  const fits = product.product.levels.findIndex(({ grid }) => Math.max(grid.height, grid.width) <= maxSize);
  const level = fits < 0 ? product.topLevel : fits;
  const { height, width } = product.grid(level);
  const window = { y0: 0, y1: height, x0: 0, x1: width };
  const { t } = product.windowOf(variable, step);
  const records = await Promise.all(
    product.chunksIn(window, t).map((at) => product.record(world, level, at)),
  );
  const values = () => product.cells(world, variable, level, step, window, records);
  return { values, facts: [level, recordFacts(records)] };
}

async function featureOf(
  c: ApiContext,
  { product, variable, step }: Chosen,
  asked: AskedZone,
  options: StatisticsOptions,
): Promise<object> {
  const { world, limits } = c.var;
  const sent = asked.feature ?? {};
  const properties = (sent.properties ?? {}) as object;
  const answer = (statistics: object) => ({ ...sent, properties: { ...properties, statistics } });
  const window = asked.zone?.window;
  if (!window) return answer({ [variable.name]: { problem: asked.problem ?? 'it lies outside the grid' } });
  const pixels = (window.y1 - window.y0) * (window.x1 - window.x0);
  if (pixels > limits.sampleCells)
    throw new OverLimit(
      'sampleCells',
      limits.sampleCells,
      pixels,
      'Ask for a smaller feature, or for a reduction.',
    );
  const { t } = product.windowOf(variable, step);
  const records = await Promise.all(product.chunksIn(window, t).map((at) => product.record(world, 0, at)));
  const cells = await product.cells(world, variable, 0, step, window, records);
  return answer({
    [variable.name]: bandStatistics(cells, { ...options, weights: asked.zone!.weights(window) }),
  });
}
