import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { within } from '../../functions/entry/local/open-job.ts';
import { openCog } from '../../lib/raster/cog.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { modelNamed } from '../../lib/science/models.ts';
import { fileStore } from '../../lib/store/file.ts';
import { say } from '../helpers/cli-here.ts';
import { NORTH, putTinyInputs, tinyInputs, WEST } from '../helpers/tiny-inputs.ts';
import { tinyFields } from '../helpers/tiny-product.ts';

const OUTPUTS = Object.entries(modelNamed('casa-nep').outputs);

/** Around a few pixels of the tiny country. */
const RING = [
  [WEST + 0.1, NORTH - 1],
  [WEST + 1, NORTH - 1],
  [WEST + 1, NORTH - 0.1],
  [WEST + 0.1, NORTH - 1],
];

let folder: string;
let spec: string;
const at = (name: string): string => join(folder, name);
const chunkflux = (...args: string[]) => say(...args, '--store', at('store'));

beforeAll(async () => {
  vi.stubEnv('CHUNKFLUX_THREADS', '1');
  folder = await mkdtemp(join(tmpdir(), 'chunkflux-look-'));
  await putTinyInputs(fileStore(at('inputs')), tinyInputs());
  spec = at('tiny.yaml');
  await writeFile(
    spec,
    JSON.stringify(tinyFields({ inputs: 'inputs', outputs: OUTPUTS.map(([name]) => name) })),
  );
  await chunkflux('run', spec);
  await writeFile(at('zones.geojson'), JSON.stringify({ type: 'Polygon', coordinates: [RING] }));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

describe('chunkflux preview', () => {
  it.each(OUTPUTS)('draws %s, of a month or of a year as the model declares it', async (name, { dims }) => {
    const time = dims === 'tyx' ? '2021-07' : '2021';
    const png = at(`${name}.png`);
    expect(await chunkflux('preview', spec, '--variable', name, '--time', time, '--out', png)).toBe(png);
    const { width, height } = decode(await readFile(png));
    expect(width).toBeGreaterThan(400);
    expect(height).toBeGreaterThan(300);
  });

  it('draws the last step where none is named, and calls the file by it', async () => {
    vi.spyOn(process, 'cwd').mockReturnValue(folder);
    expect(await chunkflux('preview', 'tiny', '--variable', 'fpar')).toBe('tiny_fpar_2022-12.png');
    expect(await chunkflux('preview', 'tiny', '--variable', 'vegtype')).toBe('tiny_vegtype_2022.png');
    expect(await readdir(folder)).toEqual(
      expect.arrayContaining(['tiny_fpar_2022-12.png', 'tiny_vegtype_2022.png']),
    );
    vi.restoreAllMocks();
  });

  it('draws the months of a year side by side', async () => {
    const [year, month] = [at('year.png'), at('month.png')];
    await chunkflux('preview', spec, '--variable', 'we', '--time', '2021', '--year', '--out', year);
    await chunkflux('preview', spec, '--variable', 'we', '--time', '2021-01', '--out', month);
    expect(decode(await readFile(year)).width).toBeGreaterThan(decode(await readFile(month)).width);
  });

  it.each([
    [['--variable', 'nep', '--time', '2021'], /2021 has 12 steps of nep; say a month, or --year/],
    [
      ['--variable', 'nep_a', '--time', '2021', '--year'],
      /2021 has one step of nep_a, not twelve months; say a/,
    ],
    [['--variable', 'nep', '--time', '2020-07'], /--time: nep has no 2020-07; it has 2021-01 to 2022-12/],
    [['--variable', 'nep_aa'], /tiny has no "nep_aa"; did you mean "nep_a"\?/],
  ])('says what there is instead of %j', async (args, message) => {
    await expect(chunkflux('preview', spec, ...args)).rejects.toThrow(message);
  });
});

describe('chunkflux export --format cog', () => {
  it('writes a file a step, called by its month or its year', async () => {
    const to = at('cogs');
    await chunkflux('export', spec, '--format', 'cog', '--variable', 'qa', 'fpar', 'topt', '--to', to);
    const names = (await readdir(to)).filter((name) => name.endsWith('.tif'));
    expect(names).toHaveLength(24 + 24 + 2);
    expect(names).toEqual(
      expect.arrayContaining(['tiny_qa_2021-01.tif', 'tiny_fpar_2022-12.tif', 'tiny_topt_2022.tif']),
    );
  });

  it('holds the cells of that step', async () => {
    const to = at('one');
    await chunkflux('export', spec, '--format', 'cog', '--variable', 'nep', '--time', '2021-07', '--to', to);
    const layer = await openCog(fileStore(to), 'tiny_nep_2021-07.tif');
    const { cells } = await layer.read({ t0: 0, t1: 1, y0: 0, y1: 5, x0: 0, x1: 6 });
    const native = await openZarr(fileStore(at('store/products/tiny')), 'data.zarr/0', 'nep');
    const july = await native.read({ t0: 6, t1: 7, y0: 0, y1: 5, x0: 0, x1: 6 });
    expect(cells).toEqual(july.cells);
    expect([...cells].filter(Number.isFinite).length).toBeGreaterThan(10);
  });
});

describe('what makes no sense', () => {
  it.each([
    ['export tiny --level 9', '--level: tiny has the levels 0, 1, not 9'],
    [
      'stats tiny --variable npp nep_a',
      '--variable: npp has 24 steps and nep_a 2; ask for yearly and monthly',
    ],
    ['stats tiny --renormalise', '--renormalise: is for --classes fractions'],
    ['stats tiny --zone 1', '--zone: chooses what --chart draws'],
    ['inspect x.tif ndvi', 'variable: x.tif is a TIFF: it has bands, which --band names'],
    ['status tiny', 'no spec at tiny; a name will not do here'],
    ['runs --count many', 'a whole number from 1'],
  ])('is refused in words: %s', async (line, words) => {
    const zones = line.startsWith('stats tiny --variable') ? ['--zones', at('zones.geojson')] : [];
    await expect(chunkflux(...line.split(' '), ...zones)).rejects.toThrow(words);
  });
});

describe('chunkflux runs', () => {
  it('tells how many chunks a run did anew: of the first one all', async () => {
    const { runs } = JSON.parse(await chunkflux('runs', '--json'));
    expect(await chunkflux('runs', runs.at(-1).run)).toMatch(
      /^tiny is complete: 8 computed.*\nanew {7}8 chunks\n/,
    );
  });
});

describe('chunkflux estimate', () => {
  it('says that all is current, instead of scaling from nothing', async () => {
    const text = await chunkflux('estimate', spec);
    expect(text).toMatch(/^All is current: .*\nrequests {3}\d+ GET/);
    expect(text).not.toContain('Scaled from');
  });
});

describe('the inputs of a spec', () => {
  it.each([
    ['/specs', '../data', '/data'],
    ['/specs', '.', '/specs'],
    ['s3://maps/specs', '../data', 's3://maps/data'],
    ['s3://maps/a/specs', './x', 's3://maps/a/specs/x'],
    ['s3://maps', '.', 's3://maps'],
    ['s3://maps/specs', '..', 's3://maps'],
  ])('of %s, %s, lie at %s', (folder, inputs, at) => {
    expect(within(folder, inputs)).toBe(at);
  });

  it('do not lie beyond their bucket', () => {
    expect(() => within('s3://maps/specs', '../../other')).toThrow('lies outside s3://maps');
  });
});

describe('a place that is neither a folder nor a bucket', () => {
  it.each(['gs://maps/x', 's3:/maps/x'])(
    '(%s) is refused, and no folder of that name is made',
    async (place) => {
      const refused = /^store: ".*": .*s3:\/\/bucket\/prefix$/;
      await expect(say('status', spec, '--store', place)).rejects.toThrow(refused);
      await expect(chunkflux('export', spec, '--to', place)).rejects.toThrow(refused);
      expect(await readdir('.')).not.toContain(place.slice(0, 3));
    },
  );
});
