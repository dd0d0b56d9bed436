import { expect } from 'vitest';
import { BadRequest } from '../../lib/errors.ts';
import type { ObjectHead } from '../../lib/store/store.ts';
import { collect } from '../helpers/collect.ts';
import type { Bench } from './conformance.ts';
import { text, words } from './conformance-objects.ts';

const ODD = [
  ...['a b', ' a', 'a ', 'a.b', '.a', 'a.', '..a', 'a..', 'a..b/...', 'MOD13Q1.A2022001.h18v04.061.tif'],
  ...[
    'a+b',
    '100%',
    '%2F',
    '%',
    'a#b',
    'a?b=c&d',
    '=',
    'a:b',
    "it's",
    '"q"',
    '(a)',
    '[0]',
    '{x}',
    '!*~$@,;',
    '<a>|^`',
  ],
  ...['München/Größe', 'Zhūjiāng', '珠江三角洲', '🌳', 'n\u0303', '\u00a0'],
];

const BAD = [
  ...['', '/', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/..', 'a/../b', 'a/./b', './a'],
  ...['a\0b', 'a\\b', '..\\a', '\ud800', 'x'.repeat(256), 'xx/'.repeat(400), '.chunkflux', 'a/.chunkflux/b'],
];

export function describeKeys(bench: Bench): void {
  const { test, key } = bench;

  test('keeps keys with spaces, dots, signs and letters of any script apart', async () => {
    for (const odd of ODD) await bench.store.put(key(odd), text(odd));
    for (const odd of ODD) {
      expect(words((await bench.store.get(key(odd)))?.bytes)).toBe(odd);
      expect((await bench.store.head(key(odd)))?.key).toBe(key(odd));
    }
    const listed = (await collect(bench.store.list(key('')))).map((head) => head.key);
    expect(listed.sort()).toEqual(ODD.map(key).sort());
  });

  test('refuses keys that lead out of the store, or that some store could not keep', async () => {
    for (const bad of BAD) {
      await expect(bench.store.get(bad), bad).rejects.toThrow(BadRequest);
      await expect(bench.store.head(bad), bad).rejects.toThrow(BadRequest);
      await expect(bench.store.put(bad, text('x')), bad).rejects.toThrow(BadRequest);
      await expect(bench.store.delete(bad), bad).rejects.toThrow(BadRequest);
    }
    for (const bad of ['../', '/a', 'a/../b', 'a\\b', 'a\0']) {
      await expect(collect(bench.store.list(bad)), bad).rejects.toThrow(BadRequest);
    }
  });
}

export function describeListings(bench: Bench, unordered: string | undefined): void {
  const { test, key } = bench;
  const list = async (prefix: string): Promise<ObjectHead[]> => collect(bench.store.list(prefix));
  const fill = (names: readonly string[]) => putAll(bench, names);

  test('lists 2,500 objects over several pages, each once, with etag and size', async () => {
    const names = Array.from({ length: 2500 }, (_, i) => `${i % 7}/k${String(i).padStart(4, '0')}`);
    const heads = await fill(names);
    const wanted = heads.sort((a, b) => (a.key < b.key ? -1 : 1));
    expect(await list(key(''))).toEqual(wanted);
  });

  test('takes a prefix for the beginning of a key, cut anywhere', async () => {
    await fill(['npp/0/0', 'npp/0/1', 'npp/1/0', 'npp2/0', 'np', 'nep/0', 'npp.json']);
    const found = async (prefix: string) =>
      (await list(key(prefix))).map((head) => head.key.slice(key('').length));
    expect(await found('npp/')).toEqual(['npp/0/0', 'npp/0/1', 'npp/1/0']);
    expect(await found('npp')).toEqual(['npp.json', 'npp/0/0', 'npp/0/1', 'npp/1/0', 'npp2/0']);
    expect(await found('npp/0/1')).toEqual(['npp/0/1']);
    expect(await found('npp/0')).toEqual(['npp/0/0', 'npp/0/1']);
    expect(await found('npp/2')).toEqual([]);
    expect(await found('rh/')).toEqual([]);
  });

  const ordered = (title: string, run: () => Promise<void>) => test(title, run, unordered);

  ordered('lists in the order of whole keys: a-b before a/b before a0', async () => {
    const names = ['A', 'a!', 'a-b/c', 'a/b', 'a/c', 'a0', 'aa', 'b'];
    await fill(names.toReversed());
    expect((await list(key(''))).map((head) => head.key)).toEqual(names.map(key));
  });

  ordered('lists in UTF-8 order, where letters outside the first plane come last', async () => {
    const names = ['z', 'é', '珠', '\uff5e', '🌳'];
    await fill(names.toReversed());
    expect((await list(key(''))).map((head) => head.key)).toEqual(names.map(key));
  });

  test('lists what was just put, and no longer what was just deleted', async () => {
    for (let i = 0; i < 10; i++) {
      await fill([`k${i}`]);
      expect(await list(key(''))).toHaveLength(i + 1);
    }
    await bench.store.delete(key('k3'));
    expect(await list(key(''))).toHaveLength(9);
  });
}

async function putAll(bench: Bench, names: readonly string[]): Promise<ObjectHead[]> {
  const heads: ObjectHead[] = [];
  const put = async (name: string) => bench.store.put(bench.key(name), text(name));
  for (let i = 0; i < names.length; i += 50)
    heads.push(...(await Promise.all(names.slice(i, i + 50).map(put))));
  return heads;
}
