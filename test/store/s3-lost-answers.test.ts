import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { Conflict } from '../../lib/errors.ts';
import { s3Store } from '../../lib/store/s3.ts';
import { clientOf } from '../helpers/s3-server.ts';
import {
  type Answer,
  answering,
  failureOf,
  hangUp,
  never,
  status,
  stopAnswering,
  storeAnswering,
  whole,
} from './scripted-s3.ts';

afterEach(stopAnswering);

describe('hanging servers', () => {
  const stalled: Answer = (_, response) => {
    response.writeHead(200, { etag: '"e1"', 'content-length': '100' });
    response.write('x');
  };

  it.each([
    ['before it answers', never],
    ['in the middle of an answer', stalled],
  ])('ends at once when it is aborted while the server hangs %s', async (_, answer) => {
    const { store } = await storeAnswering(answer);
    const abort = new AbortController();
    const work = failureOf(store.get('a', { signal: abort.signal }));
    setTimeout(() => abort.abort(new Error('ctrl-c')), 100);
    expect((await work).message).toBe('ctrl-c');
  });

  it.each([
    ['before it answers', never],
    ['in the middle of an answer', stalled],
  ])('gives up by itself when nothing moves any more %s', async (_, answer) => {
    const { endpoint } = await answering(answer);
    const { config } = clientOf(endpoint);
    const client = new S3Client({
      ...{
        endpoint,
        region: 'us-east-1',
        forcePathStyle: true,
        maxAttempts: 1,
        credentials: config.credentials,
      },
      requestHandler: { socketTimeout: 200 },
    });
    const failure = await failureOf(s3Store({ bucket: 'bucket', client }).get('a'));
    expect(failure).toMatchObject({ code: 'StoreFailure', transient: true });
  });
});

describe('lost answers to conditional puts', () => {
  const one = new Uint8Array([1]);

  /** Keeps the id of the put that it takes, and then behaves as `after` says. */
  function keeping(after: Answer): { take: Answer; tell: Answer } {
    let id: string | undefined;
    return {
      take: (request, response) => {
        id = String(request.headers['x-amz-meta-chunkflux-put']);
        after(request, response);
      },
      tell: (_, response) => {
        response.writeHead(200, {
          etag: '"mine"',
          'content-length': '1',
          'x-amz-meta-chunkflux-put': id ?? '',
        });
        response.end();
      },
    };
  }

  it.each([{ onlyIfAbsent: true }, { ifMatch: '"e0"' }])(
    'finds that its own first try won (%o)',
    async (condition) => {
      const { take, tell } = keeping(hangUp);
      const { store, asked } = await storeAnswering(take, status(412, 'PreconditionFailed'), tell);
      expect(await store.put('a', one, condition)).toEqual({ key: 'a', etag: '"mine"', size: 1 });
      expect(asked).toEqual(['PUT /bucket/a', 'PUT /bucket/a', 'HEAD /bucket/a']);
    },
  );

  it('finds that it won though every answer was lost', async () => {
    const { take, tell } = keeping(hangUp);
    const { store } = await storeAnswering(take, hangUp, hangUp, tell);
    expect((await store.put('a', one, { onlyIfAbsent: true })).etag).toBe('"mine"');
  });

  it.each([
    [412, 'PreconditionFailed', { onlyIfAbsent: true }],
    [409, 'ConditionalRequestConflict', { onlyIfAbsent: true }],
    [412, 'PreconditionFailed', { ifMatch: '"e0"' }],
    [404, 'NoSuchKey', { ifMatch: '"e0"' }],
  ])('calls %i %s a conflict when another one’s bytes are there', async (code, name, condition) => {
    const other = whole('', { etag: '"theirs"', 'x-amz-meta-chunkflux-put': 'another' });
    const { store } = await storeAnswering(status(code, name), other);
    expect(await failureOf(store.put('a', one, condition))).toBeInstanceOf(Conflict);
  });

  it('leaves it open when neither the put nor the look at it was answered', async () => {
    const { store } = await storeAnswering(hangUp);
    expect(await failureOf(store.put('a', one, { onlyIfAbsent: true }))).toMatchObject({
      code: 'StoreFailure',
      transient: true,
    });
  });

  it('asks nothing more after a plain put, which may simply be done again', async () => {
    const { store, asked } = await storeAnswering(status(503, 'SlowDown'));
    expect(await failureOf(store.put('a', one))).toMatchObject({ transient: true });
    expect(asked).toEqual(Array(3).fill('PUT /bucket/a'));
  });
});
