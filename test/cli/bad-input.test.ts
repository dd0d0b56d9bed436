import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { fileStore } from '../../lib/store/file.ts';
import { type Ended, runCli } from '../helpers/cli.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { tiny, tinyFiles } from '../helpers/tiny-files.ts';
import { putClasses } from '../helpers/tiny-inputs.ts';
import { tinyFields, tinySources } from '../helpers/tiny-product.ts';
import { putV2 } from '../raster/zarr-made.ts';

const folder = tempFolder('bad-input');
const at = (name: string): string => join(folder, name);
const climate = (variable: string, more = {}) => ({ zarr: 'era5.zarr', variable, ...more });

beforeAll(async () => {
  const inputs = fileStore(at('inputs'));
  await tinyFiles(inputs);
  const classes = tiny.classes.map((code, i) => (i < 5 ? 77 : code));
  await putClasses(inputs, { ...tiny, classes }, 'unknown.tif');
  const { lat, lon } = tiny.climate;
  await putV2(inputs, 'era5.zarr/empty', {
    cells: new Float32Array(24 * lat.length * lon.length).fill(Number.NaN),
    shape: [24, lat.length, lon.length],
    chunks: [12, 5, 5],
    dims: ['time', 'lat', 'lon'],
    attrs: { units: 'K' },
    fill: 'NaN',
  });
});

/** `chunkflux run` as a person runs it, in a process of its own. */
async function run(name: string, patch: object): Promise<Ended> {
  const spec = at(`${name}.json`);
  const base = {
    product: name,
    inputs: 'inputs',
    params: { fpar: { range: 'table' } },
    outputs: ['npp', 'rh'],
  };
  await writeFile(spec, JSON.stringify(tinyFields({ ...base, ...patch })));
  return runCli(['run', spec, '--store', at('store')], { CHUNKFLUX_THREADS: '1' });
}

const source = (of: object) => ({ sources: tinySources(of as Record<string, unknown>) });

/** What went wrong, its exit code, and the words that are printed where people look for them. */
type Case = readonly [what: string, patch: object, code: number, words: RegExp];

const REFUSED: readonly Case[] = [
  [
    'month',
    { time: { from: '2021-01', to: '2023-12' } },
    2,
    /^MissingInput: ndvi\/.* has no composite that starts in 2023-01\. Add the files, or shorten time/m,
  ],
  [
    'unit',
    source({ temperature: climate('tp') }),
    2,
    /^UnitMismatch: era5\.zarr\/tp \(spec\.sources\.temperature\) is in "m"; the model wants "degC"/m,
  ],
  [
    'accumulation',
    source({ solar: climate('ssrd') }),
    2,
    /^UnitMismatch: era5\.zarr\/ssrd .* say accumulation: per_day .* or monthly_total/m,
  ],
  [
    'direction',
    source({ evaporation: climate('e', { accumulation: 'per_day' }) }),
    2,
    /^UnitMismatch: era5\.zarr\/e .*Say positive: up or down/m,
  ],
  [
    'legend',
    source({ vegtype: { file: 'classes.tif', legend: { 10: 'farm' } } }),
    2,
    /^BadRequest: spec\.sources\.vegtype\.legend\.10: "farm" is no vegetation type\. Known: dnf/m,
  ],
  [
    'file',
    source({ vegtype: { file: 'gone.tif', legend: 'igbp' } }),
    2,
    /^MissingInput: gone\.tif is not in/m,
  ],
];

const FAILED: readonly Case[] = [
  [
    'total',
    source({ solar: climate('ssrd', { accumulation: 'monthly_total' }) }),
    3,
    /2021 at 0\/0: era5\.zarr\/ssrd .* on Earth it is 60 to 1000\. Mend accumulation/,
  ],
  [
    'turned',
    source({ evaporation: climate('e', { accumulation: 'per_day', positive: 'up' }) }),
    3,
    /2021 at 0\/0: era5\.zarr\/e .* would go down\. Mend positive of spec\.sources\.evaporation/,
  ],
];

describe('chunkflux run', () => {
  it.concurrent.each(REFUSED)(
    'refuses a wrong %s in one line, with nothing printed as done',
    async (name, patch, code, words) => {
      const ended = await run(name, patch);
      expect([ended.code, ended.stdout]).toEqual([code, '']);
      expect(ended.stderr).toMatch(words);
      expect(ended.stderr).not.toMatch(/^\s+at /m);
    },
  );

  it.concurrent.each(FAILED)(
    'ends as incomplete where %s is not what the spec says, and tells why',
    async (name, patch, code, words) => {
      const ended = await run(name, patch);
      expect(ended.code).toBe(code);
      expect(ended.stdout).toMatch(/ is incomplete: .*4 failed/);
      expect(ended.stdout).toMatch(words);
    },
  );

  it.concurrent('is complete with codes that the legend does not know, and says which', async () => {
    const { code, stdout } = await run(
      'unknown',
      source({ vegtype: { file: 'unknown.tif', legend: 'glc-fcs30' } }),
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/unknown is complete: 8 computed/);
    expect(stdout).toMatch(/^ {2}vegtype: codes that its legend does not know, .*: 77 \(5\)$/m);
  });

  it.concurrent('is complete over an input without a value, and says that nothing came of it', async () => {
    const { code, stdout } = await run('empty', source({ temperature: climate('empty') }));
    expect(code).toBe(0);
    expect(stdout).toMatch(/empty is complete: 8 all-nodata/);
  });
});
