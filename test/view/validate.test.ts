import { describe, expect, it } from 'vitest';
import { crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { transformer } from '../../lib/grid/projection.ts';
import { zonesOnGrid } from '../../lib/grid/zone.ts';
import { openCog } from '../../lib/raster/cog.ts';
import { encodeCog } from '../../lib/raster/cog-write.ts';
import { pixelIndex, sampleKey } from '../../lib/science/validation/sample.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { type ValidationInput, validate } from '../../lib/view/validate.ts';
import { validationTable } from '../../lib/view/validation-table.ts';

const TILE = (2 * Math.PI * 6371007.181) / 36;
const sinusoidal = crsByName('modis-sinusoidal');
/** A cut of tile h28v06 as MOD17A3HGF has it: 500 m, 30 x 20 from row 1400, column 1100. */
const [ROW, COL, ROWS, COLS] = [1400, 1100, 30, 20];
/** As files write it, rounded. */
const PIXEL = 463.312716527778;
const left = 10 * TILE + COL * PIXEL;
const top = 3 * TILE - ROW * PIXEL;
/** The product: 250 m, three pixels more on every side. */
const grid: GeoGrid = {
  crs: sinusoidal,
  transform: [TILE / 4800, 0, left - (3 * TILE) / 4800, 0, -TILE / 4800, top + (3 * TILE) / 4800],
  height: 2 * ROWS + 6,
  width: 2 * COLS + 6,
};
const noise = (i: number): number => ((Math.imul(i + 1, 2654435761) >>> 8) & 0xffff) / 65_536;
/** Raw counts of 0.1 gC; every ninth is built-up, every 17th water. */
const raw = Int16Array.from({ length: ROWS * COLS }, (_, i) =>
  i % 9 === 0 ? 32_762 : i % 17 === 0 ? 32_766 : Math.round(2000 + 10_000 * noise(i)),
);
/** The product says 50 more than nine tenths of it, and a bit of its own; two of the first pixel's four are missing. */
const fine = Float64Array.from({ length: grid.height * grid.width }, (_, k) => {
  const [y, x] = [Math.floor(k / grid.width) - 3, (k % grid.width) - 3];
  if (y === 2 && x < 4) return Number.NaN;
  if (y < 0 || x < 0 || y >= 2 * ROWS || x >= 2 * COLS) return 1e6;
  const stored = raw[Math.floor(y / 2) * COLS + Math.floor(x / 2)]!;
  return 50 + 0.09 * Math.min(stored, 15_000) + 40 * (noise(1000 + k) - 0.5);
});

async function reference(transform = [PIXEL, 0, left, 0, -PIXEL, top] as const) {
  const store = memoryStore('inputs');
  const parts = encodeCog({
    cells: raw,
    width: COLS,
    height: ROWS,
    dtype: 'int16',
    nodata: 32_767,
    transform,
    crs: sinusoidal,
    compression: 'deflate',
    overviews: 'none',
  });
  await store.put('MOD17A3HGF.tif', Buffer.concat(parts));
  return openCog(store, 'MOD17A3HGF.tif');
}

async function inputOf(more: Partial<ValidationInput> = {}): Promise<ValidationInput> {
  return {
    reference: await reference(),
    form: 'mod17',
    product: {
      title: 'tiny',
      grid,
      read: async ({ y0, y1, x0, x1 }) =>
        Float64Array.from(
          { length: (y1 - y0) * (x1 - x0) },
          (_, i) => fine[(y0 + Math.floor(i / (x1 - x0))) * grid.width + x0 + (i % (x1 - x0))]!,
        ),
    },
    seeds: 20,
    ...more,
  };
}

/** All pairs, from the definition. */
function pairs() {
  const found: { row: number; col: number; x: number; y: number }[] = [];
  for (let row = 0; row < ROWS; row++)
    for (let col = 0; col < COLS; col++) {
      const stored = raw[row * COLS + col]!;
      if (stored > 32_700) continue;
      const four = [0, 1, 2, 3].map(
        (k) => fine[(2 * row + (k >> 1) + 3) * grid.width + 2 * col + (k & 1) + 3]!,
      );
      const valid = four.filter((v) => !Number.isNaN(v));
      if (valid.length >= 3)
        found.push({ row, col, x: stored * 0.1, y: valid.reduce((a, b) => a + b, 0) / valid.length });
    }
  return found;
}

describe('validation against a file in the form of MOD17A3HGF', () => {
  it('draws the pixels with the smallest keys of their index in the tile, and scores them', async () => {
    const { agreement, drawn, candidates, side } = await validate(
      await inputOf({ sample: 100, seed: 20_250 }),
    );
    const all = pairs();
    const keyed = all.map((p) => ({ ...p, key: sampleKey(20_250, pixelIndex(ROW + p.row, COL + p.col)) }));
    const expected = keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, 100);
    expect([candidates, side]).toEqual([all.length, 2]);
    expect(drawn.map(({ row, col }) => [row, col])).toEqual(expected.map(({ row, col }) => [row, col]));
    const mean = (of: (p: { x: number; y: number }) => number) =>
      expected.reduce((sum, p) => sum + of(p), 0) / 100;
    const [mx, my] = [mean(({ x }) => x), mean(({ y }) => y)];
    const [sxx, syy, sxy] = [
      mean(({ x }) => (x - mx) ** 2),
      mean(({ y }) => (y - my) ** 2),
      mean(({ x, y }) => (x - mx) * (y - my)),
    ];
    expect(agreement.n).toBe(100);
    expect(agreement.slope).toBeCloseTo(sxy / sxx, 9);
    expect(agreement.r2).toBeCloseTo(sxy ** 2 / (sxx * syy), 9);
    expect(agreement.rmse).toBeCloseTo(Math.sqrt(mean(({ x, y }) => (y - x) ** 2)), 9);
    expect(agreement.bias).toBeCloseTo(my - mx, 9);
    expect(agreement.slope).toBeCloseTo(0.9, 1);
  });

  it('draws the same places from another cut of the tile', async () => {
    const whole = await validate(await inputOf({ sample: 30 }));
    const part = {
      ...grid,
      transform: [
        grid.transform[0],
        0,
        grid.transform[2] + 8 * grid.transform[0],
        0,
        grid.transform[4],
        grid.transform[5],
      ] as const,
      width: grid.width - 8,
    };
    const input = await inputOf({ sample: 1000 });
    const cut = await validate({
      ...input,
      product: {
        ...input.product,
        grid: part,
        read: (w) => input.product.read({ ...w, x0: w.x0 + 8, x1: w.x1 + 8 }),
      },
    });
    const there = new Set(cut.drawn.map(({ row, col }) => `${row},${col}`));
    const order = cut.drawn.map(({ row, col }) => `${row},${col}`);
    const common = whole.drawn.map(({ row, col }) => `${row},${col}`).filter((place) => there.has(place));
    expect(common.length).toBeGreaterThan(15);
    expect(order.filter((place) => common.includes(place))).toEqual(common);
  });

  it('tells how far the scores spread over seeds, and takes all when there are too few', async () => {
    const { spread } = await validate(await inputOf({ sample: 50 }));
    expect(spread.r2.max).toBeGreaterThan(spread.r2.min);
    expect(spread.r2.mean).toBeGreaterThan(0.9);
    const all = await validate(await inputOf());
    expect(all.drawn).toHaveLength(pairs().length);
    expect(all.spread.rmse.std).toBeLessThan(1e-9);
    expect(all.notes.join('\n')).toMatch(/only \d+ pixels have both values/);
    expect(all.notes.join('\n')).toMatch(/built-up/);
    const text = validationTable(all, [{ name: 'forest', share: 0.5 }]);
    expect(text).toMatch(/R2 +1 +0\.\d{3}/);
    expect(text).toContain('forest 50.0 %');
  });

  it('draws within zones only', async () => {
    const [lon, lat] = ((): [number, number] => {
      const back = transformer(sinusoidal, crsByName('EPSG:4326'));
      return back(left + 10 * PIXEL, top - 15 * PIXEL) as [number, number];
    })();
    const d = 0.02;
    const zones = zonesOnGrid(
      {
        type: 'Polygon',
        coordinates: [
          [
            [lon - d, lat - d],
            [lon + d, lat - d],
            [lon + d, lat + d],
            [lon - d, lat + d],
            [lon - d, lat - d],
          ],
        ],
      },
      (await reference()).facts.grid,
    );
    const { candidates, drawn } = await validate(await inputOf({ zones }));
    expect(candidates).toBeGreaterThan(20);
    expect(candidates).toBeLessThan(pairs().length / 2);
    for (const { row, col } of drawn) expect(Math.hypot(row - 15, col - 10)).toBeLessThan(11); // the grid is sheared here
  });

  it('refuses a reference that does not hold whole pixels of the product, or lies elsewhere', async () => {
    const shifted = await reference([PIXEL, 0, left + 100, 0, -PIXEL, top]);
    await expect(validate(await inputOf({ reference: shifted }))).rejects.toThrow(/no whole squares/);
    const far = await reference([PIXEL, 0, left + 2000 * PIXEL, 0, -PIXEL, top]);
    await expect(validate(await inputOf({ reference: far }))).rejects.toThrow(/does not meet/);
    await expect(validate(await inputOf({ sample: 1 }))).rejects.toThrow(/sample/);
  });

  it('refuses to take floats for the stored form of MOD17A3HGF', async () => {
    const stored = await reference();
    const floats = { ...stored, facts: { ...stored.facts, dtype: 'float32' as const } };
    const wrong = /^form: MOD17A3HGF.tif holds float32, .* int16. Say plain/;
    await expect(validate(await inputOf({ reference: floats }))).rejects.toThrow(wrong);
    await validate(await inputOf({ reference: floats, form: 'plain' }));
  });
});
