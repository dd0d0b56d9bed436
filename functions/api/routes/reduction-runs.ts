import { z } from 'zod';
import { Conflict } from '../../../lib/errors.ts';
import type { ReduceItem } from '../../../lib/job/queue.ts';
import type { Api } from '../app.ts';
import { writer } from '../auth.ts';
import { chosenProduct } from '../choose.ts';
import { type ApiContext, baseUrl } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { formatQuery, productParam } from '../params.ts';
import { methodOf, withSources } from '../reduction/answer.ts';
import { PER_ZONE } from '../reduction/cover-zones.ts';
import { geoJsonOf, prepareReduction } from '../reduction/reduce.ts';
import { FORMS, readBody } from '../reduction/request.ts';
import { featuresOf } from '../reduction/zones.ts';
import {
  type AskedRun,
  deleteRun,
  doneParts,
  readAsked,
  readAskedZones,
  runName,
  writeAsked,
} from '../reduction-runs/asked.ts';
import { readResult } from '../reduction-runs/result.ts';
import { splitReduction } from '../reduction-runs/split.ts';
import { runLimits } from '../reduction-runs/work.ts';
import { etagOf, sendJson, unchanged } from '../reply.ts';
import { jsonBody, REDUCTION_BODY, reductionQuery, sendReduction } from './reductions.ts';

const ROOT = '/products/:product/reductions/runs';
const runParam = z.string().meta({ description: 'Name of the run', example: '20260101T000000-0a1b2c3d' });
const RUNNING = { run: '20260101T000000-0a1b2c3d', state: 'running', progress: { done: 3, parts: 12 } };

/** Reductions that take longer than a request: asked for, looked at, fetched. */
export function addReductionRuns(app: Api): void {
  const inProduct = checked('param', z.object({ product: productParam }));
  const ofRun = checked('param', z.object({ product: productParam, run: runParam }));
  app.post(
    ROOT,
    describe({
      summary: 'Ask for a reduction that is done behind the request',
      tag: 'reductions',
      description:
        'Takes the body of /reductions, with no limit on cells and time. Answers 202 with the address of the run. Needs the right to write.',
      body: REDUCTION_BODY,
      answers: { 'application/json': RUNNING },
      status: 202,
    }),
    writer,
    inProduct,
    checked('query', reductionQuery),
    start,
  );
  app.get(
    `${ROOT}/:run`,
    describe({
      summary: 'How far a reduction is',
      tag: 'reductions',
      answers: { 'application/json': RUNNING },
    }),
    ofRun,
    async (c) => sendJson(c, await statusOf(c, await askedOf(c))),
  );
  app.get(
    `${ROOT}/:run/result`,
    describe({
      summary: 'The numbers of a reduction that is done',
      tag: 'reductions',
      description: '409 with Retry-After while it is under way.',
      answers: {
        'application/json': { zones: [] },
        'application/geo+json': undefined,
        'text/csv': undefined,
      },
    }),
    ofRun,
    checked('query', z.object({ f: formatQuery(FORMS) })),
    sendResult,
  );
  app.delete(
    `${ROOT}/:run`,
    describe({ summary: 'Stop a reduction and forget it', tag: 'reductions', status: 204 }),
    ofRun,
    async (c) => {
      await deleteRun(c.var.world, await askedOf(c));
      return c.body(null, 204);
    },
  );
}

async function askedOf(c: ApiContext): Promise<AskedRun> {
  const { product } = await chosenProduct(c);
  return readAsked(c.var.world, product.id, c.req.param('run') ?? '');
}

async function start(c: ApiContext): Promise<Response> {
  const { world, limits, queue } = c.var;
  const body = readBody(await jsonBody(c), c.req.query());
  const { product } = await chosenProduct(c);
  const plan = await prepareReduction(world, runLimits(limits), product, body);
  const sent = await geoJsonOf(world, product, body);
  const { zones: _, set: __, bbox: ___, ...rest } = body;
  const now = world.now();
  const asked: AskedRun = {
    run: runName(now),
    product: product.id,
    accepted: product.accepted.digest,
    body: rest,
    method: methodOf(plan),
    zones: plan.zones.length,
    perFeature: body.classes ? PER_ZONE : 1,
    parts: splitReduction(plan),
    createdAt: new Date(now).toISOString(),
  };
  await writeAsked(world, asked, sent);
  const { run } = asked;
  await queue.send(
    asked.parts.map((_, part): ReduceItem => ({ kind: 'reduce', product: product.id, run, part })),
  );
  const status = await statusOf(c, asked);
  return c.json(status, 202, { Location: linkTo(c, asked), 'Cache-Control': 'no-store' });
}

const linkTo = (c: ApiContext, { product, run }: AskedRun): string =>
  `${baseUrl(c)}/products/${product}/reductions/runs/${run}`;

async function statusOf(c: ApiContext, asked: AskedRun): Promise<object> {
  const done = (await doneParts(c.var.world, asked)).size;
  const parts = asked.parts.length;
  const self = linkTo(c, asked);
  const state = done === parts ? 'done' : done > 0 ? 'running' : 'waiting';
  return {
    run: asked.run,
    product: asked.product,
    state,
    progress: { done, parts, zones: asked.zones },
    createdAt: asked.createdAt,
    links: [
      { rel: 'self', href: self },
      ...(state === 'done' ? [{ rel: 'result', href: `${self}/result` }] : []),
    ],
  };
}

async function sendResult(c: ApiContext): Promise<Response> {
  const { world } = c.var;
  const asked = await askedOf(c);
  const form = (c.req.query('f') ?? asked.body.f ?? 'json') as (typeof FORMS)[number];
  const etag = etagOf(asked.run, asked.parts.length, form);
  const result = await readResult(world, asked);
  if (!result) throw new Conflict(`The reduction ${asked.run} is not done yet. Look at it again later.`);
  const same = unchanged(c, etag);
  if (same) return same;
  const sent = await readAskedZones(world, asked);
  const features = sent === undefined ? [] : featuresOf(sent);
  const sentAt = (index: number) =>
    features[Math.floor(index / asked.perFeature)] as Readonly<Record<string, unknown>> | undefined;
  return sendReduction(c, {
    form,
    etag,
    zones: result.zones,
    method: withSources(asked.method, result.sources),
    sentAt,
  });
}
