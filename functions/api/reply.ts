import { createHash } from 'node:crypto';
import type { ApiContext } from './context.ts';

/** A strong ETag of everything that an answer follows from. */
export const etagOf = (...parts: readonly unknown[]): string =>
  `"${createHash('sha1').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)}"`;

/** The answer when the client has this version already: to be asked before anything is read. */
export function unchanged(c: ApiContext, etag: string): Response | undefined {
  const known = c.req.header('if-none-match');
  if (known === undefined || c.req.method === 'POST') return undefined;
  const hit = known.trim() === '*' || known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
  return hit ? new Response(null, { status: 304, headers: cacheHeaders(c, etag) }) : undefined;
}

export interface ReplyOptions {
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function sendBytes(
  c: ApiContext,
  bytes: Uint8Array,
  type: string,
  { etag, headers = {} }: ReplyOptions = {},
): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: {
      'Content-Type': type,
      'Content-Length': String(bytes.length),
      ...cacheHeaders(c, etag),
      ...headers,
    },
  });
}

/** What is no number is null, as JSON has it. */
export const toJson = (value: unknown): string => JSON.stringify(value);

export function sendJson(
  c: ApiContext,
  value: unknown,
  options: ReplyOptions & { readonly type?: string } = {},
): Response {
  const text = toJson(value);
  const etag = options.etag ?? etagOf(text);
  return unchanged(c, etag) ?? sendText(c, text, options.type ?? 'application/json', { ...options, etag });
}

export const sendText = (c: ApiContext, text: string, type: string, options: ReplyOptions = {}): Response =>
  sendBytes(c, new TextEncoder().encode(text), type, options);

export function cacheHeaders(c: ApiContext, etag?: string): Record<string, string> {
  if (!etag) return { 'Cache-Control': 'no-store' };
  const { maxAge = 0, auth } = c.get('options');
  const whose = auth?.readKeys ? 'private' : 'public';
  const keep = maxAge > 0 ? `${whose}, max-age=${maxAge}` : `${whose}, no-cache`;
  return { ETag: etag, 'Cache-Control': keep };
}
