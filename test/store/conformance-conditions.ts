import { expect } from 'vitest';
import { Conflict, isFluxError } from '../../lib/errors.ts';
import type { Bench } from './conformance.ts';
import { text, words } from './conformance-objects.ts';

export function describeConditions(bench: Bench, leftOut: string | undefined): void {
  const { key } = bench;
  const test = (title: string, run: () => Promise<void>) => bench.test(title, run, leftOut);
  const now = async (name: string) => words((await bench.store.get(key(name)))?.bytes);

  test('creates only what is not there', async () => {
    await bench.store.put(key('lock'), text('first'), { onlyIfAbsent: true });
    const second = bench.store.put(key('lock'), text('second'), { onlyIfAbsent: true });
    await expect(second).rejects.toThrow(Conflict);
    expect(await now('lock')).toBe('first');
    await bench.store.delete(key('lock'));
    await bench.store.put(key('lock'), text('third'), { onlyIfAbsent: true });
    expect(await now('lock')).toBe('third');
  });

  test('replaces only the version that is named', async () => {
    const first = await bench.store.put(key('a'), text('1'));
    const second = await bench.store.put(key('a'), text('2'), { ifMatch: first.etag });
    expect(await bench.store.head(key('a'))).toEqual(second);
    await expect(bench.store.put(key('a'), text('3'), { ifMatch: first.etag })).rejects.toThrow(Conflict);
    expect(await now('a')).toBe('2');
  });

  test('does not bring back what was deleted meanwhile', async () => {
    const { etag } = await bench.store.put(key('a'), text('1'));
    await bench.store.delete(key('a'));
    await expect(bench.store.put(key('a'), text('2'), { ifMatch: etag })).rejects.toThrow(Conflict);
    expect(await bench.store.head(key('a'))).toBeUndefined();
  });

  test('deletes only the version that is named, and where there is none has nothing to do', async () => {
    const first = await bench.store.put(key('a'), text('1'));
    const second = await bench.store.put(key('a'), text('2'));
    await expect(bench.store.delete(key('a'), { ifMatch: first.etag })).rejects.toThrow(Conflict);
    expect(await now('a')).toBe('2');
    await bench.store.delete(key('a'), { ifMatch: second.etag });
    expect(await bench.store.head(key('a'))).toBeUndefined();
    await bench.store.delete(key('a'), { ifMatch: second.etag });
  });

  test('names the object in a conflict, and says that another try can help', async () => {
    await bench.store.put(key('a'), text('1'));
    const conflict = await bench.store
      .put(key('a'), text('2'), { onlyIfAbsent: true })
      .catch((error) => error);
    expect(conflict.message).toContain(key('a'));
    expect(conflict.transient).toBe(true);
  });
}

export function describeRaces(bench: Bench, leftOut: string | undefined): void {
  const { key, test } = bench;

  test(
    'lets one of 32 racers create an object, and keeps the bytes of that one',
    async () => {
      const racers = Array.from({ length: 32 }, (_, n) => new Uint8Array(100_000).fill(n));
      const put = (bytes: Uint8Array) => bench.store.put(key('race'), bytes, { onlyIfAbsent: true });
      const ends = await Promise.allSettled(racers.map(put));
      const winners = ends.flatMap((end, n) => (end.status === 'fulfilled' ? [n] : []));
      expect(winners).toHaveLength(1);
      for (const end of ends) if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(Conflict);
      expect((await bench.store.get(key('race')))?.bytes).toEqual(racers[winners[0]!]);
    },
    leftOut,
  );

  test(
    'loses none of 8 x 25 increments of a counter that is read and conditionally replaced',
    async () => {
      await bench.store.put(key('count'), text('0'));
      await Promise.all(Array.from({ length: 8 }, () => incrementOften(bench, key('count'), 25)));
      expect(words((await bench.store.get(key('count')))?.bytes)).toBe('200');
    },
    leftOut,
  );

  test('shows readers the old bytes or the new, whole, while an object is replaced', async () => {
    const versions = [new Uint8Array(700_000).fill(1), new Uint8Array(300_000).fill(2)];
    await bench.store.put(key('live'), versions[0]!);
    let writing = true;
    let reads = 0;
    const readOften = async () => {
      for (; writing; reads++) {
        const got = await again(() => bench.store.get(key('live')));
        const whole = versions.find((version) => version[0] === got?.bytes[0]);
        expect(Buffer.compare(got!.bytes, whole!)).toBe(0);
        expect(got!.size).toBe(whole!.length);
      }
    };
    const readers = Array.from({ length: 4 }, readOften);
    for (let i = 1; i <= 60; i++) await again(() => bench.store.put(key('live'), versions[i % 2]!));
    writing = false;
    await Promise.all(readers);
    expect(reads).toBeGreaterThan(10);
  });
}

async function incrementOften(bench: Bench, key: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await again(async () => {
      const { bytes, etag } = (await bench.store.get(key))!;
      await bench.store.put(key, text(String(Number(words(bytes)) + 1)), { ifMatch: etag });
    });
  }
}

/** As a job does: what may go better next time is tried again. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!isFluxError(error) || !error.transient || tries === 500) throw error;
    }
  }
}
