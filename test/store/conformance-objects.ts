import { randomFillSync } from 'node:crypto';
import { expect } from 'vitest';
import { BadRequest, StaleInput, StoreFailure } from '../../lib/errors.ts';
import { collect } from '../helpers/collect.ts';
import type { Bench } from './conformance.ts';

export const text = (s: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(s);
export const words = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

export function describeObjects(bench: Bench): void {
  const { test, key } = bench;

  test('gives back the bytes that were put, and says the same of them in get, head, list and put', async () => {
    const put = await bench.store.put(key('a'), text('net ecosystem production'));
    const got = await bench.store.get(key('a'));
    expect(words(got?.bytes)).toBe('net ecosystem production');
    const { bytes: _, ...head } = got!;
    expect(head).toEqual({ key: key('a'), etag: put.etag, size: 24 });
    expect(put).toEqual(head);
    expect(await bench.store.head(key('a'))).toEqual(head);
    expect(await collect(bench.store.list(key('a')))).toEqual([head]);
  });

  test('says undefined of an object that is not there', async () => {
    expect(await bench.store.get(key('none'))).toBeUndefined();
    expect(await bench.store.head(key('none'))).toBeUndefined();
    expect(await bench.store.get(key('none'), { range: { suffix: 4 }, ifMatch: '"x"' })).toBeUndefined();
  });

  test('replaces an object, also by a shorter one, and gives it another etag', async () => {
    const first = await bench.store.put(key('a'), text('a long value'));
    const second = await bench.store.put(key('a'), text('short'));
    expect(words((await bench.store.get(key('a')))?.bytes)).toBe('short');
    expect(second.etag).not.toBe(first.etag);
  });

  test('deletes an object, and one that is gone already', async () => {
    await bench.store.put(key('deep/er/a'), text('x'));
    await bench.store.delete(key('deep/er/a'));
    await bench.store.delete(key('deep/er/a'));
    await bench.store.delete(key('never/was'));
    expect(await bench.store.head(key('deep/er/a'))).toBeUndefined();
    expect(await collect(bench.store.list(key('')))).toEqual([]);
  });

  test('keeps an object of 0 bytes', async () => {
    await bench.store.put(key('empty'), new Uint8Array(0));
    expect((await bench.store.get(key('empty')))?.bytes).toEqual(new Uint8Array(0));
    expect((await bench.store.head(key('empty')))?.size).toBe(0);
  });

  test('keeps an object of 200 MB', async () => {
    const bytes = new Uint8Array(200_000_000);
    for (let at = 0; at < bytes.length; at += 1_000_000) randomFillSync(bytes, at, 64);
    expect((await bench.store.put(key('big'), bytes)).size).toBe(bytes.length);
    const whole = await bench.store.get(key('big'));
    expect(Buffer.compare(whole!.bytes, bytes)).toBe(0);
    const end = await bench.store.get(key('big'), { range: { offset: 199_000_000, length: 64 } });
    expect(end?.bytes).toEqual(bytes.slice(199_000_000, 199_000_064));
    await bench.store.delete(key('big'));
  });

  test('gives bytes that own their buffer and are nobody else’s', async () => {
    const source = text('__carbon__').subarray(2, 8);
    await bench.store.put(key('a'), source);
    source.fill(0);
    const got = (await bench.store.get(key('a')))!;
    const part = (await bench.store.get(key('a'), { range: { offset: 1, length: 3 } }))!;
    for (const { bytes } of [got, part]) {
      expect([bytes.byteOffset, bytes.buffer.byteLength]).toEqual([0, bytes.length]);
    }
    got.bytes.fill(0);
    expect(words((await bench.store.get(key('a')))?.bytes)).toBe('carbon');
    expect(words(part.bytes)).toBe('arb');
  });

  test('reads only the version that is asked for', async () => {
    const { etag } = await bench.store.put(key('a'), text('march'));
    const range = { offset: 0, length: 2 };
    expect(words((await bench.store.get(key('a'), { ifMatch: etag, range }))?.bytes)).toBe('ma');
    await bench.store.put(key('a'), text('april'));
    await expect(bench.store.get(key('a'), { ifMatch: etag })).rejects.toThrow(StaleInput);
    await expect(bench.store.get(key('a'), { ifMatch: etag, range })).rejects.toThrow(/test-\d+\/a changed/);
  });
}

export function describeRanges(bench: Bench): void {
  const { test, key } = bench;
  const ten = async () => {
    await bench.store.put(key('ten'), text('0123456789'));
    return key('ten');
  };

  test('reads a part, the end, and what there is of a part that runs past the end', async () => {
    const at = await ten();
    const cases = [
      [{ offset: 0, length: 1 }, '0'],
      [{ offset: 3, length: 4 }, '3456'],
      [{ offset: 9, length: 1 }, '9'],
      [{ offset: 0, length: 10 }, '0123456789'],
      [{ offset: 7, length: 1000 }, '789'],
      [{ suffix: 1 }, '9'],
      [{ suffix: 4 }, '6789'],
      [{ suffix: 1000 }, '0123456789'],
    ] as const;
    for (const [range, expected] of cases) {
      const got = await bench.store.get(at, { range });
      expect([words(got?.bytes), got?.size], JSON.stringify(range)).toEqual([expected, 10]);
    }
  });

  test('refuses a part that begins at or after the end, as 416, and not as no bytes', async () => {
    const at = await ten();
    for (const offset of [10, 11, 5000]) {
      const failure = await bench.store.get(at, { range: { offset, length: 1 } }).catch((error) => error);
      expect(failure).toBeInstanceOf(StoreFailure);
      expect(failure.transient).toBe(false);
      expect(failure.message).toMatch(/ten.*416/);
    }
  });

  test('refuses a range that asks for nothing', async () => {
    const at = await ten();
    for (const range of [
      { offset: 0, length: 0 },
      { suffix: 0 },
      { offset: -1, length: 2 },
      { offset: 0.5, length: 2 },
    ]) {
      await expect(bench.store.get(at, { range })).rejects.toThrow(BadRequest);
    }
  });
}

export function describeAborts(bench: Bench): void {
  const { test, key } = bench;

  test('stops with the reason of a signal that is aborted already, and does nothing', async () => {
    await bench.store.put(key('a'), text('kept'));
    const reason = new Error('ctrl-c');
    const signal = AbortSignal.abort(reason);
    await expect(bench.store.get(key('a'), { signal })).rejects.toBe(reason);
    await expect(bench.store.head(key('a'), { signal })).rejects.toBe(reason);
    await expect(bench.store.put(key('a'), text('lost'), { signal })).rejects.toBe(reason);
    await expect(bench.store.delete(key('a'), { signal })).rejects.toBe(reason);
    await expect(collect(bench.store.list(key(''), { signal }))).rejects.toBe(reason);
    expect(words((await bench.store.get(key('a')))?.bytes)).toBe('kept');
  });
}
