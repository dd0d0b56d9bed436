import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Which floors each floor may import, itself included. The first entry that a path starts with is its floor. */
const FLOORS: readonly (readonly [floor: string, allowed: readonly string[]])[] = [
  ['lib/errors.ts', []],
  ['lib/kernels/', ['lib/kernels/']],
  ['lib/grid/', ['lib/grid/', 'lib/kernels/', 'lib/errors.ts']],
  ['lib/science/', ['lib/science/', 'lib/kernels/', 'lib/grid/', 'lib/errors.ts']],
  ['lib/store/store.ts', ['lib/errors.ts']],
  ['lib/store/keys.ts', ['lib/grid/', 'lib/errors.ts']],
  ['lib/store/', ['lib/store/', 'lib/grid/', 'lib/errors.ts']],
  [
    'lib/raster/',
    ['lib/raster/', 'lib/store/store.ts', 'lib/store/keys.ts', 'lib/kernels/', 'lib/grid/', 'lib/errors.ts'],
  ],
  ['lib/job/', above('lib/job/')],
  ['lib/view/', above('lib/view/')],
  ['lib/scene/', above('lib/scene/')],
  ['functions/', ['functions/', 'lib/']],
  ['iac/', ['functions/runtime/env.ts', 'iac/']],
];

/** Packages that only one floor may touch. */
const PACKAGES: readonly (readonly [pattern: RegExp, floors: readonly string[]])[] = [
  [/^@aws-sdk\//, ['lib/store/', 'functions/runtime/']],
  [/^node:fs/, ['lib/store/', 'functions/']],
  [/^(zarrita|geotiff|numcodecs|lerc)\b/, ['lib/raster/']],
];

/** Floors without I/O, clock or process. */
const PURE = ['lib/kernels/', 'lib/grid/', 'lib/science/', 'lib/errors.ts'];
const IMPURE_IMPORT = /^node:|^@aws-sdk|^p-/;

function above(own: string): string[] {
  return [
    own,
    'lib/raster/',
    'lib/store/store.ts',
    'lib/store/keys.ts',
    'lib/science/',
    'lib/kernels/',
    'lib/grid/',
    'lib/errors.ts',
  ];
}

interface Source {
  readonly path: string;
  readonly text: string;
}

function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*/g, '');
  const clause =
    /(?:^|[\n;}])\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g;
  return [...code.matchAll(clause)].map((match) => (match[1] ?? match[2])!);
}

function violations(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) =>
    importsOf(text).flatMap((name) => {
      const reason = name.startsWith('.') ? wrongFloor(path, name) : wrongPackage(path, name);
      return reason ? [`${path} imports ${name}: ${reason}`] : [];
    }),
  );
}

function wrongFloor(path: string, name: string): string | undefined {
  const floor = FLOORS.find(([prefix]) => path.startsWith(prefix));
  if (!floor) return undefined;
  const target = relative(root, resolve(root, dirname(path), name));
  return floor[1].some((prefix) => target.startsWith(prefix))
    ? undefined
    : `${floor[0]} may not reach ${target}`;
}

function wrongPackage(path: string, name: string): string | undefined {
  if (!path.startsWith('lib/') && !path.startsWith('functions/')) return undefined;
  if (PURE.some((prefix) => path.startsWith(prefix)) && IMPURE_IMPORT.test(name)) return 'this floor is pure';
  const rule = PACKAGES.find(([pattern]) => pattern.test(name));
  if (!rule || rule[1].some((prefix) => path.startsWith(prefix))) return undefined;
  return `only ${rule[1].join(' and ')} may`;
}

function sourcesUnder(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(root, file), text: readFileSync(file, 'utf8') }));
}

describe('the floors of the house', () => {
  const sources = ['lib', 'functions'].flatMap(sourcesUnder);

  it('are built of files that import something', () => {
    expect(sources.flatMap(({ text }) => importsOf(text)).length).toBeGreaterThan(100);
  });

  it('import only downwards', () => {
    expect(violations(sources)).toEqual([]);
  });

  it('would show a planted violation of each rule', () => {
    const planted: Source[] = [
      { path: 'lib/grid/a.ts', text: "import { x } from '../store/store.ts';" },
      { path: 'lib/job/b.ts', text: "import type { y } from '../view/reduce.ts';" },
      { path: 'lib/raster/c.ts', text: "export * from '../science/units.ts';" },
      { path: 'lib/kernels/i.ts', text: "import type { Room } from '../science/model.ts';" },
      { path: 'lib/view/d.ts', text: "const m = await import('../store/file.ts');" },
      { path: 'lib/job/e.ts', text: "import zarr from 'zarrita';" },
      { path: 'lib/raster/f.ts', text: "import { readFile } from 'node:fs/promises';" },
      { path: 'lib/science/g.ts', text: "import os from 'node:os';" },
      { path: 'lib/job/h.ts', text: "import { S3Client } from '@aws-sdk/client-s3';" },
    ];
    expect(violations(planted).map((line) => line.split(' ')[0])).toEqual(planted.map(({ path }) => path));
  });
});
