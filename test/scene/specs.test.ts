import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../lib/job/spec-text.ts';
import { sceneReadme, sceneSpec } from '../../lib/scene/scene-texts.ts';
import { modelNamed } from '../../lib/science/models.ts';
import { TINY } from './made-scene.ts';

/** Inputs that a spec lacks, and names that its model does not know. */
function gaps(text: string) {
  const spec = parseSpec(text);
  const model = modelNamed(spec.model);
  const inputs = model.inputs(model.params.parse(spec.params));
  const needed = Object.entries(inputs).filter(([, variable]) => !variable.optional);
  return {
    missing: needed.map(([name]) => name).filter((name) => !(name in spec.sources)),
    unknown: Object.keys(spec.sources).filter((name) => !(name in inputs)),
    outputs: (spec.outputs ?? []).filter((name) => !(name in model.outputs)),
  };
}

const none = { missing: [], unknown: [], outputs: [] };

describe('the specs that come with chunkflux', () => {
  it('binds every input of the model in the synthetic scene', () => {
    expect(gaps(sceneSpec(TINY))).toEqual(none);
    expect(parseSpec(sceneSpec(TINY)).time).toEqual({ from: '2021-01', to: '2022-12' });
  });

  it('binds every input of the model in the Munich example', () => {
    const file = new URL('../../examples/munich/product.yaml', import.meta.url);
    expect(gaps(readFileSync(file, 'utf8'))).toEqual(none);
  });

  const data = new URL('../../../shared/data/munich-2022/', import.meta.url);
  it.skipIf(!existsSync(data))(
    'finds the Munich inputs where the example looks (needs ../shared/data)',
    () => {
      const spec = new URL('../../examples/munich/product.yaml', import.meta.url);
      const { inputs } = parseSpec(readFileSync(spec, 'utf8'));
      expect(new URL(`${inputs}/`, spec).pathname).toBe(data.pathname);
    },
  );

  it('says in the scene itself that it is synthetic', () => {
    expect(sceneReadme(TINY)).toMatch(/^A SYNTHETIC/);
    expect(sceneReadme(TINY)).toMatch(/Nothing in this folder was measured/);
    expect(sceneReadme(TINY)).toMatch(/seed 1/);
    expect(sceneSpec(TINY)).toMatch(/SYNTHETIC/);
  });
});
