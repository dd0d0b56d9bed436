import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chunkflux } from '../../functions/entry/local/program.ts';
import { parseSpec } from '../../lib/job/spec-text.ts';
import { modelNamed } from '../../lib/science/models.ts';

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const PAGES = ['README.md', 'examples/munich/README.md', 'docs/operations.md'];

/** Command lines of a page, without what stands behind `#`. */
const commandLines = (page: string): string[] =>
  text(page)
    .split('\n')
    .filter((line) => /^\s*npx chunkflux /.test(line))
    .map((line) => line.replace(/\s+#.*/, '').trim());

describe('what the pages tell people to type', () => {
  const program = chunkflux();
  it.each(PAGES.flatMap((page) => commandLines(page).map((line) => [line, page] as const)))(
    '%s (%s)',
    (line) => {
      const [, , name, ...words] = line.split(/\s+/);
      const command = program.commands.find((one) => one.name() === name);
      expect(command, `command ${name}`).toBeDefined();
      const known = [...command!.options, ...program.options].flatMap(({ long }) => long ?? []);
      const used = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]);
      expect(known).toEqual(expect.arrayContaining(used));
    },
  );

  it('has a spec that is one', () => {
    const [, yaml] = /```yaml\n([\s\S]*?)```/.exec(text('README.md'))!;
    const spec = parseSpec(yaml!, 'README.md');
    const model = modelNamed(spec.model);
    const inputs = model.inputs(model.params.parse(spec.params));
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(spec.sources)));
  });
});
