/** The vectors of spec casa.md, and a ledger of which of their outputs were checked. */
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';

const FILE = new URL('../../../shared/spec/casa_vectors.json', import.meta.url);

export const haveVectors = existsSync(FILE);

/** Relative tolerance of spec casa.md 8 in double precision. */
const RELATIVE = 1e-9;

// biome-ignore lint/suspicious/noExplicitAny: the file's own shape differs from vector to vector
type Tree = any;

interface Vector {
  readonly id: string;
  readonly inputs: Tree;
  readonly intermediates: Tree;
  readonly outputs: Tree;
}

const vectors: readonly Vector[] = haveVectors ? JSON.parse(readFileSync(FILE, 'utf8')).vectors : [];

/** Missing values are null in the file. */
export const num = (value: number | null): number => value ?? Number.NaN;

export const series = (values: readonly (number | null)[]): Float64Array => Float64Array.from(values, num);

/** Every leaf of a tree by its path, `months[3].W`. */
function leaves(tree: Tree, path = ''): [string, number | string | null][] {
  if (Array.isArray(tree)) return tree.flatMap((item, i) => leaves(item, `${path}[${i}]`));
  if (tree === null || typeof tree !== 'object') return [[path, tree]];
  return Object.entries(tree).flatMap(([key, item]) => leaves(item, path === '' ? key : `${path}.${key}`));
}

const unchecked = new Map(vectors.map(({ id, outputs }) => [id, new Map(leaves(outputs))]));

/** Which test file checks which vectors; together they are all of them. */
export const OWNED = {
  inputs: ['V01', 'V02', 'V19', 'V20', 'V21', 'V22', 'V23'],
  production: ['V03', 'V04', 'V05', 'V06', 'V07', 'V08', 'V09', 'V10', 'V11', 'V12'],
  balance: ['V13', 'V14', 'V15', 'V16', 'V17', 'V18', 'V24', 'V25'],
} as const;

/** Outputs that no check has looked at, as `V08 months[3].W`. */
export const leftOver = (ids: readonly string[]): string[] =>
  ids.flatMap((id) => [...unchecked.get(id)!.keys()].map((path) => `${id} ${path}`));

export const vectorIds = (): string[] => vectors.map(({ id }) => id);

export function vector(id: string): Vector & { check(actual: Tree): void } {
  const found = vectors.find((v) => v.id === id)!;
  return {
    ...found,
    /** Compares a tree of results with the outputs, and ticks off each leaf that it holds. */
    check(actual) {
      const wanted = unchecked.get(id)!;
      const all = new Map(leaves(found.outputs));
      for (const [path, value] of leaves(actual)) {
        expect(all.has(path), `${id} has no output ${path}`).toBe(true);
        expectClose(`${id} ${path}`, value, all.get(path)!);
        wanted.delete(path);
      }
    },
  };
}

/** Equal to 1e-9 relative; NaN where the file has null; strings as they are. */
export function expectClose(
  what: string,
  actual: number | string | null,
  wanted: number | string | null,
): void {
  if (typeof wanted === 'string') {
    expect(actual, what).toBe(wanted);
    return;
  }
  const value = actual as number;
  if (wanted === null) {
    expect(value, what).toBeNaN();
    return;
  }
  const difference = Math.abs(value - wanted);
  expect(difference <= RELATIVE * Math.abs(wanted) + 1e-15, `${what}: ${value} instead of ${wanted}`).toBe(
    true,
  );
}

/** Compares with intermediates of the file, which need no ticking off. */
export function expectTree(what: string, actual: Tree, wanted: Tree): void {
  const all = new Map(leaves(wanted));
  for (const [path, value] of leaves(actual)) expectClose(`${what} ${path}`, value, all.get(path)!);
}
