import { inflateSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../functions/api/app.ts';
import { openZarr } from '../../lib/raster/zarr.ts';
import type { Store } from '../../lib/store/store.ts';
import { bytesOf, COUNTRY, post, serveCountry } from './served.ts';

let app: Api;
let store: Store;
beforeAll(async () => {
  ({ app, store } = await serveCountry());
});

const { west, north, rows, cols, pixel } = COUNTRY;

async function cellsOf(variable: string, step: number): Promise<Float32Array> {
  const layer = await openZarr(store, 'products/tiny/data.zarr/0', variable, { absentChunks: 'fill' });
  return (await layer.read({ t0: step, t1: step + 1, y0: 0, y1: rows, x0: 0, x1: cols }))
    .cells as Float32Array;
}

interface BandStatistics {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly count: number;
  readonly histogram: [number[], number[]];
  readonly percentile_50: number;
  readonly valid_percent: number;
}

describe("statistics by TiTiler's names", () => {
  it('counts the pixels of a map', async () => {
    const valid = [...(await cellsOf('npp_a', 1))].filter((value) => !Number.isNaN(value));
    const answer = (await (
      await app.request('/products/tiny/statistics?variable=npp_a&p=50&histogram_bins=5')
    ).json()) as Record<string, BandStatistics>;
    const { min, max, mean, count, histogram, valid_percent } = answer.npp_a!;
    expect([min, max, count]).toEqual([Math.min(...valid), Math.max(...valid), valid.length]);
    expect(mean).toBeCloseTo(valid.reduce((a, b) => a + b, 0) / valid.length, 9);
    expect(histogram[0].reduce((a, b) => a + b, 0)).toBe(valid.length);
    expect(histogram[1].length).toBe(6);
    expect(valid_percent).toBeCloseTo((100 * valid.length) / (rows * cols), 9);
  });

  it('puts them into the features that it is sent, half pixels as halves', async () => {
    const values = await cellsOf('npp_a', 1);
    const row = Array.from({ length: rows }, (_, y) => y).find((y) =>
      [1, 2].every((x) => !Number.isNaN(values[y * cols + x]!)),
    )!;
    const [x0, y1] = [west + 1 * pixel, north - row * pixel];
    const [x1, y0] = [x0 + 1.5 * pixel, y1 - pixel];
    const geometry = {
      type: 'Polygon',
      coordinates: [
        [
          [x0, y0],
          [x1, y0],
          [x1, y1],
          [x0, y1],
          [x0, y0],
        ],
      ],
    };
    const feature = { type: 'Feature', properties: { own: 1 }, geometry };
    const answer = (await (
      await app.request('/products/tiny/statistics?variable=npp_a', post(feature))
    ).json()) as { properties: { own: number; statistics: Record<string, BandStatistics> } };
    expect(answer.properties.own).toBe(1);
    const { count, mean } = answer.properties.statistics.npp_a!;
    const [a, b] = [values[row * cols + 1]!, values[row * cols + 2]!];
    expect(count).toBeCloseTo(1.5, 9);
    expect(mean).toBeCloseTo((a + b / 2) / 1.5, 6);
  });
});

describe('EDR', () => {
  it('gives the series of a place and of an area as CoverageJSON', async () => {
    const [lon, lat] = [west + 5.5 * pixel, north - 6.5 * pixel];
    const position = await app.request(
      `/collections/tiny/position?coords=POINT(${lon} ${lat})&parameter-name=npp,rh&datetime=2021-03-01T00:00:00Z/2021-04-30T00:00:00Z`,
    );
    expect(position.headers.get('content-type')).toBe('application/prs.coverage+json');
    const { domain, ranges } = (await position.json()) as {
      domain: { axes: { t: { values: string[] } } };
      ranges: Record<string, { values: (number | null)[] }>;
    };
    expect(domain.axes.t.values).toEqual(['2021-03-01T00:00:00Z', '2021-04-01T00:00:00Z']);
    const expected = await Promise.all(
      [2, 3].map(async (step) => (await cellsOf('rh', step))[6 * cols + 5]!),
    );
    expect(ranges.rh!.values).toEqual(expected.map((value) => (Number.isNaN(value) ? null : value)));

    const ring: [number, number][] = [
      [10.4, 45.6],
      [12.9, 45.7],
      [11.9, 47.6],
      [10.4, 45.6],
    ];
    const wkt = `POLYGON((${ring.map((at) => at.join(' ')).join(',')}))`;
    const area = (await (
      await app.request(`/collections/tiny.nep_a/area?coords=${encodeURIComponent(wkt)}`)
    ).json()) as typeof Object.prototype & { ranges: Record<string, { values: number[] }> };
    const reduced = (await (
      await app.request(
        '/products/tiny/reductions',
        post({ zones: { type: 'Polygon', coordinates: [ring] }, variables: ['nep_a'] }),
      )
    ).json()) as { zones: { periods: { variables: Record<string, { mean: number }> }[] }[] };
    expect(area.ranges.nep_a!.values).toEqual(
      reduced.zones[0]!.periods.map(({ variables }) => variables.nep_a!.mean),
    );
  });

  it('names what is wrong with a place', async () => {
    for (const coords of ['', 'POINT(1)', 'POINT(a b)', 'POLYGON((1 2,3 4))', 'LINESTRING(1 2,3 4)']) {
      expect(
        (await app.request(`/collections/tiny/position?coords=${encodeURIComponent(coords)}`)).status,
        coords,
      ).toBe(400);
    }
    expect((await app.request('/collections/tiny/position?coords=POINT(0 0)')).status).toBe(404);
  });
});

/** Chunks of a PNG, in order. */
function chunksOf(png: Uint8Array): { type: string; data: Buffer }[] {
  const bytes = Buffer.from(png);
  const chunks = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    chunks.push({
      type: bytes.toString('latin1', at + 4, at + 8),
      data: bytes.subarray(at + 8, at + 8 + length),
    });
    at += 12 + length;
  }
  return chunks;
}

describe('the moving picture', () => {
  it('has a frame a month, each the picture of its month', async () => {
    const png = await bytesOf(
      await app.request('/products/tiny/animation.png?variable=npp&time=2021&max_size=40&frame_ms=250'),
    );
    const chunks = chunksOf(png);
    expect(chunks.find(({ type }) => type === 'acTL')!.data.readUInt32BE(0)).toBe(12);
    expect(chunks.filter(({ type }) => type === 'fcTL').map(({ data }) => data.readUInt16BE(20))).toEqual(
      new Array(12).fill(250),
    );
    const order = chunks
      .filter(({ type }) => type === 'fcTL' || type === 'fdAT')
      .map(({ data }) => data.readUInt32BE(0));
    expect(order).toEqual(order.map((_, i) => i));
    const may = inflateSync(chunks.filter(({ type }) => type === 'fdAT')[3]!.data.subarray(4));
    const still = chunksOf(
      await bytesOf(await app.request('/products/tiny/preview.png?variable=npp&time=2021-05&max_size=40')),
    );
    expect(may.equals(inflateSync(still.find(({ type }) => type === 'IDAT')!.data))).toBe(true);
  });
});
