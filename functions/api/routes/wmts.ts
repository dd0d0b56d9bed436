import { z } from 'zod';
import { BadRequest, isFluxError } from '../../../lib/errors.ts';
import { escapeXml } from '../../../lib/view/svg.ts';
import type { Api } from '../app.ts';
import { chosenProduct } from '../choose.ts';
import { type ApiContext, baseUrl } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { answerTo } from '../errors.ts';
import { productParam, ROOTS } from '../params.ts';
import { etagOf, sendText, unchanged } from '../reply.ts';
import { capabilities } from '../wmts-capabilities.ts';
import { sendTile } from './tiles.ts';

const XML = 'application/xml';

/** WMTS 1.0.0 by path and by query: a layer a variable, time as a dimension. @see OGC 07-057r7 */
export function addWmts(app: Api): void {
  const doc = describe({ summary: 'WMTS capabilities', tag: 'tiles', answers: { [XML]: undefined } });
  const query = checked('query', z.object({ url: z.string().optional() }));
  for (const [root, path] of ROOTS)
    app.get(`${root}/WMTSCapabilities.xml`, doc, checked('param', z.object(path)), query, sendCapabilities);
  app.get(
    '/products/:product/wmts',
    describe({
      summary: 'WMTS by query: GetCapabilities and GetTile',
      tag: 'tiles',
      description:
        '`REQUEST=GetTile&LAYER=nep_a&TILEMATRIXSET=WebMercatorQuad&TILEMATRIX=5&TILEROW=13&TILECOL=26&TIME=2021`; names in any case.',
      answers: { [XML]: undefined, 'image/png': undefined },
    }),
    checked('param', z.object({ product: productParam })),
    checked('query', z.object({ REQUEST: z.string().optional().meta({ example: 'GetCapabilities' }) })),
    (c) => answerQuery(c).catch((error: unknown) => exception(c, error)),
  );
}

async function sendCapabilities(c: ApiContext): Promise<Response> {
  const { product } = await chosenProduct(c);
  const base = `${baseUrl(c)}/products/${product.id}`;
  const etag = etagOf('wmts', product.etag, base);
  return unchanged(c, etag) ?? sendText(c, capabilities(product, base), XML, { etag });
}

async function answerQuery(c: ApiContext): Promise<Response> {
  const said = new Map(Object.entries(c.req.query()).map(([name, value]) => [name.toLowerCase(), value]));
  const need = (name: string): string => {
    const value = said.get(name);
    if (value === undefined) throw new BadRequest(name, 'is missing');
    return value;
  };
  const request = need('request').toLowerCase();
  if (request === 'getcapabilities') return sendCapabilities(c);
  if (request !== 'gettile') throw new BadRequest('request', 'is neither GetCapabilities nor GetTile');
  const places = (['tilematrix', 'tilecol', 'tilerow'] as const).map((name) => {
    const value = need(name);
    if (!/^\d{1,9}$/.test(value)) throw new BadRequest(name, `"${value.slice(0, 20)}" is no whole number`);
    return value;
  });
  const [z, x, y] = places as [string, string, string];
  return sendTile(c, need('tilematrixset'), z, x, y, {
    variable: need('layer'),
    time: said.get('time'),
    f: said.get('format'),
  });
}

/** Clients of WMTS look for this form. @see OGC 06-121r3, 8 */
function exception(c: ApiContext, error: unknown): Response {
  const { problem, headers } = answerTo(error, c.var.world);
  const { field, detail, status } = problem;
  const missing = isFluxError(error) && /is missing$/.test(error.message);
  const code = missing
    ? 'MissingParameterValue'
    : status < 500
      ? 'InvalidParameterValue'
      : 'NoApplicableCode';
  const where = field === undefined ? '' : ` locator="${escapeXml(field)}"`;
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<ExceptionReport xmlns="http://www.opengis.net/ows/1.1" version="1.1.0"><Exception exceptionCode="${code}"${where}><ExceptionText>${escapeXml(detail)}</ExceptionText></Exception></ExceptionReport>`;
  return new Response(text, {
    status,
    headers: { 'Content-Type': XML, 'Cache-Control': 'no-store', ...headers },
  });
}
