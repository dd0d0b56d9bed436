import { describe, expect, it } from 'vitest';
import { countingStore } from '../../lib/store/counting.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { collect } from '../helpers/collect.ts';
import { faultyStore, unavailable } from '../helpers/faulty-store.ts';
import { describeStore } from './conformance.ts';

describeStore('a counted store', async () => ({
  store: countingStore(memoryStore()).store,
  close: async () => {},
}));

describe('counts', () => {
  it('are of requests, failed ones too, and of bytes that went through', async () => {
    const rules = [{ on: 'put', key: 'fails', fault: unavailable }] as const;
    const { store, counts } = countingStore(faultyStore(memoryStore(), rules).store);
    await store.put('a', new Uint8Array(10));
    await store.put('fails', new Uint8Array(10)).catch(() => {});
    await store.get('a');
    await store.get('a', { range: { offset: 0, length: 3 } });
    await store.get('none');
    await store.head('a');
    await collect(store.list(''));
    await store.delete('a');
    expect(counts).toEqual({ get: 3, put: 2, head: 1, list: 1, delete: 1, bytesRead: 13, bytesWritten: 10 });
  });

  it('are taken, and begin again', async () => {
    const counted = countingStore(memoryStore());
    await counted.store.get('a');
    const before = counted.snapshot();
    expect(counted.take()).toEqual(before);
    expect(before.get).toBe(1);
    await counted.store.get('a');
    await counted.store.get('a');
    expect(counted.snapshot().get).toBe(2);
    counted.reset();
    expect(counted.counts.get).toBe(0);
  });
});
