import { decode, verify, verifyWithJwks } from 'hono/jwt';
import { Refusal } from './errors.ts';
import { type KeySet, keySetAt } from './key-set.ts';
import type { JwtOptions } from './options.ts';

/** What the signer's keys may be used for; a token that says another algorithm, or none, grants nothing. */
const BY_KEYS = ['RS256', 'ES256'] as const;

const keySets = new WeakMap<JwtOptions, KeySet>();

/**
 * Scopes of a token that is signed as the operator wants it, in time, of the issuer and for the audience. Each kind of
 * key goes with its own algorithms: a public key is never taken for a shared secret, whatever the token's header says.
 *
 * @returns none for what is expired, forged, of another issuer, or no token at all
 * @throws Refusal when the keys of the signer cannot be had
 */
export async function scopesOf(token: string, options: JwtOptions): Promise<string[]> {
  try {
    const { scope } = await claimsOf(token, options);
    return typeof scope === 'string' ? scope.split(' ') : [];
  } catch (error) {
    if (error instanceof Refusal) throw error;
    return [];
  }
}

async function claimsOf(token: string, options: JwtOptions): Promise<Record<string, unknown>> {
  const { secret, publicKey, issuer, audience } = options;
  const { alg, typ, kid } = decode(token).header;
  const verification = {
    ...(issuer && { iss: issuer }),
    ...(audience && { aud: audience }),
    ...(typ !== undefined && { typ: ['JWT', 'at+jwt'] }), // RFC 9068 names access tokens so
  };
  if (alg === 'HS256' && secret) return verify(token, secret, { ...verification, alg: 'HS256' });
  if (publicKey && alg === publicKey.alg) return verify(token, publicKey, { ...verification, alg });
  const keys = BY_KEYS.some((each) => each === alg) ? await keySetOf(options)?.keys(kid) : undefined;
  return keys ? verifyWithJwks(token, { keys, verification, allowedAlgorithms: BY_KEYS }) : {};
}

function keySetOf(options: JwtOptions): KeySet | undefined {
  if (options.keySet && !keySets.has(options)) keySets.set(options, keySetAt(options.keySet));
  return keySets.get(options);
}
