import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStore } from '../../lib/store/file.ts';
import { describeStore } from './conformance.ts';

for (const [name, options] of [
  ['a folder', {}],
  ['a folder for a thread that may wait', { mayWait: true }],
] as const) {
  describeStore(name, async () => {
    const root = await mkdtemp(join(tmpdir(), 'chunkflux-'));
    return { store: fileStore(root, options), close: () => rm(root, { recursive: true }) };
  });
}
