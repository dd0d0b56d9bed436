import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Store } from '../../lib/store/store.ts';
import { describeConditions, describeRaces } from './conformance-conditions.ts';
import { describeKeys, describeListings } from './conformance-keys.ts';
import { describeAborts, describeObjects, describeRanges } from './conformance-objects.ts';

/** What a server behind a store is known not to do. The tests of it are left out, with this said in their title. */
export interface Weakness {
  /** `If-Match` and `If-None-Match` on a put. */
  readonly conditions?: string;
  /** Listings in UTF-8 order. */
  readonly order?: string;
}

export interface Opened {
  readonly store: Store;
  close(): Promise<void>;
}

/** The store under test. */
export interface Bench {
  readonly store: Store;
  /** A key of the running test alone. */
  key(name: string): string;
  test(title: string, run: () => Promise<void>, leftOut?: string): void;
}

/** Everything that the rest of chunkflux relies on in a store, whatever is behind it. */
export function describeStore(title: string, open: () => Promise<Opened>, weakness: Weakness = {}): void {
  describe(title, () => {
    let opened: Opened;
    let count = 0;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    const bench: Bench = {
      get store() {
        return opened.store;
      },
      key: (name) => `test-${count}/${name}`,
      test(name, run, leftOut) {
        it.skipIf(leftOut)(leftOut ? `${name} (left out: ${leftOut})` : name, () => {
          count++;
          return run();
        });
      },
    };
    describeObjects(bench);
    describeRanges(bench);
    describeAborts(bench);
    describeKeys(bench);
    describeListings(bench, weakness.order);
    describeConditions(bench, weakness.conditions);
    describeRaces(bench, weakness.conditions);
  });
}
