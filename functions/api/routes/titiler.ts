import { NotFound } from '../../../lib/errors.ts';
import type { Api } from '../app.ts';
import { describe } from '../doc.ts';
import { sendJson } from '../reply.ts';

/** What TiTiler has besides, and this server does not: said where its clients look for it. */
export function addTitiler(app: Api): void {
  const list = describe({
    summary: 'Algorithms: there are none',
    tag: 'maps',
    answers: { 'application/json': { algorithms: [] } },
  });
  app.get('/algorithms', list, (c) => sendJson(c, { algorithms: [], links: [] }));
  app.get('/algorithms/:id', () => {
    throw new NotFound(
      'There are no algorithms here; ask for npy or float GeoTIFF and compute with the values.',
    );
  });
  app.all('/cog/*', () => {
    throw new NotFound(
      'No files by address are read here: ask for a product of this server, /products/{product}/… or /zarr/…?url={product}. See /products.',
    );
  });
}

/** `/md` is what TiTiler 1.x called `/zarr`. */
export const modernPath = (path: string): string => path.replace(/^\/md(?=\/)/, '/zarr');
