import { describe, expect, it } from 'vitest';
import { classCsv, classTable } from '../../lib/view/class-tables.ts';
import { csv } from '../../lib/view/csv.ts';
import { reduceClasses } from '../../lib/view/land-cover.ts';
import { reduceZones } from '../../lib/view/reduce.ts';
import { zoneCsv, zoneJson, zoneTable } from '../../lib/view/tables.ts';
import { farZone, memoryLayer, memoryZone, sinusoidalGrid } from './memory-layer.ts';

const grid = sinusoidalGrid(2, 3);
const window = { y0: 0, y1: 2, x0: 0, x1: 3 };
const npp = memoryLayer(grid, [1000, 900, NaN, 400, 0, 350], {
  times: [18628],
  longName: 'Net primary production',
});
const rh = memoryLayer(grid, [350, 360, 370, 380, 390, 400], { times: [18628] });
const zones = [
  memoryZone({ id: '440100', name: 'Guangzhou', polygonArea: 3e6 }, window, [1, 1, 1, 0, 0, 0]),
  memoryZone({ id: '440300', name: 'Shenzhen, "SZ"', polygonArea: 3e6 }, window, [0, 0, 0, 1, 1, 1]),
  farZone('9'),
];
const areas = { of: () => new Float64Array(6).fill(1e6), basis: 'true area of each pixel' };
const reduction = await reduceZones({
  layers: { npp, rh },
  zones,
  membership: 'centre',
  areas,
});

/** A small reader of RFC 4180, written from the grammar, to read back what was written. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  for (const line of text.split('\r\n').slice(0, -1)) {
    rows.push(
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, q, p]) => q?.replaceAll('""', '"') ?? p!,
      ),
    );
  }
  return rows;
}

describe('the table of zones', () => {
  const lines = zoneTable(reduction).split('\n');

  it('has units in its header and numbers to the right', () => {
    expect(lines[0]).toBe('Zones, 2021');
    expect(lines[1]).toMatch(
      /^zone +NPP mean +RH mean +NEP mean +NPP total .* RH\/NPP +balance +valid +area$/,
    );
    expect(lines[2]).toMatch(/gC m-2 yr-1 +gC m-2 yr-1 +gC m-2 yr-1 +KtC +KtC +KtC +1 +% +km2$/);
    const ends = [lines[1], lines[2], ...lines.slice(4, 7)].map((line) => line!.length);
    expect(new Set(ends).size).toBe(1);
    const npps = [/950\.0/, /250\.0/].map((number, i) => lines[4 + i]!.search(number) + 5);
    expect(npps).toEqual([lines[1]!.indexOf('NPP mean') + 8, lines[1]!.indexOf('NPP mean') + 8]);
  });

  it('ends with the sum of all zones', () => {
    expect(lines.find((line) => line.startsWith('All zones'))).toMatch(/ 530\.0 +376\.0 +154\.0/);
  });

  it('warns of thin coverage and says why numbers are missing', () => {
    expect(lines.find((line) => line.startsWith('Guangzhou'))).toContain('66.7!');
    expect(lines.find((line) => line.startsWith('Shenzhen'))).toContain('100.0 ');
    expect(lines).toContain('! valid pixels cover less than 90 % of the polygon');
    expect(lines).toContain('Far away 2021: the zone lies outside the grid');
  });

  it('says what the sign means, how pixels count and under which mask', () => {
    expect(lines).toContain('NEP > 0 is uptake by land (NEP = NPP - RH)');
    expect(lines).toContain('True area of each pixel');
    expect(lines.at(-1)).toContain('npp, rh are all valid');
  });

  it('says what the balance means, and where pixels reach far beyond a small polygon', async () => {
    expect(lines.filter((line) => line.startsWith('Balance: sink, RH up to 80 %'))).toHaveLength(1);
    expect(lines.join()).not.toContain('valid above 100 %');
    const small = { ...zones[1]!, polygonArea: zones[1]!.polygonArea / 2 };
    const text = zoneTable(await reduceZones({ layers: { npp }, zones: [small], areas }));
    expect(text).toContain('valid above 100 %: the pixels counted reach beyond the polygon');
    expect(text).not.toContain('Balance');
  });

  it('has a column of periods where they differ', async () => {
    const monthly = memoryLayer(
      grid,
      Array.from({ length: 12 }, () => 5),
      { times: [18628, 18659], units: 'g m-2 month-1' },
    );
    const text = zoneTable(await reduceZones({ layers: { npp: monthly }, zones: [zones[0]!] }));
    expect(text.split('\n')[0]).toMatch(/^zone +period +NPP mean/);
    expect(text).toMatch(/Guangzhou +2021-01 +5/);
    expect(text).toMatch(/Guangzhou +2021-02 +5/);
  });

  it('sums up every period by itself', async () => {
    const monthly = memoryLayer(
      grid,
      Array.from({ length: 12 }, (_, i) => (i < 6 ? 1 : 3)),
      { times: [18628, 18659], units: 'g m-2 month-1' },
    );
    const text = zoneTable(await reduceZones({ layers: { npp: monthly }, zones: zones.slice(0, 2) }));
    const rows = text.split('\n').filter((line) => /^(Guang|Shen|All)/.test(line));
    expect(rows.map((line) => line.slice(0, 4))).toEqual(['Guan', 'Shen', 'All ', 'Guan', 'Shen', 'All ']);
    expect(rows[2]).toMatch(/All zones +2021-01 +1\.000/);
    expect(rows[5]).toMatch(/All zones +2021-02 +3\.000/);
  });

  it('has no escape codes unless colour is asked for', () => {
    expect(lines.join('')).not.toContain('\u001b');
    expect(zoneTable(reduction, { colour: true })).toContain('\u001b[1m');
  });
});

describe('zones as CSV', () => {
  const [header, ...rows] = readCsv(zoneCsv(reduction));
  const cell = (row: number, name: string): string => rows[row]![header!.indexOf(name)]!;

  it('says units in the names of its columns', () => {
    expect(header).toEqual(
      expect.arrayContaining([
        'npp_mean_gC_m2_yr',
        'nep_total_KtC',
        'rh_total_gC',
        'valid_area_m2',
        'coverage',
        'rh_npp_ratio',
      ]),
    );
    expect(new Set(header).size).toBe(header!.length);
  });

  it('has a row a zone and one for all', () => {
    expect(rows.map((row) => row[0])).toEqual(['440100', '440300', '9', 'total']);
    expect(rows.every((row) => row.length === header!.length)).toBe(true);
  });

  it('brings back the same numbers and names', () => {
    expect(Number(cell(0, 'npp_mean_gC_m2_yr'))).toBe(reduction.zones[0]!.fields.npp!.mean);
    expect(cell(1, 'zone_name')).toBe('Shenzhen, "SZ"');
    expect(cell(1, 'nep_total_tC')).toBe('-420');
    expect(Number(cell(3, 'npp_total_gC'))).toBe(2650e6);
  });

  it('leaves a number that does not exist empty, not 0 or NaN', () => {
    expect(cell(2, 'npp_mean_gC_m2_yr')).toBe('');
    expect(cell(2, 'nep_total_gC')).toBe('');
    expect(cell(2, 'n_valid')).toBe('0');
  });

  it('quotes what has commas, quotes or line breaks', () => {
    expect(
      csv(
        ['a', 'b'],
        [
          ['x,y', 'say "z"'],
          ['two\nlines', NaN],
        ],
      ),
    ).toBe('a,b\r\n"x,y","say ""z"""\r\n"two\nlines",\r\n');
  });
});

it('writes zones as JSON with method, and null for what is no number', () => {
  const json = JSON.parse(zoneJson(reduction));
  expect(json.zones[0]).toMatchObject({ id: '440100', n: 2, coverage: 2 / 3, period: { label: '2021' } });
  expect(json.zones[2].fields.npp.mean).toBeNull();
  expect(json.method.variables.npp).toEqual({ title: 'Net primary production', units: 'g m-2 year-1' });
  expect(json.totals[0].fields.nep.total.KtC).toBeCloseTo(0.77, 12);
});

describe('the table of classes', () => {
  const classes = memoryLayer(grid, [1, 1, 2, 2, 3, 9]);
  const legend = { classes: ['forest', 'built', 'water'], excluded: ['water'] };
  const make = () =>
    reduceClasses({
      values: npp,
      cover: { by: 'majority', layer: classes, classOf: { 1: 'forest', 2: 'built', 3: 'water' } },
      legend,
      areas: () => new Float64Array(6).fill(1e6),
    });

  it('tells what was dropped, what has no class and what has no flux', async () => {
    const lines = classTable(await make()).split('\n');
    expect(lines[0]).toBe('Net primary production, 2021');
    expect(lines.find((line) => line.startsWith('forest'))).toMatch(/950\.0 +1\.900 +82\.6 +2/);
    expect(lines.some((line) => line.startsWith('Dropped as water or snow: 0 KtC on 1.0 km2'))).toBe(true);
    expect(lines.some((line) => line.startsWith('Without a class: 0.3500 KtC on 1.0 km2'))).toBe(true);
    expect(lines.at(-1)).toBe('Classes without a flux value: 1.0 km2, counted nowhere');
  });

  it('writes the same as CSV', async () => {
    const rows = readCsv(classCsv(await make()));
    expect(rows[0]).toContain('mean_gC_m2_yr');
    expect(rows.map((row) => row[0])).toEqual(['class', 'forest', 'built', '(dropped)', '(unclassified)']);
    expect(rows[1]![rows[0]!.indexOf('total_gC')]).toBe('1900000000');
  });
});
