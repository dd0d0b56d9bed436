import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { BadRequest, type ErrorCode, isFluxError, TooLarge } from '../../lib/errors.ts';
import type { World } from '../../lib/job/world.ts';
import type { ApiEnv } from './context.ts';

/** HTTP's name for every failure that chunkflux knows; does not compile when a class is missing. */
export const STATUS = {
  BadRequest: 400,
  NotFound: 404,
  UnitMismatch: 422,
  GridMismatch: 422,
  ChunkTooLarge: 422,
  MissingInput: 422,
  UnsupportedInput: 422,
  CorruptInput: 422,
  StaleInput: 409,
  Conflict: 409,
  BudgetExceeded: 413,
  TooLarge: 413,
  StoreFailure: 503,
} as const satisfies Record<ErrorCode, ContentfulStatusCode>;

/** The limit that a request is over, and what was asked. */
export interface LimitFact {
  readonly name: string;
  readonly allowed: number;
  readonly asked: number;
  /** Where the same can be asked for without this limit. */
  readonly instead?: string;
}

/** A request over one of the API's limits; says which one, and what was asked. */
export class OverLimit extends TooLarge {
  readonly limit: LimitFact;
  /** @param instead path that takes the same without this limit */
  constructor(name: string, allowed: number, asked: number, remedy: string, instead?: string) {
    const other =
      instead === undefined ? '' : ` Or POST it to ${instead}, where it is done behind the request.`;
    super(`${asked} is more than the limit ${name} = ${allowed}. ${remedy}${other}`);
    this.limit = { name, allowed, asked, ...(instead !== undefined && { instead }) };
  }
}

const REFUSALS = {
  Unauthorised: 401,
  Forbidden: 403,
  MethodNotAllowed: 405,
  RangeNotSatisfiable: 416,
  Overloaded: 503,
  TimedOut: 504,
} as const satisfies Record<string, ContentfulStatusCode>;

/** What only HTTP knows: no key, no turn, no time. */
export class Refusal extends Error {
  readonly code: keyof typeof REFUSALS;
  readonly headers: Readonly<Record<string, string>>;
  constructor(code: keyof typeof REFUSALS, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.headers = headers;
  }
}

/** The body of every error, RFC 9457; `detail` is also where clients of TiTiler look. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** Path of the offending field. */
  readonly field?: string;
  readonly limit?: LimitFact;
}

export interface Answer {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a failure looks like from outside: no path, no stack, no name of a bucket. */
export function answerTo(error: unknown, world: World): Answer {
  if (error instanceof Refusal) return answer(REFUSALS[error.code], error.code, error.message, error.headers);
  if (isFluxError(error)) {
    const status = STATUS[error.code];
    if (error.code === 'StoreFailure') {
      world.log.error({ error: error.message }, 'the store failed');
      return answer(status, error.code, 'The store did not answer as it should. Try again.', RETRY);
    }
    const more = {
      ...(error instanceof BadRequest && error.field && { field: error.field }),
      ...(error instanceof OverLimit && { limit: error.limit }),
    };
    const retry: Readonly<Record<string, string>> = error.transient ? RETRY : {};
    return answer(status, error.code, publicText(world, error.message), retry, more);
  }
  if (isAbort(error))
    return answer(
      504,
      'TimedOut',
      'The request took too long and was stopped. Ask for less at a time; a long reduction goes to /products/{product}/reductions/runs.',
      RETRY,
    );
  world.log.error({ error }, 'the API failed');
  return answer(500, 'Internal', 'Something went wrong on our side.');
}

const RETRY = { 'Retry-After': '2' };

const isAbort = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');

function answer(
  status: number,
  code: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
  more: Partial<Problem> = {},
): Answer {
  return { problem: { type: 'about:blank', title: code, status, code, detail, ...more }, headers };
}

/** A message without the places that our stores lie in. */
export function publicText({ store, inputs }: Pick<World, 'store' | 'inputs'>, message: string): string {
  let text = message;
  for (const { name } of [store, inputs]) {
    const place = name.replace(/^folder /, '');
    // A name without a slash, as memory has, is no place.
    for (const secret of [name, place]) if (secret.includes('/')) text = text.replaceAll(secret, 'the store');
  }
  return text;
}

export function onError(error: unknown, c: Context<ApiEnv>): Response {
  const { problem, headers } = answerTo(error, c.get('world'));
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...headers },
  });
}
