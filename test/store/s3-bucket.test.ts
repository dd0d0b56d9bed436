import { describe, it } from 'vitest';
import { openStore } from '../../functions/runtime/stores.ts';
import { describeStore } from './conformance.ts';

const url = process.env.CONFORMANCE_URL;

if (url) {
  // A prefix of its own, emptied at the end: s3://bucket/prefix; credentials and endpoint by the AWS variables.
  describeStore(`the bucket of CONFORMANCE_URL, ${url}`, async () => {
    const store = openStore(`${url.replace(/\/+$/, '')}/conformance-${Date.now()}`);
    return {
      store,
      async close() {
        for await (const { key } of store.list('')) await store.delete(key);
      },
    };
  });
} else {
  describe('a real bucket', () =>
    it.skip('conforms (set CONFORMANCE_URL=s3://bucket/prefix to ask it)', () => {}));
}
