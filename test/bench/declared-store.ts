import { compareUtf8 } from '../../lib/store/object-key.ts';
import type { ObjectHead, Store } from '../../lib/store/store.ts';

/** A store that has small objects, and says of large ones only that they are there. Enough to plan with. */
export function declaredStore(
  small: Store,
  declared: readonly { readonly key: string; readonly size: number }[],
): Store {
  const heads: ObjectHead[] = declared.map(({ key, size }) => ({ key, size, etag: `${size}` }));
  heads.sort((a, b) => compareUtf8(a.key, b.key));
  return {
    ...small,
    async *list(prefix, options) {
      yield* small.list(prefix, options);
      for (const head of heads) if (head.key.startsWith(prefix)) yield head;
    },
  };
}
