import { z } from 'zod';
import { NotFound } from '../../../lib/errors.ts';
import type { Legend } from '../../../lib/view/legend.ts';
import { legendStrip, stateStrip } from '../../../lib/view/legend-strip.ts';
import { encodePalettePng } from '../../../lib/view/palette-png.ts';
import { rasterise } from '../../../lib/view/png.ts';
import { isRampName, lutColors, lutOf, RAMP_NAMES, type RampName } from '../../../lib/view/ramp.ts';
import { group, onDark, svgDocument } from '../../../lib/view/svg.ts';
import { STATE_SWATCHES } from '../../../lib/view/tile-image.ts';
import type { Api } from '../app.ts';
import { chosen } from '../choose.ts';
import { type ApiContext, baseUrl } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { OverLimit } from '../errors.ts';
import { legendFor } from '../legends.ts';
import { pictureQuery, productParam, styleQuery, variableQuery } from '../params.ts';
import { etagOf, sendBytes, sendJson, sendText, unchanged } from '../reply.ts';

const WIDTH = 560;
const MARGIN = 8;
const STRIP_GAP = 8;
const FORMS = { json: 'application/json', svg: 'image/svg+xml', png: 'image/png' } as const;

/** Legends and colour maps, from the same table that tiles are painted with. */
export function addLegends(app: Api): void {
  for (const form of ['json', 'svg', 'png'] as const) {
    const doc = describe({
      summary: `Legend of a variable as ${form.toUpperCase()}`,
      tag: 'maps',
      answers: { [FORMS[form]]: undefined },
    });
    const path = checked('param', z.object({ product: productParam }));
    const query = checked(
      'query',
      z.object({
        variable: variableQuery.variable,
        ...styleQuery,
        theme: z.enum(['light', 'dark']).optional().meta({ description: 'Of the page that it stands on' }),
        states: pictureQuery.states.meta({ description: '`hatch` adds the stripes of what is not there' }),
      }),
    );
    app.get(`/products/:product/legend.${form}`, doc, path, query, async (c) => {
      const { theme = 'light', states, ...style } = c.req.valid('query');
      const { product, variable } = await chosen(c, style);
      const legend = await legendFor(c.var.world, product, variable, style);
      const hatch = states === 'hatch';
      const etag = etagOf(legend, form, theme, hatch);
      const same = unchanged(c, etag);
      if (same) return same;
      if (form === 'json') return sendJson(c, { ...legend, states: STATE_SWATCHES }, { etag });
      const light = legendDrawing(legend, hatch);
      const svg = theme === 'dark' ? onDark(light) : light;
      if (form === 'svg') return sendText(c, svg, FORMS.svg, { etag });
      return sendBytes(c, rasterise(svg), FORMS.png, { etag });
    });
  }

  const list = describe({
    summary: 'Names of the colour maps',
    tag: 'maps',
    answers: { 'application/json': { colorMaps: ['viridis'] } },
  });
  app.get('/colorMaps', list, (c) => {
    const links = RAMP_NAMES.map((name) => {
      const href = `${baseUrl(c)}/colorMaps/${name}`;
      return { rel: 'data', title: name, href, type: 'application/json' };
    });
    // TiTiler 1.x looks for the names, 2.x for what stands behind each.
    const colormaps = RAMP_NAMES.map((id, i) => ({ id, title: id, links: [links[i]] }));
    return sendJson(c, { colorMaps: RAMP_NAMES, colormaps, links });
  });
  const one = describe({
    summary: 'The 256 colours of a colour map, or a picture of it',
    tag: 'maps',
    answers: { 'application/json': { 0: [68, 1, 84, 255] }, 'image/png': undefined },
  });
  const side = z
    .string()
    .regex(/^\d{1,4}$/, 'a number of pixels')
    .optional();
  const look = z.object({
    f: z.enum(['json', 'png']).optional(),
    orientation: z.enum(['horizontal', 'vertical']).optional(),
    width: side.meta({ example: '256' }),
    height: side.meta({ example: '20' }),
  });
  const path = checked('param', z.object({ id: z.string().meta({ example: 'viridis' }) }));
  app.get('/colorMaps/:id', one, path, checked('query', look), (c) => {
    const { id } = c.req.valid('param');
    const name = id.toLowerCase();
    if (!isRampName(name)) throw new NotFound(`There is no colour map "${id.slice(0, 40)}". See /colorMaps.`);
    const lut = lutOf(name);
    if (c.req.valid('query').f === 'png') return sendStrip(c, name, c.req.valid('query'));
    const colors = lutColors(lut).map((_, i) => [i, [...lut.subarray(3 * i, 3 * i + 3), 255]]);
    return sendJson(c, Object.fromEntries(colors));
  });
}

/** As SVG; with the stripes of states below it when they are shown too. */
function legendDrawing(legend: Legend, hatch: boolean): string {
  const strips = [legendStrip(legend, WIDTH), ...(hatch ? [stateStrip()] : [])];
  const left = MARGIN + Math.ceil(Math.max(...strips.map(({ overhang }) => overhang)));
  let top = MARGIN;
  const parts = strips.map(({ svg, height }) => {
    const part = group(left, top, [svg]);
    top += height + STRIP_GAP;
    return part;
  });
  const width = Math.max(...strips.map((strip) => strip.width));
  return svgDocument(Math.ceil(width) + left + MARGIN, Math.ceil(top - STRIP_GAP) + MARGIN, parts);
}

/** A colour map as a bar, low to high from left to right or from the bottom up. */
function sendStrip(
  c: ApiContext,
  name: RampName,
  {
    orientation,
    ...size
  }: { orientation?: string | undefined; width?: string | undefined; height?: string | undefined },
): Response {
  const upright = orientation === 'vertical';
  const width = Math.max(1, Number(size.width ?? (upright ? 20 : 256)));
  const height = Math.max(1, Number(size.height ?? (upright ? 256 : 20)));
  if (width * height > c.var.limits.imagePixels)
    throw new OverLimit('imagePixels', c.var.limits.imagePixels, width * height, 'Ask for a smaller bar.');
  const pixels = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.floor(256 * (upright ? 1 - (Math.floor(i / width) + 0.5) / height : ((i % width) + 0.5) / width)),
  );
  const alphas = new Uint8Array(256).fill(255);
  const bytes = encodePalettePng({ width, height, pixels, colors: lutOf(name), alphas });
  return sendBytes(c, bytes, 'image/png', { etag: etagOf(name, upright, width, height) });
}
