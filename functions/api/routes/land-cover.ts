import { z } from 'zod';
import type { Api } from '../app.ts';
import { chosenProduct, defaultVariable, timeOf } from '../choose.ts';
import type { ApiContext } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { EXAMPLE_POLYGON } from '../example-zone.ts';
import { boolText, productParam, variableQuery } from '../params.ts';
import { methodOf, withSources } from '../reduction/answer.ts';
import { reduceLandCover } from '../reduction/land-cover.ts';
import { readBody } from '../reduction/request.ts';
import { sendText, toJson } from '../reply.ts';
import { jsonBody } from './reductions.ts';

/** Carbon by land-cover class. */
export function addLandCover(app: Api): void {
  const path = checked('param', z.object({ product: productParam }));
  const query = checked(
    'query',
    z.object({
      ...variableQuery,
      by: z.enum(['majority', 'fractions']).optional().meta({
        description: 'A pixel belongs to the class that most of it has, or to each by its share',
      }),
      renormalise: boolText().meta({
        description: 'With fractions: a mixed pixel goes to its classes but water and snow',
      }),
    }),
  );
  const answers = {
    'application/json': { zones: [{ periods: [{ period: '2021', classes: [{ name: 'forest' }] }] }] },
  };
  const whole = describe({
    summary: 'Carbon by land-cover class over the whole product',
    tag: 'reductions',
    answers,
  });
  app.get('/products/:product/landcover', whole, path, query, (c) => reply(c, undefined));
  const zones = describe({
    summary: 'Carbon by land-cover class within polygons',
    tag: 'reductions',
    answers,
    body: {
      'application/geo+json': { example: EXAMPLE_POLYGON },
      'application/json': { example: EXAMPLE_POLYGON },
    },
  });
  app.post('/products/:product/landcover', zones, path, query, async (c) => reply(c, await jsonBody(c)));
}

async function reply(c: ApiContext, geojson: unknown): Promise<Response> {
  const { product, variable: own } = await chosenProduct(c);
  const { world, limits } = c.var;
  const q = c.req.query();
  const variable = q.variable ?? own ?? defaultVariable(product);
  const time = timeOf(q) ?? product.variable(variable).axis.labels.at(-1)!;
  const body = readBody(
    {
      classes: q.by ?? 'majority',
      renormalise: ['true', '1'].includes(q.renormalise ?? ''),
      time,
      ...(geojson !== undefined && { zones: geojson }),
    },
    {},
  );
  const { plan, zones, sources } = await reduceLandCover(world, limits, product, variable, body);
  const method = withSources(methodOf(plan), sources);
  return sendText(
    c,
    toJson({ method: { ...method, variable, units: product.variable(variable).units }, zones }),
    'application/json',
  );
}
