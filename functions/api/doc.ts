import type { MiddlewareHandler } from 'hono';
import { describeRoute, validator } from 'hono-openapi';
import type { z } from 'zod';
import { BadRequest } from '../../lib/errors.ts';

/** What the OpenAPI document says of a route. */
export interface RouteDoc {
  readonly summary: string;
  readonly tag: Tag;
  readonly description?: string;
  /** Of success; 200 unless said. */
  readonly status?: 200 | 202 | 204;
  /** Media types of the answer, each with an example where it is text. */
  readonly answers?: Readonly<Record<string, unknown>>;
  /** Examples of the body by media type. */
  readonly body?: Readonly<Record<string, { readonly example: unknown; readonly schema?: object }>>;
}

export type Tag = 'service' | 'products' | 'chunks' | 'maps' | 'tiles' | 'reductions' | 'catalogue';

const PROBLEM = {
  'application/problem+json': {
    schema: { $ref: '#/components/schemas/Problem' },
  },
};
const problem = (description: string) => ({ description, content: PROBLEM });

export function describe({
  summary,
  tag,
  description,
  answers = {},
  body,
  status = 200,
}: RouteDoc): MiddlewareHandler {
  const content = Object.fromEntries(
    Object.entries(answers).map(([type, example]) => [type, example === undefined ? {} : { example }]),
  );
  return describeRoute({
    summary,
    tags: [tag],
    ...(description && { description }),
    ...(body && { requestBody: { required: true, content: bodyContent(body) } }),
    responses: {
      [status]: { description: summary, ...(Object.keys(content).length > 0 && { content }) },
      ...(status === 200 && { 304: { description: 'Not changed since the ETag given' } }),
      400: problem('Something in the request is wrong; `field` names it'),
      404: problem('Not there'),
      413: problem('Over a limit; `limit` names it'),
      503: problem('Too busy, or the store does not answer; Retry-After says when to come back'),
    },
  } as Parameters<typeof describeRoute>[0]);
}

const bodyContent = (body: NonNullable<RouteDoc['body']>) =>
  Object.fromEntries(
    Object.entries(body).map(([type, { example, schema }]) => [
      type,
      { example, schema: schema ?? { type: 'object' } },
    ]),
  );

type Checked = 'query' | 'param';

/** Checks the query or the path; the first thing wrong is named. */
export const checked = <S extends z.ZodType>(target: Checked, schema: S) =>
  validator(target, schema, (result) => {
    if (result.success) return;
    const issue = (result.error as readonly { message: string; path?: readonly unknown[] }[])[0];
    const path = (issue?.path ?? []).map((part) => String((part as { key?: unknown })?.key ?? part));
    throw new BadRequest(path.join('.'), issue?.message ?? 'is not as it should be');
  });
