import { describe, it } from 'vitest';
import { s3Store } from '../../lib/store/s3.ts';
import { PYTHON_HINT, pythonWith } from '../helpers/python.ts';
import { startMoto } from '../helpers/s3-server.ts';
import { describeStore } from './conformance.ts';

if (pythonWith('moto.server')) {
  describeStore('S3 (moto, over HTTP)', async () => {
    const server = await startMoto();
    return {
      store: s3Store({ bucket: 'bucket', prefix: 'some/prefix', client: server.client }),
      close: server.stop,
    };
  });
} else {
  describe('S3 (moto, over HTTP)', () => it.skip(`conforms (moto ${PYTHON_HINT})`, () => {}));
}
