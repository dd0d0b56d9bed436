import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../lib/store/memory.ts';
import { overlayStore } from '../../lib/store/overlay.ts';
import { stateOf } from '../helpers/tiny-product.ts';
import { describeStore } from './conformance.ts';

describeStore('an overlay', async () => ({
  store: overlayStore(memoryStore('below')),
  close: async () => {},
}));

const text = (said: string) => new TextEncoder().encode(said);

describe('an overlay of a store that holds something', () => {
  it('shows what lies below until it is written over or deleted, and leaves that alone', async () => {
    const below = memoryStore('below');
    for (const key of ['a', 'b', 'c']) await below.put(key, text(key));
    const before = await stateOf(below, '');
    const overlay = overlayStore(below);
    const { etag } = (await overlay.head('b'))!;
    await overlay.put('b', text('another'), { ifMatch: etag });
    await overlay.delete('c');
    await overlay.put('d', text('d'), { onlyIfAbsent: true });
    await expect(overlay.put('a', text('x'), { onlyIfAbsent: true })).rejects.toMatchObject({
      code: 'Conflict',
    });
    const keys: string[] = [];
    for await (const { key } of overlay.list('')) keys.push(key);
    expect(keys).toEqual(['a', 'b', 'd']);
    expect(await overlay.get('c')).toBeUndefined();
    expect(new TextDecoder().decode((await overlay.get('b'))!.bytes)).toBe('another');
    expect(await stateOf(below, '')).toEqual(before);
  });
});
