import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cellAreas } from '../../lib/grid/area.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { fileStore } from '../../lib/store/file.ts';
import { say } from '../helpers/cli-here.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { tinyFiles } from '../helpers/tiny-files.ts';
import { FINE, noise, putClasses, tinyInputs } from '../helpers/tiny-inputs.ts';
import { stateOf, tinyFields } from '../helpers/tiny-product.ts';

const tiny = tinyInputs();
const { rows, cols } = tiny;
const CELLS = rows * cols;
const PIXELS = FINE * FINE;
const folder = tempFolder('other-cover');
const at = (name: string): string => join(folder, name);

const LEGEND = { 0: 'fill', 1: 'forest', 2: 'cropland', 3: 'water' };
const UNKNOWN = 9;
/** Codes of the fine pixels of each cell: as many forest as crop, mostly without a class, and any. */
const codesOf = (cell: number): number[] =>
  Array.from({ length: PIXELS }, (_, k) => {
    if (cell === 0) return k < PIXELS / 2 ? 2 : 1;
    if (cell === 1) return k < 9 ? (k === 0 ? UNKNOWN : 0) : 2;
    return 1 + Math.floor(3 * noise(31, cell, k) ** 2);
  });
const codes = Array.from({ length: CELLS }, (_, cell) => codesOf(cell));

function fineMap(): Uint8Array {
  return Uint8Array.from({ length: CELLS * PIXELS }, (_, i) => {
    const [y, x] = [Math.floor(i / (cols * FINE)), i % (cols * FINE)];
    return codes[Math.floor(y / FINE) * cols + Math.floor(x / FINE)]![(y % FINE) * FINE + (x % FINE)]!;
  });
}

/** Value and true area of each cell. */
let values: number[];
let areas: Float64Array;

beforeAll(async () => {
  vi.stubEnv('CHUNKFLUX_THREADS', '1');
  const inputs = fileStore(at('inputs'));
  await tinyFiles(inputs);
  await putClasses(inputs, { ...tiny, classes: fineMap() }, 'cover.tif');
  await writeFile(
    at('legend.yaml'),
    Object.entries(LEGEND)
      .map(([code, name]) => `${code}: ${name}\n`)
      .join(''),
  );
  await writeFile(at('tiny.json'), JSON.stringify(tinyFields({ inputs: 'inputs' })));
  await say('run', at('tiny.json'), '--store', at('store'));
  const layer = await openZarr(fileStore(at('store')), 'products/tiny/data.zarr/0', 'npp_a');
  const whole = { t0: 1, t1: 2, y0: 0, y1: rows, x0: 0, x1: cols };
  values = [...((await layer.read(whole)).cells as Float32Array)];
  areas = cellAreas(layer.facts.grid, whole);
});
afterAll(() => {
  vi.unstubAllEnvs();
});

interface Row {
  readonly name: string;
  readonly area: number;
  readonly total: { readonly gC: number };
}

async function classes(rule: string, ...more: string[]) {
  const asked = ['--variable', 'npp_a', '--time', '2022', '--classes', rule, '--format', 'json'];
  const other = ['--cover', at('inputs/cover.tif'), '--legend', at('legend.yaml')];
  const text = await say('stats', 'tiny', ...asked, ...other, ...more, '--store', at('store'));
  const { zones, method } = JSON.parse(text);
  return { ...zones[0].periods[0], method } as {
    classes: Row[];
    dropped: Row;
    unclassified: Row;
    method: { landCoverMap: string; classes: string };
  };
}

/** Σ of share, area and value of the cells that have one. */
function totalOf(share: (cell: number) => number): number {
  return values.reduce((sum, v, cell) => (Number.isNaN(v) ? sum : sum + share(cell) * areas[cell]! * v), 0);
}
const partOf = (cell: number, code: number): number => {
  const known = codes[cell]!.filter((c) => c in LEGEND && c !== 0);
  return known.length < PIXELS / 2 ? 0 : known.filter((c) => c === code).length / known.length;
};
const close = (found: number, wanted: number) => expect(found / wanted).toBeCloseTo(1, 10);
const rowOf = (rows: readonly Row[], name: string) => rows.find((row) => row.name === name)!;

describe('totals by another map of land cover than the product’s', () => {
  it('share the value of each pixel among the classes of its fine pixels', async () => {
    const { classes: rows, dropped, unclassified, method } = await classes('fractions');
    close(
      rowOf(rows, 'forest').total.gC,
      totalOf((cell) => partOf(cell, 1)),
    );
    close(
      rowOf(rows, 'cropland').total.gC,
      totalOf((cell) => partOf(cell, 2)),
    );
    close(
      dropped.total.gC,
      totalOf((cell) => partOf(cell, 3)),
    );
    // of cell 1 less than half has a class
    close(unclassified.total.gC, areas[1]! * values[1]!);
    expect(method.landCoverMap).toBe('cover.tif');
  });

  it('give each pixel to the class that most of them have, of equally many to the first of the table', async () => {
    const { classes: rows, unclassified, method } = await classes('majority');
    const majority = (cell: number) =>
      [1, 2, 3].toSorted((a, b) => {
        const count = (code: number) => codes[cell]!.filter((c) => c === code).length;
        return count(b) - count(a) || a - b;
      })[0];
    expect([majority(0), majority(1)]).toEqual([1, 2]);
    close(
      rowOf(rows, 'forest').total.gC,
      totalOf((cell) => Number(majority(cell) === 1)),
    );
    close(
      rowOf(rows, 'cropland').total.gC,
      totalOf((cell) => Number(majority(cell) === 2)),
    );
    expect(unclassified.total.gC).toBe(0);
    expect(method.classes).not.toContain('as the model ran with it');
  });

  it('may spread what is water over the other classes', async () => {
    const { classes: rows } = await classes('fractions', '--renormalise');
    const spread = (cell: number, code: number) => {
      const out = partOf(cell, 3);
      return out < 1 ? partOf(cell, code) / (1 - out) : 0;
    };
    close(
      rowOf(rows, 'forest').total.gC,
      totalOf((cell) => spread(cell, 1)),
    );
  });

  it('leave nothing behind in the store', async () => {
    const before = await stateOf(fileStore(at('store')));
    await classes('majority');
    expect(await stateOf(fileStore(at('store')))).toEqual(before);
  });

  it('tell which codes nobody knows', async () => {
    const said: string[] = [];
    const error = vi.spyOn(console, 'error').mockImplementation((text) => void said.push(String(text)));
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const { chunkflux } = await import('../../functions/entry/local/program.ts');
    const asked = ['stats', 'tiny', '--variable', 'npp_a', '--classes', 'majority', '--time', '2022'];
    const other = ['--cover', at('inputs/cover.tif'), '--legend', at('legend.yaml'), '--store', at('store')];
    await chunkflux().parseAsync([...asked, ...other], { from: 'user' });
    error.mockRestore();
    log.mockRestore();
    expect(said).toEqual([
      `Codes that the legend does not know, and fine pixels that have them: ${UNKNOWN} (1).`,
    ]);
  });

  it.each([
    [['--cover', 'cover.tif'], '--cover: tells classes apart; say --classes'],
    [['--legend', 'igbp'], '--legend: is of --cover'],
    [
      ['--classes', 'majority', '--cover', at('inputs/cover.tif')],
      '--legend: say what the codes of --cover mean',
    ],
    [
      ['--classes', 'majority', '--cover', at('inputs/cover.tif'), '--legend', 'aiec'],
      'legend: "aiec" is no known legend',
    ],
    [['--classes', 'majority', '--cover', at('gone.tif'), '--legend', 'igbp'], 'gone.tif'],
    [
      ['--classes', 'majority', '--cover', at('inputs/ndvi/ndvi_2021001.tif'), '--legend', 'igbp'],
      'cover: ndvi_2021001.tif holds int16; codes of classes are uint8 or uint16',
    ],
    [
      ['--classes', 'majority', '--cover', at('inputs/cover.tif'), '--legend', at('tiny.json')],
      'a legend is a table from code to class',
    ],
  ])('are refused by name: %j', async (options, words) => {
    await expect(
      say('stats', 'tiny', '--variable', 'npp_a', ...options, '--store', at('store')),
    ).rejects.toThrow(words);
  });
});
