import { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { StaleInput, StoreFailure } from '../../lib/errors.ts';
import { s3Store } from '../../lib/store/s3.ts';
import { readBody } from '../../lib/store/s3-body.ts';
import { collect } from '../helpers/collect.ts';
import { clientOf } from '../helpers/s3-server.ts';
import {
  type Answer,
  answering,
  brokenOff,
  failureOf,
  part,
  status,
  stopAnswering,
  storeAnswering,
  whole,
} from './scripted-s3.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  stopAnswering();
});

describe('refusals', () => {
  it('takes 403 for a refusal that names ListBucket, and never for an absence', async () => {
    const { store } = await storeAnswering(status(403, 'AccessDenied'));
    const work = [store.get('a'), store.head('a'), collect(store.list('')), store.delete('a')];
    for (const failure of await Promise.all(work.map(failureOf))) {
      expect(failure).toBeInstanceOf(StoreFailure);
      expect(failure.transient).toBe(false);
      expect(failure.message).toMatch(/^s3:\/\/bucket.*403.*s3:ListBucket/);
    }
  });

  it('takes a missing key for an absence, and a missing bucket for a failure', async () => {
    expect(await (await storeAnswering(status(404, 'NoSuchKey'))).store.get('a')).toBeUndefined();
    const { store } = await storeAnswering(status(404, 'NoSuchBucket'));
    const work = [store.get('a'), store.put('a', new Uint8Array(1)), collect(store.list(''))];
    for (const failure of await Promise.all(work.map(failureOf))) {
      expect(failure).toMatchObject({ code: 'StoreFailure', transient: false });
    }
  });

  it.each([
    [400, 'ExpiredToken', /have expired: get new ones/],
    [403, 'InvalidAccessKeyId', /AWS_ACCESS_KEY_ID or AWS_PROFILE/],
    [403, 'SignatureDoesNotMatch', /AWS_SECRET_ACCESS_KEY/],
    [403, 'RequestTimeTooSkewed', /clock of this machine/],
  ])('says what to do about credentials: %i %s', async (code, name, remedy) => {
    const { store } = await storeAnswering(status(code, name));
    const work = [store.get('a'), store.put('a', new Uint8Array(1)), collect(store.list(''))];
    for (const failure of await Promise.all(work.map(failureOf))) {
      expect(failure).toMatchObject({ code: 'StoreFailure', transient: false });
      expect(failure.message).toMatch(remedy);
    }
  });

  it('names another region', async () => {
    const { store } = await storeAnswering(status(301, 'PermanentRedirect'));
    expect((await failureOf(store.get('a'))).message).toMatch(/another region/);
  });

  it('takes 412 on a read for a changed input, and 416 for a range outside the object', async () => {
    const changed = await storeAnswering(status(412, 'PreconditionFailed'));
    expect(await failureOf(changed.store.get('a', { ifMatch: '"e0"' }))).toBeInstanceOf(StaleInput);
    const outside = await storeAnswering(status(416, 'InvalidRange'));
    expect(await failureOf(outside.store.get('a', { range: { offset: 9, length: 1 } }))).toMatchObject({
      transient: false,
      message: expect.stringMatching(/416/),
    });
  });

  it('says what is missing where there are no credentials, and no region', async () => {
    const file = '/dev/null';
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true').stubEnv('AWS_CONFIG_FILE', file);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_REGION']) vi.stubEnv(name, undefined);
    const { endpoint } = await answering(whole(''));
    const nobody = s3Store({ bucket: 'bucket', endpoint, region: 'us-east-1' });
    expect((await failureOf(nobody.get('a'))).message).toMatch(/no AWS credentials.*AWS_ACCESS_KEY_ID/);
    const nowhere = s3Store({ bucket: 'bucket' });
    expect((await failureOf(nowhere.get('a'))).message).toMatch(/no AWS region.*AWS_REGION/);
  });
});

describe('faults of the server or the way to it', () => {
  it('gives up after three 503, as worth another try later', async () => {
    const { store, asked } = await storeAnswering(status(503, 'SlowDown'));
    const failure = await failureOf(store.get('a'));
    expect(failure).toMatchObject({ code: 'StoreFailure', transient: true });
    expect(failure.message).toMatch(/s3:\/\/bucket\/a: reading: .*503 SlowDown/);
    expect(asked).toHaveLength(3);
  });

  it('gets over two 503', async () => {
    const { store } = await storeAnswering(status(503, 'SlowDown'), status(503, 'SlowDown'), whole('npp'));
    expect((await store.get('a'))?.size).toBe(3);
  });

  it('takes a 500 with a page of HTML, and a refused connection, for passing faults', async () => {
    const html: Answer = (_, response) => void response.writeHead(500).end('<html><title>oops</html>');
    const { store } = await storeAnswering(html);
    expect(await failureOf(store.head('a'))).toMatchObject({ code: 'StoreFailure', transient: true });
    const gone = s3Store({ bucket: 'bucket', client: clientOf('http://127.0.0.1:1') });
    expect(await failureOf(gone.get('a'))).toMatchObject({
      transient: true,
      message: expect.stringMatching(/REFUSED/),
    });
  });

  it('takes an answer that breaks off for an error, never for a shorter object', async () => {
    const { store, asked } = await storeAnswering(brokenOff);
    const failure = await failureOf(store.get('a'));
    expect(failure).toMatchObject({ code: 'StoreFailure', transient: true });
    expect(failure.message).toMatch(/40 of 100 bytes/);
    expect(asked).toHaveLength(3);
  });

  it('takes fewer or more bytes than announced for an error, however the stream ends', async () => {
    const stream = (length: number) =>
      Readable.from([new Uint8Array(length)]) as unknown as GetObjectCommandOutput['Body'];
    await expect(readBody(stream(40), 100, 'a', undefined)).rejects.toThrow(/ended after 40 of 100/);
    await expect(readBody(stream(101), 100, 'a', undefined)).rejects.toThrow(/more than the 100 bytes/);
    expect(await readBody(stream(100), 100, 'a', undefined)).toHaveLength(100);
  });

  it('reads once more what broke off', async () => {
    const { store } = await storeAnswering(brokenOff, whole('y'.repeat(100)));
    expect((await store.get('a'))?.bytes).toEqual(new Uint8Array(100).fill(121));
  });

  it('refuses a server that sends another range than asked for', async () => {
    const suffix = { range: { suffix: 3 } };
    const ignoring = await storeAnswering(whole('0123456789'));
    expect((await failureOf(ignoring.store.get('a', suffix))).message).toMatch(/does not honour byte ranges/);
    const oneTooMany = await storeAnswering(part('6789', 'bytes 6-9/10'));
    expect((await failureOf(oneTooMany.store.get('a', suffix))).message).toMatch(/asked for bytes 7-9/);
    const elsewhere = await storeAnswering(part('567', 'bytes 5-7/10'));
    expect((await failureOf(elsewhere.store.get('a', suffix))).message).toMatch(/the server sent bytes 5-7/);
    const tooFew = await storeAnswering(part('89', 'bytes 7-9/10'));
    expect(await failureOf(tooFew.store.get('a', suffix))).toBeInstanceOf(StoreFailure);
  });

  it('notices bytes that do not match the checksum sent with them', async () => {
    const { store } = await storeAnswering(whole('garbled', { 'x-amz-checksum-crc32': 'AAAAAA==' }));
    expect((await failureOf(store.get('a'))).message).toMatch(/[Cc]hecksum/);
  });

  it('refuses to read 2 GiB in one piece before it asks for memory', async () => {
    const { store } = await storeAnswering(whole('', { 'content-length': String(2 ** 40) }));
    expect(await failureOf(store.get('a'))).toMatchObject({ code: 'TooLarge' });
  });

  it('does not take half a listing for a listing', async () => {
    const page = '<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>';
    const { store } = await storeAnswering(whole(page));
    expect((await failureOf(collect(store.list('')))).message).toMatch(/cut off/);
  });
});
