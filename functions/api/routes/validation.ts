import { z } from 'zod';
import { BadRequest } from '../../../lib/errors.ts';
import { worldOf } from '../../../lib/job/inputs-of.ts';
import { openCog } from '../../../lib/raster/cog.ts';
import type { Api } from '../app.ts';
import { writer } from '../auth.ts';
import { chosenProduct } from '../choose.ts';
import { signalOf } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { formatQuery, index, productParam } from '../params.ts';
import { readStoredZones } from '../reduction/stored-zones.ts';
import { sendText, toJson } from '../reply.ts';
import { pointsCsv, toAnswer, validateProduct } from '../validation.ts';

/** How well a product agrees with a map that others made. */
export function addValidation(app: Api): void {
  const doc = describe({
    summary: 'Agreement of an annual variable with a reference map',
    tag: 'products',
    description:
      'The reference is a GeoTIFF among the inputs of the product, of MOD17A3HGF `Npp_500m` or plainly in gC m-2 a-1, whose pixels are whole squares of those of the product. `f=csv` gives the drawn points. Needs the right to write, as it chooses what is read.',
    answers: { 'application/json': { n: 2395, agreement: { r2: 0.79, rmse: 231 } }, 'text/csv': undefined },
  });
  const path = checked('param', z.object({ product: productParam }));
  const query = checked(
    'query',
    z.object({
      reference: z.string().meta({
        description: 'Key of the file below the inputs of the product',
        example: 'MOD17A3HGF.A2021001.h28v06.061.Npp_500m.tif',
      }),
      form: z.enum(['mod17', 'plain']).optional().meta({ description: 'mod17 unless said' }),
      variable: z.string().optional().meta({ description: 'npp_a unless said', example: 'npp_a' }),
      time: z.string().optional().meta({ description: 'A year; the last unless said', example: '2021' }),
      set: z.string().optional().meta({ description: 'Stored zones to draw within', example: 'zones' }),
      sample: index('Points to draw, 2395 unless said').optional(),
      seed: index('Of the sample, 1 unless said').optional(),
      seeds: index('Seeds over which the scores spread, 100 unless said').optional(),
      f: formatQuery(['json', 'csv']),
    }),
  );
  app.get('/products/:product/validation', doc, writer, path, query, async (c) => {
    const { world } = c.var;
    const { product } = await chosenProduct(c);
    const { reference, form = 'mod17', variable, time, set, f, ...numbers } = c.req.valid('query');
    if (!/\.tiff?$/i.test(reference))
      throw new BadRequest('reference', 'is no GeoTIFF: its name ends in .tif');
    const inputs = worldOf(world, product.product.spec).inputs;
    const answer = await validateProduct(world, product, {
      reference: await openCog(inputs, reference, signalOf(c)),
      form,
      ...(variable !== undefined && { variable }),
      ...(time !== undefined && { time }),
      ...(set !== undefined && { zones: (await readStoredZones(world, product, set)).geojson }),
      ...Object.fromEntries(
        Object.entries(numbers).flatMap(([name, text]) => (text === undefined ? [] : [[name, Number(text)]])),
      ),
    });
    if (f === 'csv') return sendText(c, pointsCsv(answer.validation), 'text/csv; charset=utf-8');
    return sendText(c, toJson(toAnswer(answer)), 'application/json');
  });
}
