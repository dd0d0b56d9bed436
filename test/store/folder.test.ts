import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStore } from '../../lib/store/file.ts';
import { describeStore } from './conformance.ts';

describeStore('a folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'chunkflux-'));
  return { store: fileStore(root), close: () => rm(root, { recursive: true }) };
});
