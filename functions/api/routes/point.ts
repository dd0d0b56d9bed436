import { z } from 'zod';
import { NotFound } from '../../../lib/errors.ts';
import type { Api } from '../app.ts';
import { chosen, type StepQuery, timeOf } from '../choose.ts';
import type { ApiContext } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { lonLatBounds } from '../extent.ts';
import { ROOTS, sizeQuery, variableQuery } from '../params.ts';
import { sendJson } from '../reply.ts';
import { type Pixel, pixelOf, placeFrom, seriesAt } from '../sample.ts';
import type { ServedProduct } from '../served-product.ts';
import { stepRange } from '../step-axis.ts';

const coords = z
  .string()
  .regex(/^-?[\d.]+(?:[eE][+-]?\d+)?,-?[\d.]+(?:[eE][+-]?\d+)?$/, 'longitude,latitude')
  .meta({ description: 'Longitude and latitude', example: '113.3,23.1' });
const query = checked(
  'query',
  z.object({
    ...variableQuery,
    coord_crs: sizeQuery.coord_crs,
    'coord-crs': sizeQuery['coord-crs'],
  }),
);

/** What a product says of one place. */
export function addPoint(app: Api): void {
  const one = describe({
    summary: 'Value at a place',
    tag: 'maps',
    answers: { 'application/json': { coordinates: [113.3, 23.1], values: [412.5], band_names: ['nep_a'] } },
  });
  const series = describe({
    summary: 'Series of a place through time',
    tag: 'maps',
    description: '`time` is a period such as `2021-01/2022-12`; all steps when absent.',
    answers: { 'application/json': { times: ['2021', '2022'], values: [401.2, 415.9] } },
  });
  for (const [root, inRoot] of ROOTS) {
    const path = checked('param', z.object({ ...inRoot, coords }));
    app.get(`${root}/point/:coords`, one, path, query, (c) =>
      sendPoint(c, c.req.valid('param').coords, c.req.valid('query')),
    );
    app.get(`${root}/series/:coords`, series, path, query, (c) =>
      sendSeries(c, c.req.valid('param').coords, c.req.valid('query')),
    );
  }
}

type Query = StepQuery & {
  readonly coord_crs?: string | undefined;
  readonly 'coord-crs'?: string | undefined;
};

async function sendPoint(c: ApiContext, text: string, q: Query): Promise<Response> {
  const { product, variable, step } = await chosen(c, q);
  const { x, y, pixel } = place(product, text, q);
  const range = { t0: step, t1: step + 1 };
  const { values, states } = await seriesAt(c.var.world, product, variable, pixel, range);
  const label = variable.axis.labels[step]!;
  return sendJson(c, {
    coordinates: [x, y],
    values: [values[0]],
    band_names: [variable.name],
    band_descriptions: [`${variable.title} ${label}`],
    units: variable.units,
    time: label,
    state: states[0],
    pixel,
  });
}

async function sendSeries(c: ApiContext, text: string, q: Query): Promise<Response> {
  const { product, variable } = await chosen(c, { variable: q.variable });
  const { x, y, pixel } = place(product, text, q);
  const range = stepRange(variable.axis, timeOf(q));
  const { values, states } = await seriesAt(c.var.world, product, variable, pixel, range);
  return sendJson(c, {
    coordinates: [x, y],
    pixel,
    variable: variable.name,
    title: variable.title,
    units: variable.units,
    times: variable.axis.labels.slice(range.t0, range.t1),
    values: Array.from(values),
    states,
  });
}

/** @throws NotFound off the product */
function place(product: ServedProduct, text: string, q: Query): { x: number; y: number; pixel: Pixel } {
  const { x, y, crs } = placeFrom(text, q.coord_crs ?? q['coord-crs']);
  const pixel = pixelOf(product, x, y, crs);
  if (pixel) return { x, y, pixel };
  const box = lonLatBounds(product.grid()).map((degrees) => Number(degrees.toFixed(4)));
  throw new NotFound(`${x}, ${y} lies outside ${product.id} (${box.join(', ')}).`);
}
