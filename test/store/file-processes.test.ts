import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileStore } from '../../lib/store/file.ts';
import type { Store } from '../../lib/store/store.ts';

const text = (s: string) => new TextEncoder().encode(s);
const words = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const script = (name: string) => fileURLToPath(new URL(`./processes/${name}`, import.meta.url));

let root: string;
let store: Store;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'chunkflux-'));
  store = fileStore(root);
});

afterEach(() => rm(root, { recursive: true }));

describe('several processes on one folder', () => {
  it('lose none of 4 x 25 increments, and one of them creates', async () => {
    await store.put('count', text('0'));
    const ends = await Promise.all([1, 2, 3, 4].map(() => run('count.ts', root, '25')));
    expect(words((await store.get('count'))?.bytes)).toBe('100');
    expect(ends.filter((out) => out.includes('created'))).toHaveLength(1);
  });

  it('go on at once after one of them was killed with the lock of a key in its hand', async () => {
    await store.put('a', text('1'));
    await killHolding('a');
    const before = performance.now();
    await store.put('a', text('2'));
    expect(performance.now() - before, 'no wait of five seconds').toBeLessThan(4_500);
    expect(words((await store.get('a'))?.bytes)).toBe('2');
    expect(await leftovers()).toEqual([]);
  });

  it('all go on after a kill: of 16 that find the dead lock, no two hold it at once', async () => {
    await store.put('a', text('0'));
    await killHolding('a');
    const increment = async (): Promise<void> => {
      const { bytes, etag } = (await store.get('a'))!;
      await store.put('a', text(String(Number(words(bytes)) + 1)), { ifMatch: etag }).catch(increment);
    };
    await Promise.all(Array.from({ length: 16 }, increment));
    expect(words((await store.get('a'))?.bytes)).toBe('16');
  });

  it('wait five seconds for a lock whose owner nobody here can judge', async () => {
    await store.put('a', text('1'));
    const { lock } = await killHolding('a');
    await writeFile(lock, 'another-host 4711 x');
    const before = performance.now();
    await store.put('a', text('2'));
    expect(performance.now() - before).toBeGreaterThan(4_900);
    expect(await leftovers()).toEqual([]);
  });
});

async function leftovers(): Promise<string[]> {
  const names = await readdir(join(root, '.chunkflux'), { recursive: true });
  return names.filter((name) => name.includes('/')).sort();
}

async function run(name: string, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [script(name), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const out = (await child.stdout.toArray()).join('');
  if (child.exitCode === null) await once(child, 'exit');
  expect(child.exitCode).toBe(0);
  return out;
}

/** Kills a process that has taken the lock of a key; gives the lock that it leaves. */
async function killHolding(key: string): Promise<{ lock: string }> {
  const child = spawn(process.execPath, [script('hold-lock.ts'), root, key], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [lock] = await once(child.stdout.setEncoding('utf8'), 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(lock.trim())).toBe(true);
  return { lock: lock.trim() };
}
