import type { verifyWithJwks } from 'hono/jwt';
import { Refusal } from './errors.ts';

export type PublicKeys = NonNullable<Parameters<typeof verifyWithJwks>[1]['keys']>;

/** The public keys of whoever signs tokens. */
export interface KeySet {
  /**
   * @param kid name of the key that a token asks for
   * @throws Refusal when they were never had, and cannot be had now
   */
  keys(kid: string | undefined): Promise<PublicKeys>;
}

/** Keys are believed so long, and not asked for more often than that, ms. */
export const KEPT_MS = 10 * 60_000;
export const PAUSE_MS = 30_000;
const TIMEOUT_MS = 5000;
const MOST_BYTES = 2 ** 18;

/**
 * A JSON Web Key Set at the address that the operator gave; no other one is ever asked, wherever the answer would lead.
 * A key that nobody knows has them fetched again, so that a new one is known at once: once in half a minute, whatever is
 * sent to us. Keys that were had stay good while the address does not answer.
 *
 * @see RFC 7517
 */
export function keySetAt(address: string, now: () => number = Date.now): KeySet {
  let kept: PublicKeys | undefined;
  let had = Number.NEGATIVE_INFINITY;
  let asked = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const ask = async (): Promise<void> => {
    asked = now();
    try {
      kept = await fetchKeys(address);
      had = now();
    } catch (cause) {
      if (!kept) throw unavailable(cause);
    } finally {
      asking = undefined;
    }
  };
  return {
    async keys(kid) {
      const known = kept?.some((key) => key.kid === kid);
      const wanted = !known || now() - had > KEPT_MS;
      if (!asking && wanted && now() - asked >= PAUSE_MS) asking = ask();
      await asking;
      if (!kept) throw unavailable(undefined);
      return kept;
    },
  };
}

async function fetchKeys(address: string): Promise<PublicKeys> {
  const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const { keys } = JSON.parse(await textOf(response)) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error('no keys in it');
  return keys.filter((key): key is PublicKeys[number] => typeof key?.kid === 'string' && isPublic(key));
}

/** Only keys that verify: no secret, nothing that is meant for encryption. */
const isPublic = ({ kty, use }: Record<string, unknown>): boolean =>
  (kty === 'RSA' || kty === 'EC') && (use === undefined || use === 'sig');

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unavailable(cause: unknown): Refusal {
  const refusal = new Refusal(
    'Overloaded',
    'The keys of the signer of tokens cannot be had now. Try again.',
    {
      'Retry-After': '30',
    },
  );
  return Object.assign(refusal, { cause });
}
