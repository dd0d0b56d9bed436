import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { ApiContext, ApiEnv } from './context.ts';
import { Refusal } from './errors.ts';
import type { AuthOptions } from './options.ts';
import { scopesOf } from './tokens.ts';

type Right = 'read' | 'write';

/**
 * Asks for a key (`X-API-Key`, or `Authorization: Bearer`) or a token where the operator wants one. Without any key
 * or secret for writing, writing is off but on loopback.
 */
export const mayUse =
  (right: Right, auth: AuthOptions = {}): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    if (!isOpen(right, auth)) await check(c, right, auth);
    await next();
  };

/** For a route of its own that only those may use who may write, whatever its method. */
export const writer: MiddlewareHandler<ApiEnv> = (c, next) => mayUse('write', c.var.options.auth)(c, next);

function isOpen(right: Right, { readKeys, writeKeys, jwt, loopback }: AuthOptions): boolean {
  if (right === 'read') return !readKeys;
  return loopback === true && !writeKeys && !jwt;
}

async function check(c: ApiContext, right: Right, auth: AuthOptions): Promise<void> {
  const keys = right === 'read' ? [...(auth.readKeys ?? []), ...(auth.writeKeys ?? [])] : auth.writeKeys;
  if (right === 'write' && !keys && !auth.jwt) {
    throw new Refusal('Forbidden', 'Writing over HTTP is switched off on this server.');
  }
  const given = c.req.header('x-api-key') ?? /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (given === undefined) throw unauthorised('A key is needed: send it as X-API-Key, or as a bearer token.');
  if ((keys ?? []).some((key) => sameText(key, given))) return;
  if (auth.jwt && (await scopesOf(given, auth.jwt)).some((scope) => grants(scope, right))) return;
  throw unauthorised('This key or token is not one that may do this.');
}

const grants = (scope: string, right: Right): boolean => scope === right || scope === 'write';

const unauthorised = (message: string): Refusal =>
  new Refusal('Unauthorised', message, { 'WWW-Authenticate': 'Bearer realm="chunkflux"' });

/** In a time that does not tell how much of it was right. */
function sameText(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
