import type { Api } from '../app.ts';
import { baseUrl } from '../context.ts';
import { describe } from '../doc.ts';
import { openApiDocument } from '../openapi.ts';
import { sendJson } from '../reply.ts';

const REL = 'http://www.opengis.net/def/rel/ogc/1.0';
const OGC = 'http://www.opengis.net/spec';

/** Only classes that a route stands behind. */
export const CONFORMANCE = [
  `${OGC}/ogcapi-common-1/1.0/conf/core`,
  `${OGC}/ogcapi-common-1/1.0/conf/json`,
  `${OGC}/ogcapi-common-1/1.0/conf/landing-page`,
  `${OGC}/ogcapi-common-2/1.0/conf/collections`,
  `${OGC}/ogcapi-tiles-1/1.0/conf/core`,
  `${OGC}/ogcapi-tiles-1/1.0/conf/tileset`,
  `${OGC}/ogcapi-tiles-1/1.0/conf/tilesets-list`,
  `${OGC}/ogcapi-tiles-1/1.0/conf/geodata-tilesets`,
  `${OGC}/ogcapi-tiles-1/1.0/conf/datetime`,
  `${OGC}/ogcapi-tiles-1/1.0/conf/png`,
  `${OGC}/ogcapi-tiles-1/1.0/conf/tiff`,
  `${OGC}/ogcapi-edr-1/1.2/conf/core`,
  `${OGC}/ogcapi-edr-1/1.2/conf/collections`,
  `${OGC}/ogcapi-edr-1/1.2/conf/queries`,
  `${OGC}/ogcapi-edr-1/1.2/conf/covjson`,
  'https://api.stacspec.org/v1.0.0/core',
];

/** Landing page, conformance and the document of the API, as OGC API Common has them. */
export function addLanding(app: Api): void {
  const landing = describe({
    summary: 'Where everything is',
    tag: 'service',
    answers: { 'application/json': { title: 'chunkflux' } },
  });
  app.get('/', landing, (c) => {
    const base = baseUrl(c);
    const link = (rel: string, path: string, type: string, title: string) => ({
      rel,
      href: `${base}${path}`,
      type,
      title,
    });
    return sendJson(c, {
      title: 'chunkflux',
      description: 'Maps and totals of land-carbon fluxes.',
      links: [
        link('self', '/', 'application/json', 'This page'),
        link('service-desc', '/api', 'application/vnd.oai.openapi+json;version=3.1', 'OpenAPI document'),
        link('service-doc', '/api.html', 'text/html', 'The same to read'),
        link('conformance', '/conformance', 'application/json', 'Conformance classes'),
        link(`${REL}/conformance`, '/conformance', 'application/json', 'Conformance classes'),
        link('data', '/collections', 'application/json', 'Collections: one a variable of a product'),
        link(`${REL}/data`, '/collections', 'application/json', 'Collections'),
        link(`${REL}/tiling-schemes`, '/tileMatrixSets', 'application/json', 'Tile matrix sets'),
        link('child', '/stac', 'application/json', 'STAC catalogue'),
        link('items', '/products', 'application/json', 'Products'),
      ],
    });
  });
  app.get(
    '/conformance',
    describe({
      summary: 'Conformance classes',
      tag: 'service',
      answers: { 'application/json': { conformsTo: CONFORMANCE.slice(0, 1) } },
    }),
    (c) => sendJson(c, { conformsTo: CONFORMANCE }),
  );
  app.get(
    '/api',
    describe({
      summary: 'This document',
      tag: 'service',
      answers: { 'application/vnd.oai.openapi+json;version=3.1': undefined },
    }),
    async (c) =>
      sendJson(c, await openApiDocument(app, baseUrl(c)), {
        type: 'application/vnd.oai.openapi+json;version=3.1',
      }),
  );
}
