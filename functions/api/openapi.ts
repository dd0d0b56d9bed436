import { generateSpecs } from 'hono-openapi';
import type { Api } from './app.ts';

export const API_VERSION = '0.1.0';

/** The OpenAPI 3.1 document of every route. */
export async function openApiDocument(app: Api, server: string): Promise<object> {
  const document = await generateSpecs(
    app as never,
    {
      documentation: {
        openapi: '3.1.0',
        info: {
          title: 'chunkflux',
          version: API_VERSION,
          description:
            'Maps and totals of land-carbon fluxes. NEP > 0 is uptake by land. Paths and parameters of tiles follow TiTiler; catalogues follow OGC API and STAC.',
          license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
        },
        servers: [{ url: server }],
        components: { schemas: { Problem: PROBLEM_SCHEMA }, securitySchemes: SECURITY },
      },
      excludeStaticFile: false,
    } as Parameters<typeof generateSpecs>[1],
  );
  return { ...document, openapi: '3.1.0' };
}

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable name of the failure' },
    detail: { type: 'string', description: 'What is wrong and what to do' },
    field: { type: 'string', description: 'Path of the offending field' },
    limit: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        allowed: { type: 'number' },
        asked: { type: 'number' },
        instead: { type: 'string', description: 'Where the same can be asked for without this limit' },
      },
    },
  },
};

const SECURITY = {
  key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  bearer: { type: 'http', scheme: 'bearer' },
};
