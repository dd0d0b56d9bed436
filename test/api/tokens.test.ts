import { createHmac, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { sign } from 'hono/jwt';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { KEPT_MS, keySetAt, PAUSE_MS } from '../../functions/api/key-set.ts';
import type { JwtOptions, PublicKey } from '../../functions/api/options.ts';
import { scopesOf } from '../../functions/api/tokens.ts';
import { listen, type RunningServer } from '../../functions/entry/local/listen.ts';
import { apiAuth } from '../../functions/runtime/env.ts';
import { appOver, countryStore } from './served.ts';

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const OTHER = generateKeyPairSync('rsa', { modulusLength: 2048 });

type Alg = 'RS256' | 'ES256';
const jwkOf = (key: KeyObject): JsonWebKey => key.export({ format: 'jwk' });
const publicOf = (key: KeyObject, alg: Alg, kid?: string): PublicKey =>
  ({ ...jwkOf(key), alg, ...(kid && { kid }) }) as PublicKey;
const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

const ISSUER = 'https://id.example.org';
const CLAIMS = { scope: 'write', exp: 4e9, iss: ISSUER };
const signed = (key: KeyObject, alg: Alg, kid: string, claims: object = CLAIMS): Promise<string> =>
  sign({ ...claims }, { ...jwkOf(key), alg, kid } as never, alg);

/** A token put together by hand, as an attacker would. */
function forged(header: object, claims: object, mac?: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${mac === undefined ? '' : createHmac('sha256', mac).update(text).digest('base64url')}`;
}

/** Somebody's server of keys, which can be told to change, to fail and to lead elsewhere. */
class Signer {
  keys: object[] = [publicOf(RSA.publicKey, 'RS256', 'one')];
  answer: (() => Response) | undefined;
  asked: string[] = [];
  #server: RunningServer | undefined;
  async start(): Promise<void> {
    this.#server = await listen(
      ({ url }) => {
        this.asked.push(new URL(url).pathname);
        return this.answer?.() ?? Response.json({ keys: this.keys });
      },
      '127.0.0.1',
      0,
    );
  }
  get url(): string {
    return `${this.#server!.url}/jwks.json`;
  }
  close = () => this.#server?.close();
}

describe('tokens by a public key', () => {
  it.each([
    ['RS256', RSA],
    ['ES256', EC],
  ] as const)(
    'are taken by %s when they are whole, in time, of the issuer and for the audience',
    async (alg, pair) => {
      const options = { publicKey: publicOf(pair.publicKey, alg), issuer: ISSUER, audience: 'flux' };
      const scopes = async (claims: object, key = pair.privateKey) =>
        scopesOf(await signed(key, alg, 'any', { ...CLAIMS, aud: 'flux', ...claims }), options);
      expect(await scopes({})).toEqual(['write']);
      expect(await scopes({ scope: 'read other' })).toEqual(['read', 'other']);
      for (const wrong of [
        { exp: 1 },
        { nbf: 4e9 },
        { iss: 'https://elsewhere.example.org' },
        { aud: 'other' },
      ])
        expect(await scopes(wrong), JSON.stringify(wrong)).toEqual([]);
      const whole = await signed(pair.privateKey, alg, 'any', { ...CLAIMS, aud: 'flux' });
      const [head, , mac] = whole.split('.');
      const body = Buffer.from(JSON.stringify({ ...CLAIMS, aud: 'flux', sub: 'root' })).toString('base64url');
      expect(await scopesOf(`${head}.${body}.${mac}`, options)).toEqual([]);
      if (alg === 'RS256') expect(await scopes({}, OTHER.privateKey)).toEqual([]);
    },
  );

  it('grant nothing when the algorithm is another one, or none, or the public key is taken for a secret', async () => {
    const pem = pemOf(RSA.publicKey);
    const key = publicOf(RSA.publicKey, 'RS256');
    const options: JwtOptions[] = [
      { publicKey: key },
      { publicKey: key, secret: 'shared' },
      { secret: 'shared' },
    ];
    const attacks = [
      ...[pem, pem.trim(), JSON.stringify(jwkOf(RSA.publicKey)), ''].map((mac) =>
        forged({ alg: 'HS256', typ: 'JWT' }, CLAIMS, mac),
      ),
      ...['none', 'None', 'NONE', ''].map((alg) => forged({ alg, typ: 'JWT' }, CLAIMS)),
      forged({ typ: 'JWT' }, CLAIMS, 'shared'),
      forged({ alg: 'HS384', typ: 'JWT' }, CLAIMS, 'shared'),
      forged({ alg: 'RS256', typ: 'JWT' }, CLAIMS, 'shared'),
      forged({ alg: 'HS256', typ: 'JWT', crit: ['exp'] }, CLAIMS, 'shared'),
      await signed(EC.privateKey, 'ES256', 'any'),
      'a.b.c',
      '..',
    ];
    for (const given of options)
      for (const token of attacks) expect(await scopesOf(token, given), token).toEqual([]);
    expect(await scopesOf(forged({ alg: 'HS256', typ: 'JWT' }, CLAIMS, 'shared'), options[1]!)).toEqual([
      'write',
    ]);
    expect(await scopesOf(forged({ alg: 'HS256', typ: 'at+jwt' }, CLAIMS, 'shared'), options[1]!)).toEqual([
      'write',
    ]);
    expect(await scopesOf(forged({ alg: 'HS256', typ: 'dpop+jwt' }, CLAIMS, 'shared'), options[1]!)).toEqual(
      [],
    );
  });
});

describe('tokens by a set of keys', () => {
  const signer = new Signer();
  const evil = new Signer();
  beforeAll(() => Promise.all([signer.start(), evil.start()]));
  afterAll(() => Promise.all([signer.close(), evil.close()]));
  afterEach(() => {
    signer.keys = [publicOf(RSA.publicKey, 'RS256', 'one')];
    signer.answer = undefined;
    signer.asked = [];
  });
  const options = (): JwtOptions => ({ keySet: signer.url, issuer: ISSUER });

  it('open the way to write, and nobody else does', async () => {
    const app = appOver(await countryStore(), { auth: { jwt: options() } });
    const put = async (token: string) => {
      const init = { method: 'PUT', body: '{}', headers: { Authorization: `Bearer ${token}` } };
      return (await app.request('/products/tiny/zones/mine', init)).status;
    };
    expect(await put(await signed(RSA.privateKey, 'RS256', 'one'))).toBe(400); // let in: no zones are in it
    expect(await put(await signed(OTHER.privateKey, 'RS256', 'one'))).toBe(401);
    expect(await put(await signed(RSA.privateKey, 'RS256', 'one', { ...CLAIMS, scope: 'read' }))).toBe(401);
    expect(signer.asked).toEqual(['/jwks.json']);
  });

  it('ask the one address alone, whatever a token or an answer says', async () => {
    const away = { jku: evil.url, x5u: evil.url, jwk: publicOf(OTHER.publicKey, 'RS256', 'one') };
    const claims = Buffer.from(JSON.stringify({ ...CLAIMS, iss: evil.url })).toString('base64url');
    const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'one', ...away })).toString('base64url');
    expect(await scopesOf(`${head}.${claims}.AAAA`, options())).toEqual([]);
    signer.answer = () => Response.redirect(evil.url, 302);
    await expect(scopesOf(await signed(OTHER.privateKey, 'RS256', 'one'), options())).rejects.toMatchObject({
      code: 'Overloaded',
    });
    expect(evil.asked).toEqual([]);
  });

  it('grant nothing by a key of another kind, of another algorithm, or a secret among the keys', async () => {
    signer.keys = [
      { kty: 'oct', k: Buffer.from('shared').toString('base64url'), kid: 'secret', alg: 'HS256' },
      { ...publicOf(RSA.publicKey, 'RS256', 'for-secrecy'), use: 'enc' },
      publicOf(RSA.publicKey, 'RS256', 'one'),
      { ...jwkOf(EC.publicKey), kid: 'two' },
    ];
    const given = options();
    for (const alg of ['HS256', 'RS256', 'ES256']) {
      for (const kid of ['secret', 'one', 'two', 'for-secrecy', undefined])
        expect(
          await scopesOf(forged({ alg, kid, typ: 'JWT' }, CLAIMS, 'shared'), given),
          `${alg} ${kid}`,
        ).toEqual([]);
    }
    expect(await scopesOf(await signed(RSA.privateKey, 'RS256', 'for-secrecy'), given)).toEqual([]);
    expect(await scopesOf(await signed(RSA.privateKey, 'RS256', 'two'), given)).toEqual([]);
    expect(await scopesOf(await signed(EC.privateKey, 'ES256', 'two'), given)).toEqual(['write']);
  });

  it('are kept, fetched again for a new key but not for every one made up, and outlive their server', async () => {
    let now = 0;
    const set = keySetAt(signer.url, () => now);
    const kids = async (kid: string) => (await set.keys(kid)).map((key) => key.kid);
    await Promise.all([kids('one'), kids('one'), kids('one')]);
    expect([await kids('one'), signer.asked.length]).toEqual([['one'], 1]);
    signer.keys.push(publicOf(OTHER.publicKey, 'RS256', 'new'));
    now += PAUSE_MS - 1;
    expect([await kids('new'), signer.asked.length]).toEqual([['one'], 1]);
    now += 1;
    expect([await kids('new'), signer.asked.length]).toEqual([['one', 'new'], 2]);
    for (let n = 0; n < 50; n++) await kids(`made up ${n}`);
    expect(signer.asked.length).toBe(2);

    signer.keys = [publicOf(RSA.publicKey, 'RS256', 'one')];
    now += KEPT_MS + 1;
    expect([await kids('one'), signer.asked.length]).toEqual([['one'], 3]); // one that was taken back
    for (const answer of [
      () => new Response('', { status: 500 }),
      () => new Response('<html>'),
      () => Response.json({ keys: 'none' }),
      () => new Response('x'.repeat(2 ** 19)),
    ]) {
      signer.answer = answer;
      now += KEPT_MS + 1;
      expect(await kids('one')).toEqual(['one']);
      await expect(keySetAt(signer.url).keys('one')).rejects.toMatchObject({ code: 'Overloaded' });
    }
  });
});

describe('what the environment says of tokens', () => {
  afterEach(() => vi.unstubAllEnvs());
  const authWith = (names: Record<string, string>) => {
    vi.unstubAllEnvs();
    for (const [name, value] of Object.entries(names)) vi.stubEnv(`CHUNKFLUX_JWT_${name}`, value);
    return apiAuth();
  };

  it('knows a key by its kind, with its lines spelled out or not', () => {
    expect(authWith({ PUBLIC_KEY: pemOf(EC.publicKey) }).jwt!.publicKey).toMatchObject({
      kty: 'EC',
      alg: 'ES256',
    });
    const oneLine = pemOf(RSA.publicKey).replaceAll('\n', '\\n');
    expect(authWith({ PUBLIC_KEY: oneLine }).jwt!.publicKey).toMatchObject({ kty: 'RSA', alg: 'RS256' });
    expect(authWith({ PUBLIC_KEY: '', KEY_SET: '', SECRET: '' }).jwt).toBeUndefined();
    const keySet = 'https://id.example.org/jwks.json';
    expect(authWith({ KEY_SET: keySet, ISSUER }).jwt).toEqual({ keySet, issuer: ISSUER });
  });

  it('refuses what would let strangers in, and names the variable', () => {
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const keySet = 'https://id.example.org/jwks.json';
    const refusals: [Record<string, string>, RegExp][] = [
      [{ PUBLIC_KEY: 'secret' }, /PUBLIC_KEY.*no public key/],
      [{ PUBLIC_KEY: pemOf(p384.publicKey) }, /P-256/],
      [{ KEY_SET: 'http://id.example.org/jwks.json', ISSUER }, /KEY_SET.*https/],
      [{ KEY_SET: 'file:///etc/passwd', ISSUER }, /https/],
      [{ KEY_SET: keySet }, /ISSUER.*is not set/],
      [{ KEY_SET: keySet, ISSUER, PUBLIC_KEY: pemOf(RSA.publicKey) }, /one of them/],
    ];
    for (const [names, message] of refusals) expect(() => authWith(names)).toThrow(message);
  });
});
