import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

const root = new URL('../docs/adr/', import.meta.url);
const reasons = readdirSync(root)
  .map((name) => readFileSync(new URL(name, root), 'utf8'))
  .join('\n');

/** Types come with what they are the types of; the toolchain's own names are spelt as people write them. */
const libraries = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
  (name) => !name.startsWith('@types/'),
);

it.each(libraries)('%s has its reason in a decision record', (name) => {
  expect(reasons.toLowerCase()).toContain(name.toLowerCase());
});

it('has exact versions of all of them', () => {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
