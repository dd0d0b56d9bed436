import { createPublicKey } from 'node:crypto';
import { availableParallelism, totalmem } from 'node:os';
import { BadRequest } from '../../lib/errors.ts';
import type { AuthOptions, JwtOptions, PublicKey } from '../api/options.ts';

/** Every name that is read from the environment, in one place; and the sizes of what a deploy makes. iac reads both. */

/** Names that a deploy sets for its functions. */
export const NAMES = {
  /** Products and runs: `s3://bucket` or `s3://bucket/prefix`. */
  store: 'CHUNKFLUX_STORE',
  /** What products are made from, and their specs. */
  inputs: 'CHUNKFLUX_INPUTS',
  /** URL of the queue of places to do. */
  chunkQueue: 'CHUNKFLUX_CHUNK_QUEUE',
  /** URL of the queue of what nobody tries any more. */
  deadLetters: 'CHUNKFLUX_DEAD_LETTERS',
  memoryMB: 'CHUNKFLUX_MEMORY_MB',
  /** What one run of any product may cost, USD; a spec may say less. Set where a deploy is made, it is handed on. */
  budget: 'CHUNKFLUX_BUDGET',
  log: 'CHUNKFLUX_LOG',
  readKeys: 'CHUNKFLUX_READ_KEYS',
  writeKeys: 'CHUNKFLUX_WRITE_KEYS',
  jwtSecret: 'CHUNKFLUX_JWT_SECRET',
  /** PEM of a key, RSA or P-256; or the address of a set of them. */
  jwtPublicKey: 'CHUNKFLUX_JWT_PUBLIC_KEY',
  jwtKeySet: 'CHUNKFLUX_JWT_KEY_SET',
  jwtIssuer: 'CHUNKFLUX_JWT_ISSUER',
  jwtAudience: 'CHUNKFLUX_JWT_AUDIENCE',
  metricsNamespace: 'POWERTOOLS_METRICS_NAMESPACE',
  /** Every metric's dimension `service`. */
  service: 'POWERTOOLS_SERVICE_NAME',
} as const;

/** Names that the deploy itself reads. */
export const DEPLOY_NAMES = {
  /** Who is told of alarms. */
  alarmEmail: 'CHUNKFLUX_ALARM_EMAIL',
  /** Places that are done at a time, 2 to 1,000: the brake on what a run may cost an hour. */
  concurrency: 'CHUNKFLUX_CONCURRENCY',
} as const;

/** 1,769 MB is where Lambda gives one whole vCPU. */
const ONE_CPU_MB = 1769;

/** Lambda's share of a function's memory and time, and what surrounds it. Queues hide a message for `hiddenFor(…)`. */
export const FUNCTIONS = {
  /** Plans what an upload changes. A burst waits for one batch, so that it makes one plan a product. */
  input: { memoryMB: ONE_CPU_MB, timeoutS: 600, batch: 100, windowS: 20, concurrency: 2, tries: 4 },
  /** Does one place. The largest runs are finished by the sweep, which has more time. */
  chunks: { memoryMB: ONE_CPU_MB, timeoutS: 300, batch: 1, windowS: 0, concurrency: 50, tries: 4 },
  /** Sweeps what a crash left, and plans every product once a year. */
  finish: { memoryMB: ONE_CPU_MB, timeoutS: 900 },
  api: { memoryMB: ONE_CPU_MB, timeoutS: 30 },
} as const;

/** A message stays hidden for six times its worker's timeout and the wait for a batch, as AWS asks; seconds. */
export const hiddenFor = ({ timeoutS, windowS }: { timeoutS: number; windowS: number }): number =>
  6 * timeoutS + windowS;

/** What a worker hands on is what it has not begun by then: whatever it then has in hand takes less than what is left, ms. */
export const shiftOf = ({ timeoutS }: { timeoutS: number }): number => 1000 * (timeoutS / 2);

/** The platform takes a message away when no handler could: workers that die do not count their tries. */
export const receivesOf = ({ tries }: { tries: number }): number => tries + 2;

/** What a planner may give to one task: the worker's memory but for a tenth that is not ours. */
export const taskMemoryMB = Math.floor(0.9 * FUNCTIONS.chunks.memoryMB);

/** Events that the schedules send, in UTC. */
export const SCHEDULES = {
  sweep: { when: 'rate(15 minutes)', event: { kind: 'sweep' } },
  annual: { when: 'cron(0 3 15 1 ? *)', event: { kind: 'annual' } },
} as const;

/** What the sweep counts; alarms look at it. */
export const METRICS = {
  namespace: 'chunkflux',
  /** Products whose last run is incomplete, or that a newer input waits for. */
  staleProducts: 'StaleProducts',
} as const;

const MIB = 2 ** 20;

/** Memory that one task may need: `CHUNKFLUX_MEMORY_MB`, else an even share of three quarters of the machine's. */
export function memoryLimit(): number {
  const said = positive('CHUNKFLUX_MEMORY_MB');
  return said ? said * MIB : Math.floor((0.75 * totalmem()) / threadCount());
}

/** Worker threads: `CHUNKFLUX_THREADS`, else one a core. */
export const threadCount = (): number => positive('CHUNKFLUX_THREADS') ?? availableParallelism();

/** What one run may cost, USD: `CHUNKFLUX_BUDGET`; undefined when nobody says. @throws BadRequest */
export function budget(): number | undefined {
  const text = process.env[NAMES.budget];
  if (text === undefined || text === '') return undefined;
  const usd = Number(text);
  if (usd > 0 && usd < Number.POSITIVE_INFINITY) return usd;
  throw new BadRequest(NAMES.budget, `"${text}" is no sum of USD`);
}

function positive(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new BadRequest(name, `"${text}" is not a positive whole number`);
}

/**
 * Keys of the HTTP API: `CHUNKFLUX_READ_KEYS` and `CHUNKFLUX_WRITE_KEYS`, by commas; tokens by what `tokens` reads.
 * @throws BadRequest
 */
export function apiAuth(): AuthOptions {
  const readKeys = listed(NAMES.readKeys);
  const writeKeys = listed(NAMES.writeKeys);
  const jwt = tokens();
  return { ...(readKeys && { readKeys }), ...(writeKeys && { writeKeys }), ...(jwt && { jwt }) };
}

/**
 * Whose tokens count: `CHUNKFLUX_JWT_SECRET` (HS256), `CHUNKFLUX_JWT_PUBLIC_KEY` or `CHUNKFLUX_JWT_KEY_SET` (RS256, ES256),
 * of `CHUNKFLUX_JWT_ISSUER`, for `CHUNKFLUX_JWT_AUDIENCE`.
 * @throws BadRequest a key that is none; a set of keys over an open line, or of a signer that signs for others too
 */
function tokens(): JwtOptions | undefined {
  const { [NAMES.jwtSecret]: secret, [NAMES.jwtPublicKey]: pem, [NAMES.jwtKeySet]: keySet } = process.env;
  const { [NAMES.jwtIssuer]: issuer, [NAMES.jwtAudience]: audience } = process.env;
  if (!secret && !pem && !keySet) return undefined;
  if (pem && keySet)
    throw new BadRequest(NAMES.jwtPublicKey, `is set beside ${NAMES.jwtKeySet}; say one of them`);
  if (keySet) checkKeySet(keySet, issuer);
  return {
    ...(secret && { secret }),
    ...(pem && { publicKey: publicKeyOf(pem) }),
    ...(keySet && { keySet }),
    ...(issuer && { issuer }),
    ...(audience && { audience }),
  };
}

/** A PEM's lines may be spelled with `\\n`, as files of variables want it. */
function publicKeyOf(pem: string): PublicKey {
  try {
    const jwk = createPublicKey(pem.replaceAll('\\n', '\n')).export({ format: 'jwk' });
    if (jwk.kty === 'RSA') return { ...jwk, alg: 'RS256' };
    if (jwk.kty === 'EC' && jwk.crv === 'P-256') return { ...jwk, alg: 'ES256' };
  } catch {
    // falls through: what OpenSSL says of it is of no help
  }
  throw new BadRequest(NAMES.jwtPublicKey, 'is no public key in PEM, RSA or EC on P-256');
}

function checkKeySet(address: string, issuer: string | undefined): void {
  const { protocol, hostname } = URL.parse(address) ?? {};
  const here = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  if (protocol !== 'https:' && !(protocol === 'http:' && here))
    throw new BadRequest(NAMES.jwtKeySet, `"${address}" is no https:// address`);
  if (!issuer)
    throw new BadRequest(NAMES.jwtIssuer, `is not set; a set of keys signs for more than one: say who`);
}

/** Where the API's products lie: `CHUNKFLUX_STORE`. @throws BadRequest when it is not set */
export function storeLocation(): string {
  const location = process.env.CHUNKFLUX_STORE;
  if (location) return location;
  throw new BadRequest('CHUNKFLUX_STORE', 'is not set; give s3://bucket/prefix');
}

/** Whom the API sends what takes longer than a request: `CHUNKFLUX_CHUNK_QUEUE`. @throws BadRequest when it is not set */
export function chunkQueueUrl(): string {
  const url = process.env.CHUNKFLUX_CHUNK_QUEUE;
  if (url) return url;
  throw new BadRequest('CHUNKFLUX_CHUNK_QUEUE', 'is not set; the deploy sets it');
}

function listed(name: string): string[] | undefined {
  const items = (process.env[name] ?? '').split(',').map((item) => item.trim());
  const given = items.filter((item) => item !== '');
  return given.length > 0 ? given : undefined;
}
