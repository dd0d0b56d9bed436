import { z } from 'zod';
import { BadRequest } from '../../../lib/errors.ts';
import type { Api } from '../app.ts';
import type { ApiContext } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { index, productParam } from '../params.ts';
import { PICTURE_ANSWERS } from '../picture-form.ts';
import { sendTile, type TileQuery } from './tiles.ts';

const side = z
  .string()
  .regex(/^\d{2,4}$/, 'a number of pixels')
  .optional();
const query = z.object({
  variables: z.string().optional().meta({ description: 'The one to show', example: 'nep_a' }),
  style: z
    .string()
    .optional()
    .meta({ description: '`raster/` and a ramp of /colorMaps', example: 'raster/viridis' }),
  colorscalerange: z.string().optional().meta({ description: '`low,high`', example: '0,1200' }),
  width: side.meta({ example: '256' }),
  height: side.meta({ description: 'As the width: tiles are square', example: '256' }),
  time: z.string().optional().meta({ example: '2021' }),
  f: z.string().optional().meta({ example: 'image/png' }),
});

/** Tiles in the words of xpublish-tiles: row before column, and its own names for the parameters. */
export function addXpublish(app: Api): void {
  app.get(
    '/datasets/:product/tiles/:tms/:z/:y/:x',
    describe({
      summary: 'A tile as xpublish-tiles has it: row, then column',
      tag: 'tiles',
      answers: PICTURE_ANSWERS,
    }),
    checked(
      'param',
      z.object({
        product: productParam,
        tms: z.string().meta({ example: 'WebMercatorQuad' }),
        z: index('Zoom'),
        y: index('Row'),
        x: index('Column'),
      }),
    ),
    checked('query', query),
    (c) => {
      const { tms, z: zoom, x, y } = c.req.valid('param');
      return sendTile(c as ApiContext, tms, zoom, x, y, inOurWords(c.req.valid('query')));
    },
  );
}

function inOurWords({
  variables,
  style,
  colorscalerange,
  width,
  height,
  time,
  f,
}: z.infer<typeof query>): TileQuery {
  const [kind, ramp] = style?.split('/') ?? [];
  if (kind !== undefined && kind !== 'raster')
    throw new BadRequest('style', 'is not raster/…; vectors are not drawn');
  if (height !== undefined && width !== undefined && height !== width)
    throw new BadRequest('height', 'differs from width; tiles are square');
  return {
    variable: variables,
    rescale: colorscalerange,
    colormap_name: ramp === 'default' ? undefined : ramp,
    tilesize: width ?? height,
    time,
    f,
  };
}
