import { availableParallelism, totalmem } from 'node:os';
import { BadRequest } from '../../lib/errors.ts';

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
 * Keys of the HTTP API: `CHUNKFLUX_READ_KEYS` and `CHUNKFLUX_WRITE_KEYS`, by commas; tokens by `CHUNKFLUX_JWT_SECRET`,
 * `CHUNKFLUX_JWT_ISSUER` and `CHUNKFLUX_JWT_AUDIENCE`.
 */
export function apiAuth(): {
  readKeys?: string[];
  writeKeys?: string[];
  jwt?: { secret: string; issuer?: string; audience?: string };
} {
  const readKeys = listed('CHUNKFLUX_READ_KEYS');
  const writeKeys = listed('CHUNKFLUX_WRITE_KEYS');
  const secret = process.env.CHUNKFLUX_JWT_SECRET;
  const issuer = process.env.CHUNKFLUX_JWT_ISSUER;
  const audience = process.env.CHUNKFLUX_JWT_AUDIENCE;
  const jwt = secret && { secret, ...(issuer && { issuer }), ...(audience && { audience }) };
  return { ...(readKeys && { readKeys }), ...(writeKeys && { writeKeys }), ...(jwt && { jwt }) };
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
