import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withFileLock } from '../../lib/store/file-lock.ts';

const NOBODY = 2 ** 22 + 1; // above the largest process id of Linux and macOS

let folder: string;
let lock: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chunkflux-'));
  lock = join(folder, 'lock');
});

afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

describe('a lock', () => {
  it('left by a dead process is broken once: of 16 that find it, no two hold it at a time', async () => {
    await writeFile(lock, `${hostname()} ${NOBODY} x`);
    let inside = 0;
    let done = 0;
    const critical = async () => {
      expect(++inside).toBe(1);
      await sleep(15);
      inside--;
      done++;
    };
    await Promise.all(Array.from({ length: 16 }, () => withFileLock(lock, critical)));
    expect(done).toBe(16);
    expect(await readdir(folder)).toEqual([]);
  });

  it('may be broken also when the one who broke it before was killed on the way', async () => {
    await writeFile(lock, `${hostname()} ${NOBODY} x`);
    await writeFile(`${lock}.break`, `${hostname()} ${NOBODY} y`);
    expect(await withFileLock(lock, async () => 'mine')).toBe('mine');
    expect(await readdir(folder)).toEqual([]);
  });

  it('that was held for too long is no longer relied on, and left to those who wait', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const held = withFileLock(lock, async (stillMine) => {
      stillMine();
      vi.setSystemTime(Date.now() + 3_000);
      stillMine();
    });
    await expect(held).rejects.toMatchObject({ code: 'StoreFailure', transient: true });
    expect(await readdir(folder)).toEqual(['lock']);
  });

  it('is given back after a failure', async () => {
    const failure = new Error('inside');
    await expect(withFileLock(lock, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await readdir(folder)).toEqual([]);
  });
});
