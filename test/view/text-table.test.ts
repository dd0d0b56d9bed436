import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { type Column, textTable } from '../../lib/view/text-table.ts';

interface Row {
  readonly name: string;
  readonly from: string;
  readonly steps: number;
}

const rows: readonly Row[] = [
  { name: 'ndvi', from: 'MOD13Q1/MOD13Q1.A{YYYY}{DDD}.h28v06.061.250m_16_days_NDVI.tif', steps: 46 },
  { name: 'solar', from: 'era5-land-monthly.zarr/ssrd', steps: 24 },
];
const columns: readonly Column<Row>[] = [
  { head: 'input', align: 'left', text: ({ name }) => name },
  { head: 'from', align: 'left', shrinkTo: 20, text: ({ from }) => from },
  { head: 'steps', text: ({ steps }) => String(steps) },
  { head: 'again', text: ({ steps }) => String(steps) },
];
const lines = (text: string): string[] => text.split('\n');
const widest = (text: string): number => Math.max(...lines(text).map((line) => stringWidth(line)));

describe('a table on a terminal', () => {
  it('stays whole where nobody says how wide it may be', () => {
    expect(textTable(columns, rows)).toContain(rows[0]!.from);
    expect(lines(textTable(columns, rows))).toHaveLength(4);
  });

  it.each([80, 60, 44])('cuts long paths in their middle to fit %i characters, and nothing else', (width) => {
    const text = textTable(columns, rows, { width });
    expect(widest(text)).toBeLessThanOrEqual(width);
    expect(lines(text)).toHaveLength(4);
    expect(text).toMatch(/^ndvi +MOD13Q1.*….*\.tif +46 +46$/m);
  });

  it('goes on below itself where cutting is not enough, beside the first column once more', () => {
    const text = textTable(columns, rows, { width: 30 });
    expect(widest(text)).toBeLessThanOrEqual(30);
    expect(text).toMatch(/^ndvi +MOD13.*\.tif$/m);
    expect(text).toMatch(/^ndvi +46 +46$/m);
    expect(lines(text).filter((line) => line.startsWith('solar'))).toHaveLength(2);
  });

  it('loses no column however narrow the terminal is', () => {
    const text = textTable(columns, rows, { width: 1 });
    for (const { head } of columns) expect(text).toContain(head);
  });

  it('counts Han characters as the two places that they take', () => {
    const cities = [{ name: '广州', from: '', steps: 7 }];
    const [head, rule, row] = lines(textTable([columns[0]!, columns[2]!], cities));
    expect(stringWidth(row!)).toBe(stringWidth(head!));
    expect(stringWidth(rule!)).toBe(stringWidth(head!));
  });

  it('has no escape codes but where colour is asked for, and then in its heads alone', () => {
    expect(textTable(columns, rows)).not.toContain('\u001b');
    const [head, ...others] = lines(textTable(columns, rows, { colour: true }));
    expect(head).toBe(`\u001b[1m${lines(textTable(columns, rows))[0]}\u001b[22m`);
    expect(others.join()).not.toContain('\u001b');
  });
});
