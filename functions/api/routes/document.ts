import { escapeXml } from '../../../lib/view/svg.ts';
import type { Api } from '../app.ts';
import { baseUrl } from '../context.ts';
import { describe } from '../doc.ts';
import { openApiDocument } from '../openapi.ts';
import { etagOf, sendText, unchanged } from '../reply.ts';

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly schema?: { readonly description?: string; readonly example?: unknown };
}

/** The document of the API for people: no script, nothing from elsewhere. */
export function addDocument(app: Api): void {
  const doc = describe({
    summary: 'The document of this API, to read',
    tag: 'service',
    answers: { 'text/html': undefined },
  });
  app.get('/api.html', doc, async (c) => {
    const { paths, info } = (await openApiDocument(app, baseUrl(c))) as {
      paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
      info: { readonly title: string; readonly description: string };
    };
    const all = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({ path, method, operation })),
    );
    const tags = [...new Set(all.map(({ operation }) => operation.tags?.[0] ?? 'service'))];
    const sections = tags.map((tag) => {
      const own = all.filter(({ operation }) => (operation.tags?.[0] ?? 'service') === tag);
      return `<h2>${escapeXml(tag)}</h2>${own.map(operationHtml).join('')}`;
    });
    const body = `<h1>${escapeXml(info.title)}</h1><p>${escapeXml(info.description)} <a href="/api">OpenAPI 3.1</a></p>${sections.join('')}`;
    const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeXml(info.title)}: API</title><style>${STYLE}</style><main>${body}</main></html>`;
    const etag = etagOf(html);
    const headers = { 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'" };
    return unchanged(c, etag) ?? sendText(c, html, 'text/html; charset=utf-8', { etag, headers });
  });
}

function operationHtml({
  path,
  method,
  operation,
}: {
  path: string;
  method: string;
  operation: Operation;
}): string {
  const { summary = '', description, parameters = [] } = operation;
  const rows = parameters.map(({ name, in: where, description: about, schema }) => {
    const example = schema?.example === undefined ? '' : `<code>${escapeXml(String(schema.example))}</code>`;
    return `<tr><td><code>${escapeXml(name)}</code></td><td>${escapeXml(where)}</td><td>${escapeXml(about ?? schema?.description ?? '')}</td><td>${example}</td></tr>`;
  });
  const table = rows.length > 0 ? `<table>${rows.join('')}</table>` : '';
  const more = description ? `<p>${escapeXml(description)}</p>` : '';
  return `<details><summary><b>${method.toUpperCase()}</b> <code>${escapeXml(path)}</code> <span>${escapeXml(summary)}</span></summary>${more}${table}</details>`;
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0}main{max-width:60rem;margin:auto;padding:1.5rem}
h2{margin:2rem 0 .5rem;text-transform:capitalize}details{border-top:1px solid #8884;padding:.4rem 0}summary{cursor:pointer}
summary b{display:inline-block;min-width:4rem;font-size:.8rem}summary span{opacity:.75;margin-left:.5rem}code{font-size:.9em;overflow-wrap:anywhere}
table{border-collapse:collapse;margin:.5rem 0 1rem;width:100%;font-size:.9rem}td{border-top:1px solid #8883;padding:.25rem .5rem;vertical-align:top}`;
