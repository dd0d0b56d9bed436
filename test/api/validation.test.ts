import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../functions/api/app.ts';
import { chunkflux } from '../../functions/entry/local/program.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import { encodeCog } from '../../lib/raster/cog-write.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { fileStore } from '../../lib/store/file.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { tinyWorld } from '../helpers/tiny-product.ts';
import { COUNTRY, countryStore } from './served.ts';

const folder = tempFolder('validate');

const { rows, cols, west, north, pixel } = COUNTRY;
const [HEIGHT, WIDTH] = [Math.floor(rows / 2), cols / 2];

let store: Store;
/** The product's own means of 2 by 2 as a file in the form of MOD17: agreement can be known before. */
let file: Uint8Array;
beforeAll(async () => {
  store = await countryStore();
  const layer = await openZarr(store, 'products/tiny/data.zarr/0', 'npp_a', { absentChunks: 'fill' });
  const { cells } = await layer.read({ t0: 1, t1: 2, y0: 0, y1: rows, x0: 0, x1: cols });
  const raw = Int16Array.from({ length: HEIGHT * WIDTH }, (_, i) => {
    const [y, x] = [2 * Math.floor(i / WIDTH), 2 * (i % WIDTH)];
    const four = [0, 1, cols, cols + 1].map((k) => cells[y * cols + x + k]!).filter((v) => !Number.isNaN(v));
    const mean = four.reduce((a, b) => a + b, 0) / four.length;
    return four.length < 3 || i % 13 === 0 ? 32_762 : Math.round(10 * (mean / 1.25 + 20)); // y = 1.25 x - 25
  });
  file = Buffer.concat(
    encodeCog({
      cells: raw,
      width: WIDTH,
      height: HEIGHT,
      dtype: 'int16',
      nodata: 32_767,
      transform: [2 * pixel, 0, west, 0, -2 * pixel, north],
      crs: crsByName('EPSG:4326'),
      compression: 'deflate',
      overviews: 'none',
    }),
  );
});

const PATH = '/products/tiny/validation?reference=MOD17A3HGF.A2022001.tif&time=2022&seeds=3';

async function served(auth = { loopback: true }) {
  const inputs = memoryStore('inputs');
  await inputs.put('MOD17A3HGF.A2022001.tif', file);
  return createApp(tinyWorld(inputs, store), { freshMs: 0, auth });
}

interface Answer {
  readonly n: number;
  readonly agreement: Record<string, number>;
  readonly spread: { seeds: number };
  readonly classes: { name: string; share: number }[];
  readonly notes: string[];
  readonly method: { units: string; reference: { etags: string[] } };
}

describe('validation over HTTP', () => {
  it('finds slope, intercept and R2 that the file was made with', async () => {
    const answer = (await (await (await served()).request(PATH)).json()) as Answer;
    expect(answer.n).toBeGreaterThan(20);
    expect(answer.agreement.slope).toBeCloseTo(1.25, 3);
    expect(answer.agreement.intercept).toBeCloseTo(-25, 0);
    expect(answer.agreement.r2).toBeGreaterThan(0.99999);
    expect(answer.spread.seeds).toBe(3);
    expect(answer.classes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(answer.method.units).toBe('g m-2 year-1');
    expect(answer.method.reference.etags).toHaveLength(1);
  });

  it('gives the drawn points as a table', async () => {
    const text = await (await (await served()).request(`${PATH}&sample=10&f=csv`)).text();
    const lines = text.trim().split('\r\n');
    expect(lines[0]).toBe('reference_row,reference_col,reference_gC_m2_yr,product_gC_m2_yr');
    expect(lines).toHaveLength(11);
  });

  it('says what is wrong, and is not for everybody', async () => {
    const app = await served();
    const status = async (path: string) => (await app.request(path)).status;
    expect(await status(`${PATH}&variable=npp`)).toBe(400);
    expect(await status(PATH.replace('A2022001.tif', 'A1900001.tif'))).toBe(422);
    expect(await status(PATH.replace('MOD17A3HGF.A2022001.tif', '../../etc/passwd.tif'))).toBeLessThan(500);
    expect(await status(PATH.replace('.tif', '.hdf'))).toBe(400);
    expect(await status(`${PATH}&sample=1`)).toBe(400);
    expect((await (await served({ loopback: false })).request(PATH)).status).toBe(403);
  });
});

describe('validation on the command line', () => {
  it('prints the scores of the same points', async () => {
    const copy = fileStore(folder);
    for await (const { key } of store.list('products/')) await copy.put(key, (await store.get(key))!.bytes);
    writeFileSync(join(folder, 'npp.tif'), file);
    const printed: string[] = [];
    const log = console.log;
    console.log = (text: string) => void printed.push(text);
    try {
      const program = chunkflux();
      const options = [
        '--reference',
        join(folder, 'npp.tif'),
        '--time',
        '2022',
        '--seeds',
        '3',
        '--everywhere',
      ];
      for (const more of [['--format', 'json'], []])
        await program.parseAsync(['--store', folder, 'validate', 'tiny', ...options, ...more], {
          from: 'user',
        });
    } finally {
      console.log = log;
    }
    const http = (await (await (await served()).request(PATH)).json()) as Answer;
    expect((JSON.parse(printed[0]!) as Answer).agreement).toEqual(http.agreement);
    expect(printed[1]).toMatch(/slope +1 +1\.250/);
  });
});
