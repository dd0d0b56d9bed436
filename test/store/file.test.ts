import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadRequest, StaleInput } from '../../lib/errors.ts';
import { fileStore } from '../../lib/store/file.ts';
import type { Store } from '../../lib/store/store.ts';
import { collect } from '../helpers/collect.ts';
import { cpuMillis } from '../helpers/cpu-time.ts';

const text = (s: string) => new TextEncoder().encode(s);
const words = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

let root: string;
let store: Store;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'chunkflux-'));
  store = fileStore(root);
});

afterEach(() => rm(root, { recursive: true }));

describe('the etag of a file', () => {
  it('is known without reading a byte: a file of 1 TiB is listed and asked for at once', async () => {
    await writeFile(join(root, 'huge.tif'), '');
    await truncate(join(root, 'huge.tif'), 2 ** 40);
    const before = cpuMillis();
    const head = await store.head('huge.tif');
    expect(await collect(store.list(''))).toEqual([head]);
    expect(head?.size).toBe(2 ** 40);
    expect(cpuMillis() - before).toBeLessThan(500);
  });

  it('differs after each of 300 puts of the same bytes, though the kernel’s clock ticks slower', async () => {
    const etags = new Set<string>();
    let time = 0n;
    for (let i = 0; i < 300; i++) {
      etags.add((await store.put('a', text('same'))).etag);
      const { mtimeNs } = await stat(join(root, 'a'), { bigint: true });
      expect(mtimeNs).toBeGreaterThan(time);
      time = mtimeNs;
    }
    expect(etags.size).toBe(300);
  });

  it('differs after a put over a file whose time lies in the future', async () => {
    await writeFile(join(root, 'a'), 'x');
    await utimes(join(root, 'a'), 4e9, 4e9);
    const before = await store.head('a');
    const after = await store.put('a', text('y'));
    expect(after.etag).not.toBe(before?.etag);
    expect((await stat(join(root, 'a'))).mtimeMs).toBeGreaterThan(4e12);
  });

  it('differs after another program wrote the file', async () => {
    const before = await store.put('a', text('1'));
    await new Promise((done) => setTimeout(done, 20));
    await writeFile(join(root, 'a'), '2');
    expect((await store.head('a'))?.etag).not.toBe(before.etag);
  });
});

describe('reading', () => {
  it('notices a file that another program writes into while it is read', async () => {
    await store.put('a', new Uint8Array(64 << 20));
    const work = store.get('a').catch((error) => error);
    const file = await open(join(root, 'a'), 'r+');
    let reading = true;
    const written = (async () => {
      while (reading) await file.write(text('changed'), 0, 7, 60 << 20);
    })();
    const failure = await work;
    reading = false;
    await written;
    await file.close();
    expect(failure).toBeInstanceOf(StaleInput);
  });

  it('does not wait for ever on a pipe', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    await expect(store.get('pipe')).rejects.toThrow(/pipe.*not a file/);
  });

  it('takes a folder for no object', async () => {
    await store.put('a/b', text('x'));
    expect(await store.get('a')).toBeUndefined();
    expect(await store.head('a')).toBeUndefined();
    expect(await store.get('a/b/c')).toBeUndefined();
  });

  it('says nothing is there of a folder that does not exist, and makes it on the first put', async () => {
    const later = fileStore(join(root, 'not', 'yet'));
    expect(await later.get('a')).toBeUndefined();
    expect(await collect(later.list(''))).toEqual([]);
    await later.delete('a');
    expect(existsSync(join(root, 'not'))).toBe(false);
    await later.put('a', text('x'));
    expect(await readFile(join(root, 'not/yet/a'), 'utf8')).toBe('x');
  });
});

describe('what is in the folder besides objects', () => {
  it('is not listed: temporary files, locks, names that are no keys', async () => {
    await store.put('a', text('x'));
    await mkdir(join(root, '.chunkflux/tmp'), { recursive: true });
    await writeFile(join(root, '.chunkflux/tmp/half'), 'ha');
    await writeFile(join(root, 'back\\slash'), '');
    await mkdir(join(root, 'inner/.chunkflux'), { recursive: true });
    await writeFile(join(root, 'inner/.chunkflux/x'), '');
    expect((await collect(store.list(''))).map(({ key }) => key)).toEqual(['a']);
  });

  it('is nothing of ours after puts, conflicts and deletes', async () => {
    await store.put('a', text('1'));
    await store.put('a', text('2'));
    await store.put('a', text('3'), { onlyIfAbsent: true }).catch(() => {});
    await store.put('b', text('3'), { ifMatch: 'x' }).catch(() => {});
    await store.delete('a');
    expect(await leftovers()).toEqual([]);
  });

  it('is cleared of what killed processes left an hour ago, and of nothing younger', async () => {
    await store.put('a', text('1'));
    const hourAgo = Date.now() / 1000 - 3700;
    for (const [name, time] of [
      ['old', hourAgo],
      ['young', hourAgo + 600],
    ] as const) {
      await writeFile(join(root, '.chunkflux/tmp', name), '');
      await utimes(join(root, '.chunkflux/tmp', name), time, time);
    }
    await fileStore(root).put('a', text('2'));
    expect(await leftovers()).toEqual(['tmp/young']);
  });

  it('does not keep a folder that a delete emptied from becoming an object', async () => {
    await store.put('a/b/c', text('x'));
    await store.delete('a/b/c');
    await store.put('a', text('y'));
    expect(words((await store.get('a'))?.bytes)).toBe('y');
  });

  it('is refused by name where a key would be an object and a folder', async () => {
    await store.put('a/b', text('x'));
    for (const key of ['a', 'a/b/c']) {
      for (const options of [{}, { onlyIfAbsent: true }]) {
        const failure = await store.put(key, text('y'), options).catch((error) => error);
        expect(failure).toMatchObject({ code: 'StoreFailure', transient: false });
        expect(failure.message).toMatch(/both an object and a folder/);
      }
    }
    expect(await leftovers()).toEqual([]);
  });

  it('may be made and taken away again by others while an object is put into it', async () => {
    const work = async (n: number) => {
      for (let i = 0; i < 40; i++) {
        await store.put(`deep/er/${n}`, text('x'));
        await store.delete(`deep/er/${n}`);
      }
    };
    await Promise.all([1, 2, 3, 4, 5, 6].map(work));
    expect(await leftovers()).toEqual([]);
  });
});

describe('links', () => {
  it('lead reads out of the folder, but no write and no delete', async () => {
    const inputs = join(root, 'inputs');
    const inside = fileStore(join(root, 'store'));
    await mkdir(inputs);
    await writeFile(join(inputs, 'ndvi.tif'), 'pixels');
    await inside.put('a', text('x'));
    await symlink(inputs, join(root, 'store/linked'));
    expect(words((await inside.get('linked/ndvi.tif'))?.bytes)).toBe('pixels');
    expect((await collect(inside.list('linked/'))).map(({ key }) => key)).toEqual(['linked/ndvi.tif']);
    for (const key of ['linked/new', 'linked/new/er', 'linked/ndvi.tif']) {
      await expect(inside.put(key, text('y')), key).rejects.toThrow(BadRequest);
    }
    await expect(inside.delete('linked/ndvi.tif')).rejects.toThrow(/leads out of/);
    expect(await readdir(inputs)).toEqual(['ndvi.tif']);
    expect(await readFile(join(inputs, 'ndvi.tif'), 'utf8')).toBe('pixels');
  });

  it('may go round in a circle without an end to the listing', async () => {
    await store.put('a/b', text('x'));
    await symlink(root, join(root, 'a/round'));
    await symlink(join(root, 'nowhere'), join(root, 'a/dangling'));
    expect((await collect(store.list(''))).map(({ key }) => key)).toEqual(['a/b']);
  });

  it('to a file are replaced, not followed, by a put', async () => {
    await writeFile(join(root, 'original'), 'kept');
    await mkdir(join(root, 'store'));
    await symlink(join(root, 'original'), join(root, 'store/a'));
    await fileStore(join(root, 'store')).put('a', text('new'));
    expect(await readFile(join(root, 'original'), 'utf8')).toBe('kept');
    expect(await readFile(join(root, 'store/a'), 'utf8')).toBe('new');
  });
});

async function leftovers(): Promise<string[]> {
  const names = await readdir(join(root, '.chunkflux'), { recursive: true });
  return names.filter((name) => name.includes('/')).sort();
}
