/** The vectors of spec beps.md, and a ledger of which of their numbers were checked. */
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';

const FILE = new URL('../../../../shared/spec/beps_vectors.json', import.meta.url);

export const haveVectors = existsSync(FILE);

/** Relative tolerance of spec beps.md 16.2, T1. */
const RELATIVE = 1e-9;

// biome-ignore lint/suspicious/noExplicitAny: the file's own shape differs from group to group
type Tree = any;

export const groups: Readonly<Record<string, Tree>> = haveVectors
  ? JSON.parse(readFileSync(FILE, 'utf8'))
  : {};

/** Which test file checks which groups; together they are all of them. */
export const OWNED = {
  leaves: [
    'V01_rh',
    'V02_sun',
    'V03_eq3',
    'V04_radiation',
    'V05_kinetics',
    'V06_farquhar_fixed_ci',
    'V07_08_assimilation_at_g',
    'V09_coupling',
    'V09b_code_iteration',
    'V13_net_radiation',
  ],
  water: [
    'V10_water_scalar',
    'V11_soil_hydraulics',
    'V12_penman_monteith',
    'V14_water_step',
    'V27_day_chain',
  ],
  carbon: [
    'V15_npp',
    'V16_env',
    'V17_decomposition',
    'V18_soil_step',
    'V19_steady_state',
    'V20_nitrogen',
    'V28_sasu',
    'V29_turnover_daily',
  ],
  conversion: ['V21_eq5_8_modeE', 'V21_eq5_8_modeT', 'V22_age', 'V23_area', 'V24_overlap', 'V25_pearson'],
} as const;

/** Every number of a tree by its path, `c.A_daily`; what lies under `inp` is given, not a result. */
function leaves(tree: Tree, path = ''): [string, number | string][] {
  if (tree === null || typeof tree !== 'object') return [[path, tree]];
  return Object.entries(tree).flatMap(([key, item]) =>
    key === 'inp' ? [] : leaves(item, path === '' ? key : `${path}.${key}`),
  );
}

const unchecked = new Map(Object.entries(groups).map(([id, tree]) => [id, new Map(leaves(tree))]));

/** Numbers that no check has looked at and no test has said to be given. */
export const leftOver = (ids: readonly string[]): string[] =>
  ids.flatMap((id) => [...unchecked.get(id)!.keys()].map((path) => `${id} ${path}`));

/** A group: its tree, and two ways to tick its numbers off. */
export function group(id: string) {
  const tree = groups[id]!;
  const wanted = unchecked.get(id)!;
  const all = new Map(leaves(tree));
  return {
    tree,
    /** Compares results with the group's numbers at 1e-9. */
    check(actual: Tree, absolute = 1e-300) {
      for (const [path, value] of leaves(actual)) {
        expect(all.has(path), `${id} has no ${path}`).toBe(true);
        expectClose(`${id} ${path}`, value as number, all.get(path) as number, absolute);
        wanted.delete(path);
      }
    },
    /** These numbers are inputs of the group, that it does not keep under `inp`. */
    given(...names: string[]) {
      for (const path of [...wanted.keys()])
        if (names.some((name) => path === name || path.startsWith(`${name}.`) || path.endsWith(`.${name}`)))
          wanted.delete(path);
    },
  };
}

export function expectClose(what: string, actual: number, wanted: number, absolute = 1e-300): void {
  const off = Math.abs(actual - wanted);
  expect(off <= RELATIVE * Math.abs(wanted) + absolute, `${what}: ${actual} instead of ${wanted}`).toBe(true);
}
