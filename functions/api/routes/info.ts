import { z } from 'zod';
import { nativeBounds } from '../../../lib/view/target-window.ts';
import { crsUri } from '../../../lib/view/tile-matrix.ts';
import type { Api } from '../app.ts';
import { type Chosen, chosen } from '../choose.ts';
import { checked, describe } from '../doc.ts';
import { lonLatBounds } from '../extent.ts';
import { ROOTS, variableQuery } from '../params.ts';
import { sendJson } from '../reply.ts';
import { geometryOf } from '../stac.ts';

const query = checked(
  'query',
  z.object({
    ...variableQuery,
    show_times: z.string().optional().meta({ description: 'TiTiler: the steps as a list', example: 'true' }),
    crs: z.string().optional().meta({ description: 'TiTiler: GeoJSON is in longitude and latitude here' }),
  }),
);

/** What a dataset is, as rio-tiler's `Info` says it. */
export function addInfo(app: Api): void {
  const info = describe({
    summary: 'What the map is, as TiTiler says it',
    tag: 'maps',
    answers: { 'application/json': { bounds: [11490155.4, 2457874, 11745209, 2611693.8], dtype: 'float32' } },
  });
  const feature = describe({
    summary: 'The same as a GeoJSON feature',
    tag: 'maps',
    answers: { 'application/geo+json': { type: 'Feature' } },
  });
  const bounds = describe({
    summary: 'West, south, east, north',
    tag: 'maps',
    answers: { 'application/json': { bounds: [111.5, 22.1, 115.2, 23.5] } },
  });
  for (const [root, path] of ROOTS) {
    const inProduct = checked('param', z.object(path));
    app.get(`${root}/info`, info, inProduct, query, async (c) =>
      sendJson(c, infoOf(await chosen(c, c.req.valid('query')), c.req.valid('query').show_times)),
    );
    app.get(`${root}/info.geojson`, feature, inProduct, query, async (c) => {
      const what = await chosen(c, c.req.valid('query'));
      const bbox = lonLatBounds(what.product.grid());
      const properties = infoOf(what, c.req.valid('query').show_times);
      return sendJson(
        c,
        { type: 'Feature', bbox, geometry: geometryOf(bbox), properties },
        { type: 'application/geo+json' },
      );
    });
    app.get(`${root}/bounds`, bounds, inProduct, query, async (c) => {
      const { product } = await chosen(c, c.req.valid('query'));
      return sendJson(c, {
        bounds: lonLatBounds(product.grid()),
        crs: 'http://www.opengis.net/def/crs/OGC/1.3/CRS84',
      });
    });
  }
}

/** Bounds are in the CRS of the product, as there. */
function infoOf({ product, variable }: Chosen, showTimes: string | undefined): object {
  const grid = product.grid();
  const { labels } = variable.axis;
  return {
    bounds: nativeBounds(grid),
    crs: crsUri(grid.crs) ?? grid.crs.wkt,
    band_metadata: labels.map((label, i) => [`b${i + 1}`, { time: label }]),
    band_descriptions: labels.map((label, i) => [`b${i + 1}`, `${variable.title} ${label}`]),
    dtype: variable.dtype,
    nodata_type: 'Nodata',
    name: variable.name,
    count: labels.length,
    ...(/^(?:true|1)$/i.test(showTimes ?? '') && { times: labels }),
    width: grid.width,
    height: grid.height,
    units: variable.units,
    variables: [...product.variables.keys()],
  };
}
