import { s3Store } from '../../lib/store/s3.ts';
import { startFauxqs } from '../helpers/s3-server.ts';
import { describeStore } from './conformance.ts';

describeStore(
  'S3 (fauxqs, over HTTP)',
  async () => {
    const server = await startFauxqs();
    return {
      store: s3Store({ bucket: 'bucket', prefix: 'some/prefix', client: server.client }),
      close: server.stop,
    };
  },
  { conditions: 'fauxqs ignores conditional writes', order: 'fauxqs sorts by the alphabet, not by bytes' },
);
