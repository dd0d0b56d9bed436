import { setTimeout as sleep } from 'node:timers/promises';
import { StoreFailure } from '../../lib/errors.ts';
import type { Store } from '../../lib/store/store.ts';

type Op = 'get' | 'put' | 'head' | 'list' | 'delete';

/** What happens to one request; `go` does the real thing. */
type Fault = <T>(go: () => Promise<T>, what: string) => Promise<T>;

/** Strikes the `nth` request (from 1; every one when left out) of this kind whose key has `key` in it. */
export interface Rule {
  readonly on: Op;
  readonly key?: string | RegExp;
  readonly nth?: number;
  readonly fault: Fault;
}

export interface FaultyStore {
  readonly store: Store;
  /** What was struck, as "put a/b", in order: a test of faults that never strike proves nothing. */
  readonly struck: readonly string[];
}

/** Thrown by `die…`. Not an error of chunkflux: the process would be gone, and nobody would handle it. */
export class Died extends Error {}

/** The server says 503 and does nothing. */
export const unavailable: Fault = async (_go, what) => {
  throw new StoreFailure(`${what}: 503 Slow Down (scripted).`, true);
};

/** It is done, but the answer is lost on the way. */
export const loseAnswer: Fault = async (go, what) => {
  await go();
  throw new StoreFailure(`${what}: the connection was reset before the answer (scripted).`, true);
};

/** The disk is full: nothing is changed, and another try will not help. */
export const diskFull: Fault = async (_go, what) => {
  throw new StoreFailure(`${what}: no space left on the disk (scripted ENOSPC).`, false);
};

/** The process is killed before the request is done; all its later requests fail alike. */
export const dieBefore: Fault = async (_go, what) => {
  throw new Died(what);
};

/** The process is killed right after the request is done. */
export const dieAfter: Fault = async (go, what) => {
  await go();
  throw new Died(what);
};

export function fail(error: Error): Fault {
  return async () => {
    throw error;
  };
}

/** It is done, and the answer comes late. */
export function late(ms: number): Fault {
  return async (go) => {
    const answer = await go();
    await sleep(ms);
    return answer;
  };
}

/**
 * A store that fails as scripted:
 *
 *     const { store } = faultyStore(memoryStore(), [{ on: 'put', key: 'records/', nth: 2, fault: dieBefore }]);
 *
 * The first rule that matches is the one that strikes. After a death, every request is `Died`.
 */
export function faultyStore(inner: Store, rules: readonly Rule[]): FaultyStore {
  const struck: string[] = [];
  const seen = new Map<Rule, number>();
  let dead: Died | undefined;

  const strikes = (rule: Rule, on: Op, key: string): boolean => {
    if (rule.on !== on || !matches(rule.key, key)) return false;
    const count = (seen.get(rule) ?? 0) + 1;
    seen.set(rule, count);
    return rule.nth === undefined || rule.nth === count;
  };

  const request = async <T>(on: Op, key: string, go: () => Promise<T>): Promise<T> => {
    if (dead) throw dead;
    const rule = rules.filter((each) => strikes(each, on, key))[0];
    if (!rule) return go();
    struck.push(`${on} ${key}`);
    try {
      return await rule.fault(go, `${inner.name}: ${on} ${key}`);
    } catch (error) {
      if (error instanceof Died) dead = error;
      throw error;
    }
  };

  const store: Store = {
    name: inner.name,
    get: (key, options) => request('get', key, () => inner.get(key, options)),
    put: (key, bytes, options) => request('put', key, () => inner.put(key, bytes, options)),
    head: (key, options) => request('head', key, () => inner.head(key, options)),
    delete: (key, options) => request('delete', key, () => inner.delete(key, options)),
    async *list(prefix, options) {
      yield* await request('list', prefix, async () => inner.list(prefix, options));
    },
  };
  return { store, struck };
}

function matches(pattern: Rule['key'], key: string): boolean {
  if (pattern === undefined) return true;
  return typeof pattern === 'string' ? key.includes(pattern) : pattern.test(key);
}
