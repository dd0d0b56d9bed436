import { z } from 'zod';
import type { Api } from '../app.ts';
import { chosen } from '../choose.ts';
import type { ApiContext } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { EXAMPLE_FEATURE } from '../example-zone.ts';
import { featureTarget } from '../feature-outline.ts';
import { numberText, pictureQuery, ROOTS, sizeQuery, variableQuery } from '../params.ts';
import { sendPicture } from '../picture.ts';
import { formatOf, PICTURE_ANSWERS } from '../picture-form.ts';
import { type Box, boxGrid, previewGrid } from '../preview-grid.ts';
import { crsNamed } from '../sample.ts';
import { jsonBody } from './reductions.ts';

const query = z.object({ ...variableQuery, ...pictureQuery, ...sizeQuery });
type Query = z.infer<typeof query>;

/** `512x512.png`, `512x512`, `.png` */
const SIZE = /^(?:(\d{1,5})x(\d{1,5}))?(?:\.(\w{1,8}))?$/;
const sizeParam = z.string().regex(SIZE, 'WIDTHxHEIGHT.png').meta({ example: '512x512.png' });
const BOX = /^(.+?)(?:\.([a-z]\w{0,7}))?$/i;
const boxParam = z
  .string()
  .refine((text) => cornersIn(text) !== undefined, 'is not minx,miny,maxx,maxy')
  .meta({
    description: 'West, south, east, north, and the format if wanted',
    example: '112,22,114,23.5.png',
  });

/** Pictures of any part of a product, by TiTiler's paths: the whole, a box, a feature. */
export function addImages(app: Api): void {
  for (const [root, path] of ROOTS) {
    addPreviews(app, root, path);
    addBoxes(app, root, path);
    addFeatures(app, root, path);
  }
}

type Path = Readonly<Record<string, z.ZodType>>;

function addPreviews(app: Api, root: string, path: Path): void {
  const doc = describe({
    summary: 'The whole product as a picture',
    tag: 'maps',
    answers: PICTURE_ANSWERS,
  });
  const send = async (c: ApiContext, q: Query, named: string): Promise<Response> => {
    const [size, format] = sized(q, named);
    const what = await chosen(c, q);
    const crs = q.dst_crs ? crsNamed(q.dst_crs) : undefined;
    return sendPicture(c, what, previewGrid(what.product.grid(), size, crs), formatOf(format), q);
  };
  for (const ext of ['', '.png', '.webp', '.npy', '.tif'])
    app.get(`${root}/preview${ext}`, doc, checked('param', z.object(path)), checked('query', query), (c) =>
      send(c, c.req.valid('query'), ext),
    );
  const param = checked('param', z.object({ ...path, size: sizeParam }));
  app.get(`${root}/preview/:size`, doc, param, checked('query', query), (c) =>
    send(c, c.req.valid('query'), c.req.valid('param').size),
  );
}

function addBoxes(app: Api, root: string, path: Path): void {
  const doc = describe({
    summary: 'A box of a product as a picture',
    tag: 'maps',
    description:
      '`…/{minx},{miny},{maxx},{maxy}.png`, or `…/{maxy}/{width}x{height}.png`. West may be larger than east: across the dateline.',
    answers: PICTURE_ANSWERS,
  });
  const send = async (c: ApiContext, q: Query, box: string, named = ''): Promise<Response> => {
    const [corners, own] = cornersIn(box)!;
    const [size, format] = sized(q, named);
    const what = await chosen(c, q);
    return sendPicture(c, what, boxGrid(corners, size), formatOf(own ?? format), q);
  };
  const whole = checked('param', z.object({ ...path, box: boxParam }));
  app.get(`${root}/bbox/:box`, doc, whole, checked('query', query), (c) =>
    send(c, c.req.valid('query'), c.req.valid('param').box),
  );
  const sizedBox = checked('param', z.object({ ...path, box: boxParam, size: sizeParam }));
  app.get(`${root}/bbox/:box/:size`, doc, sizedBox, checked('query', query), (c) => {
    const { box, size } = c.req.valid('param');
    return send(c, c.req.valid('query'), box, size);
  });
}

function addFeatures(app: Api, root: string, path: Path): void {
  const doc = describe({
    summary: 'What lies in a feature, as a picture',
    tag: 'maps',
    description: 'Pixels whose centre lies outside the polygon are transparent.',
    body: {
      'application/json': { example: EXAMPLE_FEATURE },
      'application/geo+json': { example: EXAMPLE_FEATURE },
    },
    answers: PICTURE_ANSWERS,
  });
  const send = async (c: ApiContext, q: Query, named: string): Promise<Response> => {
    const [size, format] = sized(q, named);
    const what = await chosen(c, q);
    const { target, outline } = featureTarget(await jsonBody(c), size);
    return sendPicture(c, what, target, formatOf(format), q, outline);
  };
  for (const ext of ['', '.png', '.webp', '.npy', '.tif'])
    app.post(`${root}/feature${ext}`, doc, checked('param', z.object(path)), checked('query', query), (c) =>
      send(c, c.req.valid('query'), ext),
    );
  const param = checked('param', z.object({ ...path, size: sizeParam }));
  app.post(`${root}/feature/:size`, doc, param, checked('query', query), (c) =>
    send(c, c.req.valid('query'), c.req.valid('param').size),
  );
}

/** What a path says of size and form wins over the query. */
function sized(q: Query, named: string): [Query, format: string | undefined] {
  const [, width, height, format] = SIZE.exec(named) ?? [];
  const coord_crs = q.coord_crs ?? q['coord-crs'];
  return [
    { ...q, coord_crs, width: width ?? q.width, height: height ?? q.height },
    format ?? q.f ?? q.format,
  ];
}

function cornersIn(text: string): [Box, format: string | undefined] | undefined {
  const [, numbers = '', format] = BOX.exec(text) ?? [];
  const parts = numbers.split(',').map((part) => part.trim());
  if (parts.length !== 4 || !parts.every((part) => numberText.test(part))) return undefined;
  return [parts.map(Number) as unknown as Box, format];
}
