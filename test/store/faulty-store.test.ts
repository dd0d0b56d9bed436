import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../lib/store/memory.ts';
import { collect } from '../helpers/collect.ts';
import {
  Died,
  dieAfter,
  dieBefore,
  diskFull,
  fail,
  faultyStore,
  late,
  loseAnswer,
  unavailable,
} from '../helpers/faulty-store.ts';
import { describeStore } from './conformance.ts';

const one = new Uint8Array([1]);

describeStore('a store without faults in its script', async () => ({
  store: faultyStore(memoryStore(), []).store,
  close: async () => {},
}));

describe('scripted faults', () => {
  it('strike the n-th request of their kind and key, and no other', async () => {
    const rule = { on: 'put', key: 'records/', nth: 2, fault: unavailable } as const;
    const { store, struck } = faultyStore(memoryStore(), [rule]);
    await store.put('records/0', one);
    await store.put('data/0', one);
    await expect(store.put('records/1', one)).rejects.toMatchObject({
      code: 'StoreFailure',
      transient: true,
    });
    await store.put('records/1', one);
    expect(struck).toEqual(['put records/1']);
  });

  it('may lose the answer to a put that was done', async () => {
    const { store } = faultyStore(memoryStore(), [{ on: 'put', nth: 1, fault: loseAnswer }]);
    await expect(store.put('a', one)).rejects.toMatchObject({ transient: true });
    expect(await store.head('a')).toBeDefined();
  });

  it('may find the disk full, with nothing changed', async () => {
    const { store } = faultyStore(memoryStore(), [{ on: 'put', fault: diskFull }]);
    await expect(store.put('a', one)).rejects.toMatchObject({ code: 'StoreFailure', transient: false });
    expect(await store.head('a')).toBeUndefined();
  });

  it.each([
    ['before', dieBefore, false],
    ['after', dieAfter, true],
  ] as const)('may kill the process %s a put, and then nothing more is done', async (_, fault, done) => {
    const inner = memoryStore();
    const { store } = faultyStore(inner, [{ on: 'put', key: /a$/, fault }]);
    await expect(store.put('a', one)).rejects.toThrow(Died);
    await expect(store.put('b', one)).rejects.toThrow(Died);
    await expect(store.get('a')).rejects.toThrow(Died);
    await expect(collect(store.list(''))).rejects.toThrow(Died);
    expect((await collect(inner.list(''))).map(({ key }) => key)).toEqual(done ? ['a'] : []);
  });

  it('may answer late, or with any error', async () => {
    const mine = new Error('mine');
    const { store } = faultyStore(memoryStore(), [
      { on: 'head', fault: late(30) },
      { on: 'list', fault: fail(mine) },
    ]);
    const before = performance.now();
    await store.head('a');
    expect(performance.now() - before).toBeGreaterThan(25);
    await expect(collect(store.list(''))).rejects.toBe(mine);
  });
});
