import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { chunkflux } from '../../functions/entry/local/program.ts';
import { fileStore } from '../../lib/store/file.ts';
import { say } from '../helpers/cli-here.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { tinyFiles } from '../helpers/tiny-files.ts';
import { NORTH, WEST } from '../helpers/tiny-inputs.ts';
import { tinyFields } from '../helpers/tiny-product.ts';

const folder = tempFolder('stats');
const at = (name: string): string => join(folder, name);

/** Half of the tiny country: 0.75 by 1.25 degrees at 47.4 N, about 7,850 km2. */
const half = (id: number, name: string, west: number, km2: number) => {
  const [x0, x1, y0, y1] = [WEST + west, WEST + west + 0.75, NORTH - 1.25, NORTH];
  const ring = [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
    [x0, y0],
  ];
  const geometry = { type: 'Polygon', coordinates: [ring] };
  return { type: 'Feature', properties: { id, name, km2 }, geometry };
};
const zones = { file: 'zones.geojson' };
const geojson = {
  type: 'FeatureCollection',
  features: [half(1, 'West', 0, 7850), half(2, 'East', 0.75, 5000)],
};

async function writeSpec(name: string, patch: object): Promise<string> {
  await writeFile(at(name), JSON.stringify(tinyFields({ inputs: 'inputs', zones, ...patch })));
  return at(name);
}

/** What a command says on standard error. */
async function warned(...args: string[]): Promise<string[]> {
  const said: string[] = [];
  const error = vi.spyOn(console, 'error').mockImplementation((text) => void said.push(String(text)));
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    await chunkflux().parseAsync([...args, '--store', at('store')], { from: 'user' });
    return said;
  } finally {
    error.mockRestore();
    log.mockRestore();
  }
}

type Zone = { name: string; period: { label: string }; fields: Record<string, { mean: number }> };
const rowsOf = async (...args: string[]): Promise<Zone[]> =>
  JSON.parse(await say('stats', 'tiny', ...args, '--format', 'json', '--store', at('store'))).zones;

beforeAll(async () => {
  vi.stubEnv('CHUNKFLUX_THREADS', '1');
  const inputs = fileStore(at('inputs'));
  await tinyFiles(inputs);
  await inputs.put('zones.geojson', Buffer.from(JSON.stringify(geojson)));
  await say('run', await writeSpec('tiny.json', {}), '--store', at('store'));
});
afterAll(() => {
  vi.unstubAllEnvs();
});

describe('chunkflux stats --over', () => {
  it('gives the mean of the years of each zone, or their sum', async () => {
    const years = await rowsOf('--variable', 'rh_a');
    const [west21, east21, west22, east22] = years.map(({ fields }) => fields.rh!.mean);
    expect(years.map(({ name, period }) => `${name} ${period.label}`)).toEqual([
      'West 2021',
      'East 2021',
      'West 2022',
      'East 2022',
    ]);
    const means = await rowsOf('--variable', 'rh_a', '--over', 'mean');
    expect(means.map(({ period }) => period.label)).toEqual(['2021..2022', '2021..2022']);
    expect(means[0]!.fields.rh!.mean).toBeCloseTo((west21! + west22!) / 2, 9);
    expect(means[1]!.fields.rh!.mean).toBeCloseTo((east21! + east22!) / 2, 9);
    const [west] = await rowsOf('--variable', 'rh_a', '--over', 'sum');
    expect(west!.fields.rh!.mean).toBeCloseTo(west21! + west22!, 9);
  });

  it('does so of land cover too', async () => {
    const totals = async (...args: string[]) => {
      const stats = ['stats', 'tiny', '--variable', 'rh_a', '--classes', 'majority', '--format', 'json'];
      const { zones } = JSON.parse(await say(...stats, ...args, '--store', at('store')));
      return zones[0].periods.map(({ total }: { total: { gC: number } }) => total.gC);
    };
    const [first, second] = await totals();
    const [mean] = await totals('--over', 'mean');
    expect(mean / ((first + second) / 2)).toBeCloseTo(1, 12);
  });

  it('refuses the mean of a class', async () => {
    const asked = say('stats', 'tiny', '--variable', 'flag_a', '--over', 'mean', '--store', at('store'));
    await expect(asked).rejects.toThrow('--over: flag_a is a class; it has no mean');
  });
});

describe('checks of a spec', () => {
  const checks = [
    { variable: 'rh_a', between: [0, 1] },
    { variable: 'rh_a', zones: [2], between: [1, 5000] },
    { variable: 'rh_a', falling: ['1', 2] },
    { area: 'km2', within: 0.03 },
  ];
  const AREA = expect.stringMatching(
    /^ *(Note: )?East: its polygon has 78\d\d(\.\d)? km2, km2 says 5000 km2: 5\d\.\d % more, of 3 % /,
  );

  it('are said under the table where they do not hold, at once when the file changes', async () => {
    const spec = await writeSpec('checked.json', { checks });
    const lines = await warned('stats', spec, '--variable', 'rh_a', '--time', '2021');
    expect(lines[0]).toBe('Checks: 4 looked at; what does not hold:');
    expect(lines[1]).toEqual(AREA);
    expect(lines[2]).toMatch(/^ {2}West, 2021: rh_a is \d{3}(\.\d)? gC m-2 yr-1, expected 0 to 1$/);
    expect(lines[3]).toMatch(/^ {2}East, 2021: rh_a is \d{3}(\.\d)? gC m-2 yr-1, expected 0 to 1$/);
    const rows = await rowsOf('--variable', 'rh_a', '--time', '2021');
    const inOrder = rows[0]!.fields.rh!.mean > rows[1]!.fields.rh!.mean;
    expect(lines).toHaveLength(inOrder ? 4 : 5);
  });

  it('say how many hold, and how many were not looked at', async () => {
    const spec = await writeSpec('good.json', {
      checks: [
        { variable: 'rh_a', between: [1, 5000] },
        { variable: 'npp_a', between: [0, 1] },
      ],
    });
    expect(await warned('stats', spec, '--variable', 'rh_a')).toEqual([
      'Checks: 1 looked at, all hold (1 more are of variables that were not reduced).',
    ]);
    expect(await warned('stats', spec, '--variable', 'rh_a', '--zones', at('inputs/zones.geojson'))).toEqual(
      [],
    );
  });

  it('of the ratio need the fluxes of the year, not the ratio of each pixel', async () => {
    const checks = [{ variable: 'ratio_a', between: [0, 1e-6] }];
    const plan = async (outputs: string[]) =>
      say(
        'plan',
        await writeSpec('ratio.json', { checks, product: 'ratio', outputs }),
        '--store',
        at('store'),
      );
    expect(await plan(['npp_a', 'rh_a'])).toContain('outputs');
    await expect(plan(['npp_a', 'nep_a'])).rejects.toThrow('the product writes no "ratio_a"');
    const spec = await writeSpec('checked.json', { checks });
    const lines = await warned('stats', spec, '--time', '2022');
    expect(lines[1]).toMatch(/^ {2}West, 2022: ratio_a is 0\.\d+, expected 0 to 0\.000001$/);
  });

  it('of areas are notes of a run already, which then has nothing to do', async () => {
    const spec = await writeSpec('checked.json', { checks });
    expect(await warned('run', spec)).toContainEqual(AREA);
    expect(await say('run', spec, '--store', at('store'))).toContain('There was nothing to do.');
  });

  it.each([
    [
      { variable: 'rh', between: [0, 1], outputs: ['npp'] },
      'wrong.json.checks.0: unknown field "outputs"; known are: variable, zones',
    ],
    [
      { variable: 'rhh', between: [0, 1] },
      'spec.checks.0.variable: the product writes no "rhh"; it writes: npp',
    ],
    [{ variable: 'flag_a', between: [0, 1] }, 'spec.checks.0.variable: flag_a is a class'],
    [{ variable: 'rh_a', between: [2, 1] }, 'the upper end must be above the lower'],
    [{ variable: 'rh_a', falling: [1, 7] }, 'spec.checks.0: no zone has the id "7"; there are: 1, 2'],
    [{ variable: 'rh_a' }, 'say exactly one of: between, falling, area'],
    [{ area: 'ha', within: 0.03 }, 'zones.features[0]: West has no area above 0 in its property "ha"'],
  ])('are refused before anything is planned: %j', async (check, words) => {
    const spec = await writeSpec('wrong.json', { checks: [check] });
    await expect(say('plan', spec, '--store', at('store'))).rejects.toThrow(words);
  });

  it('are refused so by stats too, of a file that no run has accepted yet', async () => {
    const stats = async (check: object) => {
      const name = 'checked.json'; // of the product that is there
      return say(
        'stats',
        await writeSpec(name, { checks: [check] }),
        '--variable',
        'rh_a',
        '--store',
        at('store'),
      );
    };
    const wrong = { variable: 'rh_a', zones: [7], between: [0, 1] };
    await expect(stats(wrong)).rejects.toThrow('spec.checks.0: no zone has the id "7"; there are: 1, 2');
    await expect(stats({ variable: 'rhh', between: [0, 1] })).rejects.toThrow('the product writes no "rhh"');
    await expect(stats({ area: 'ha', within: 0.1 })).rejects.toThrow('no area above 0 in its property "ha"');
  });

  it('need zones', async () => {
    const spec = await writeSpec('wrong.json', { checks, zones: undefined });
    await expect(say('plan', spec, '--store', at('store'))).rejects.toThrow('spec.checks: they are of zones');
  });
});
