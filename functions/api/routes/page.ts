import { NotFound } from '../../../lib/errors.ts';
import type { Api } from '../app.ts';
import type { ApiContext } from '../context.ts';
import type { Asset, Page } from '../page/assets.ts';
import { etagOf } from '../reply.ts';

/** All that the page needs comes from the server that it came from. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/**
 * The map page: at `/` for whoever asks for HTML, its files under `/page/`. It holds no data, so it needs no key; what
 * it asks of the API does.
 */
export function addPage(app: Api, page: Page): void {
  app.get('/', async (c, next) => {
    c.header('Vary', 'Accept');
    if (!wantsHtml(c.req.header('accept'))) return next();
    return send(c, (await page()).get('index.html')!);
  });
  app.get('/page/:file', async (c) => {
    const name = c.req.param('file');
    const asset = (await page()).get(name);
    if (!asset) throw new NotFound(`The page has no file ${name.slice(0, 80)}.`);
    return send(c, asset);
  });
}

/** Browsers name HTML first; clients of the API ask for JSON, or for anything. */
const wantsHtml = (accept = ''): boolean => {
  const [html, json] = ['text/html', 'application/json'].map((type) => accept.indexOf(type));
  return html! >= 0 && (json! < 0 || html! < json!);
};

function send(c: ApiContext, { bytes, gzip, type, etag }: Asset): Response {
  const packed = gzip !== undefined && /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
  const tag = packed ? etagOf(etag, 'gzip') : etag;
  const headers = {
    ETag: tag,
    'Cache-Control': 'public, no-cache',
    Vary: 'Accept, Accept-Encoding',
    'Content-Security-Policy': POLICY,
    'Referrer-Policy': 'no-referrer',
  };
  if (c.req.header('if-none-match') === tag) return new Response(null, { status: 304, headers });
  const body = packed ? gzip : bytes;
  return new Response(body as Uint8Array<ArrayBuffer>, {
    headers: {
      ...headers,
      'Content-Type': type,
      'Content-Length': String(body.length),
      ...(packed && { 'Content-Encoding': 'gzip' }),
    },
  });
}
