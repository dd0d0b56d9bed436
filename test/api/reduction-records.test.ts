import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../functions/api/app.ts';
import { resolveProduct } from '../../lib/job/product.ts';
import type { ChunkRecord } from '../../lib/job/record.ts';
import { sweepPyramid } from '../../lib/job/sweep-pyramid.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import { tinyWorld } from '../helpers/tiny-product.ts';
import { type Answer, askOf, east, near, south } from './asked.ts';
import { appOver, COUNTRY, countryStore, serveCountry } from './served.ts';

let app: Api;
beforeAll(async () => {
  ({ app } = await serveCountry());
});

const { west, north } = COUNTRY;
const ask = (body: unknown, from: Api = app): Promise<Answer> => askOf(from, body);

describe('records of blocks of chunks', () => {
  const ALL = [west - 1, south - 1, east + 1, north + 1] as const;

  /** The same question before and after the records of levels 1 and 2 were changed, and pixel by pixel. */
  async function withRecord(variables: readonly string[], change: (record: ChunkRecord) => ChunkRecord) {
    const own = await countryStore();
    const other = appOver(own);
    const question = { bbox: ALL, variables, time: '2022' };
    const before = await ask(question, other);
    for (const key of ['products/tiny/records/1/1/0/0.json', 'products/tiny/records/2/1/0/0.json']) {
      const record = JSON.parse(Buffer.from((await own.get(key))!.bytes).toString()) as ChunkRecord;
      await own.put(key, Buffer.from(JSON.stringify(change(record))));
    }
    return {
      before,
      after: await ask(question, other),
      pixels: await ask({ ...question, path: 'pixels' }, other),
    };
  }

  it('stand for all chunks below them, and are asked further down where they lack one', async () => {
    const { before, after, pixels } = await withRecord(['npp_a'], (record) => ({ ...record, lacking: 1 }));
    expect(before.method.read).toMatchObject({ wholeBlocks: 1, pixelChunks: 0 });
    expect(after.method.read).toMatchObject({ wholeBlocks: 3 + 4, pixelChunks: 0 });
    const totals = [before, after, pixels].map(
      ({ zones }) => zones[0]!.periods[0]!.variables.npp_a!.total!.gC,
    );
    near(totals[0]!, totals[2]!);
    near(totals[1]!, totals[2]!);
  });

  it('are not trusted where they do not say that nothing is missing below', async () => {
    const { after } = await withRecord(['npp_a'], ({ lacking: _, ...record }) => record);
    expect(after.method.read).toMatchObject({ wholeBlocks: 3 + 4, pixelChunks: 0 });
  });

  it('count the chunks that are missing anywhere below them', async () => {
    const own = await countryStore();
    const chunk = 'products/tiny/records/0/1/3/3.json';
    const record = JSON.parse(Buffer.from((await own.get(chunk))!.bytes).toString()) as ChunkRecord;
    const failed = {
      ...record,
      state: 'failed',
      digest: 'x',
      sums: {},
      reason: { code: 'CorruptInput', message: '' },
    };
    await own.put(chunk, Buffer.from(JSON.stringify(failed)));
    const { grid } = (await openZarr(own, 'products/tiny/data.zarr/0', 'npp_a')).facts;
    const { spec } = JSON.parse(Buffer.from((await own.get('products/tiny/product.json'))!.bytes).toString());
    await sweepPyramid(tinyWorld(own, own), resolveProduct(spec, grid));
    const at = async (level: number, y: number, x: number) =>
      JSON.parse(
        Buffer.from((await own.get(`products/tiny/records/${level}/1/${y}/${x}.json`))!.bytes).toString(),
      ) as ChunkRecord;
    expect([(await at(1, 1, 1)).lacking, (await at(1, 0, 0)).lacking, (await at(2, 0, 0)).lacking]).toEqual([
      1, 0, 1,
    ]);
    const { zones, method } = await ask({ bbox: ALL, variables: ['npp_a'], time: '2022' }, appOver(own));
    expect(zones[0]).toMatchObject({ status: 'partial', reason: 'chunks that are not there: 1 failed' });
    expect(method.read).toEqual({ wholeBlocks: 3 + 3, pixelChunks: 1 });
  });

  it('are not taken for two variables when equal counts do not prove one mask', async () => {
    const { after, pixels } = await withRecord(['npp_a', 'rh_a'], (record) => {
      const { npp_a, rh_a, nep_a } = record.sums as Record<
        'npp_a' | 'rh_a' | 'nep_a',
        ChunkRecord['sums'][string]
      >;
      const odd = { ...rh_a, valid: npp_a.valid, total: rh_a.total.map((total) => 2 * total) };
      return {
        ...record,
        sums: { npp_a, rh_a: odd, nep_a: { ...nep_a, valid: nep_a.valid.map((n) => n - 1) } },
      };
    });
    for (const name of ['npp_a', 'rh_a']) {
      near(
        after.zones[0]!.periods[0]!.variables[name]!.total!.gC,
        pixels.zones[0]!.periods[0]!.variables[name]!.total!.gC,
      );
    }
  });
});
