import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreFailure } from '../../lib/errors.ts';
import { fileStore } from '../../lib/store/file.ts';
import type { Store } from '../../lib/store/store.ts';
import { collect } from '../helpers/collect.ts';

const text = (s: string) => new TextEncoder().encode(s);

let root: string;
let store: Store;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'chunkflux-'));
  store = fileStore(root);
});

afterEach(() => rm(root, { recursive: true }));

describe('a disk that refuses', () => {
  const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

  it.skipIf(!canMount)(
    'because it is full: the old object stays whole, no half of the new one stays, and the error says so' +
      (canMount ? '' : ' (needs user namespaces to mount a small disk)'),
    async () => {
      const answer = JSON.parse(onSmallDisk('full-disk.ts'));
      expect(answer.failures).toHaveLength(3);
      for (const failure of answer.failures) {
        expect(failure).toMatchObject({ code: 'StoreFailure', transient: false });
        expect(failure.message).toMatch(
          /writing (a|b): no space left on the disk\. Free some, .* \(ENOSPC\)/,
        );
      }
      expect(answer.objects).toEqual({ a: 'old' });
      expect(answer.leftovers).toEqual([]);
      expect(answer.afterwards).toBe('a small object still fits');
    },
  );

  const notRoot = process.getuid?.() !== 0;
  it('because this user may not: the error names the key and the cause', async () => {
    await store.put('shut/a', text('x'));
    await chmod(join(root, 'shut'), 0o000);
    if (!notRoot) {
      await chmod(root, 0o755);
      await chmod(join(root, '.chunkflux'), 0o755);
      process.seteuid!(65534);
    }
    try {
      const work = [store.get('shut/a'), store.put('shut/b', text('y')), collect(store.list(''))];
      for (const end of await Promise.allSettled(work)) {
        const { reason } = end as PromiseRejectedResult;
        expect(reason).toBeInstanceOf(StoreFailure);
        expect(reason.transient).toBe(false);
        expect(reason.message).toMatch(/permission denied\. Give this user access.*EACCES/);
      }
    } finally {
      if (!notRoot) process.seteuid!(0);
      await chmod(join(root, 'shut'), 0o755);
    }
  });
});

function onSmallDisk(name: string): string {
  const mount = 'mount -t tmpfs -o size=2m none "$0" && exec "$@"';
  const command = [process.execPath, fileURLToPath(new URL(`./processes/${name}`, import.meta.url)), root];
  return execFileSync('unshare', ['-rm', 'sh', '-c', mount, root, ...command], { encoding: 'utf8' });
}
