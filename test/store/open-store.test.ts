import { resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openStore } from '../../functions/runtime/stores.ts';
import { BadRequest } from '../../lib/errors.ts';
import { startFauxqs } from '../helpers/s3-server.ts';

afterEach(() => vi.unstubAllEnvs());

describe('a location', () => {
  it('is a folder, or a bucket with a prefix', () => {
    expect(openStore('out/maps').name).toBe(`folder ${resolve('out/maps')}`);
    expect(openStore('./a b').name).toBe(`folder ${resolve('a b')}`);
    expect(openStore('s3://carbon-maps').name).toBe('s3://carbon-maps');
    expect(openStore('s3://carbon-maps/pearl river/v1/').name).toBe('s3://carbon-maps/pearl river/v1');
  });

  it.each([
    '',
    '  ',
    'gs://bucket/x',
    'https://host/x',
    's3://',
    's3:/bucket/x',
    's3://B',
    's3:///x',
    's3://ab',
    's3://bucket/a//b',
  ])('is refused, with what it may be: "%s"', (location) => {
    expect(() => openStore(location)).toThrow(BadRequest);
    expect(() => openStore(location)).toThrow(/^store: /);
  });

  it('on S3 takes server, region and credentials from the standard variables', async () => {
    const server = await startFauxqs();
    try {
      vi.stubEnv('AWS_ENDPOINT_URL', server.endpoint).stubEnv('AWS_REGION', undefined);
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'test').stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
      await openStore('s3://bucket/some').put('prefix/a', new Uint8Array([1]));
      expect((await openStore('s3://bucket').head('some/prefix/a'))?.size).toBe(1);
    } finally {
      await server.stop();
    }
  });
});
