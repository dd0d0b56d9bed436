import { cloudRow, RELIABILITY, reliabilityOf, skyOf, throughCloud } from './clouds.ts';
import { hash, seedOf } from './hash.ts';
import { GLC, landCoverRows } from './land-cover.ts';
import type { Landscape } from './landscape.ts';
import { sampleRow } from './lattice.ts';
import { addNoise, noiseRow, type Parallel } from './noise.ts';
import { ndviByCode } from './phenology.ts';
import { heightOf, pixelRow, type TileWindow, widthOf } from './window.ts';

/** As MOD13Q1 stores them. */
export const NDVI = { scale: 0.0001, nodata: -3000, lowest: -2000, highest: 10000 } as const;

/** Beyond this distance from land MOD13Q1 has no values, km. */
const OPEN_SEA_KM = 8;

/** Points of land cover that make up a pixel, each way. */
const PARTS = 3;

/** What of a window's pixels does not change from one composite to the next. */
export interface Ground {
  readonly land: Landscape;
  readonly window: TileWindow;
  /** GLC codes of the `PARTS`² points of each pixel, `[row][column][point]`; all fill on the open sea. */
  readonly codes: Uint8Array;
}

export function makeGround(land: Landscape, window: TileWindow): Ground {
  const [height, width] = [heightOf(window), widthOf(window)];
  const codes = new Uint8Array(height * width * PARTS ** 2);
  const draw = landCoverRows(land, width * PARTS);
  const line = new Uint8Array(width * PARTS);
  for (let row = 0; row < height; row++) {
    for (let part = 0; part < PARTS; part++) {
      draw(line, pixelRow(window, row, PARTS, part));
      for (let col = 0; col < width; col++) {
        const to = (row * width + col) * PARTS ** 2 + part * PARTS;
        for (let k = 0; k < PARTS; k++) codes[to + k] = line[col * PARTS + k]!;
      }
    }
  }
  return { land, window, codes };
}

export interface CompositeCells {
  /** NDVI × 10000. */
  readonly ndvi: Int16Array;
  readonly reliability: Int8Array;
}

/** One 16-day composite as the sensor would have it: phenology, vigour, clouds, noise. */
export function makeComposite(ground: Ground, year: number, dayOfYear: number): CompositeCells {
  const { window, codes, land } = ground;
  const [height, width] = [heightOf(window), widthOf(window)];
  const pure = ndviByCode(year, Math.min(dayOfYear + 8, 365));
  const weather = weatherRows(land, width, year, dayOfYear);
  const sensor = seedOf(land.seed, `sensor ${year} ${dayOfYear}`);
  const snowy = dayOfYear < 60 || dayOfYear > 330;
  const ndvi = new Int16Array(height * width);
  const reliability = new Int8Array(height * width);
  for (let r = 0; r < height; r++) {
    const { cloud, vigour, shore } = weather(pixelRow(window, r));
    for (let c = 0; c < width; c++) {
      const p = r * width + c;
      const rank = shore[c]! < -OPEN_SEA_KM ? RELIABILITY.fill : reliabilityOf(cloud[c]!);
      const random = hash(sensor, window.row0 + r, window.col0 + c);
      const mean = meanOf(codes, p, pure);
      const clear = mean + Math.max(0, mean) * vigour[c]! + SENSOR_NOISE * (random / 2 ** 31 - 1);
      reliability[p] = snowy && rank >= 0 && falseSnow(codes, p, random) ? RELIABILITY.snow : rank;
      ndvi[p] = rank < 0 ? NDVI.nodata : Math.round(inRange(throughCloud(clear, cloud[c]!)) / NDVI.scale);
    }
  }
  return { ndvi, reliability };
}

/** Half the width of the noise of one observation, NDVI. */
const SENSOR_NOISE = 0.01;

/** Makes the function that draws what one composite adds to the land cover, in rows that are used again. */
function weatherRows(land: Landscape, width: number, year: number, dayOfYear: number) {
  const sky = skyOf(land.seed, year, dayOfYear);
  const site = { seed: seedOf(land.seed, 'vigour'), scale: 0.018, octaves: 3 };
  const harvest = { seed: seedOf(land.seed, `year ${year}`), scale: 0.4, octaves: 3 };
  const row = () => new Float32Array(width);
  const [cloud, grain, vigour, shore] = [row(), row(), row(), row()];
  return (at: Parallel) => {
    cloudRow(cloud, grain, at, sky);
    noiseRow(vigour, at, site, 0.06);
    addNoise(vigour, at, harvest, 0.03);
    sampleRow(shore, land.lattice, land.shoreKm, at);
    return { cloud, vigour, shore };
  };
}

function meanOf(codes: Uint8Array, pixel: number, pure: Float32Array): number {
  let sum = 0;
  const from = pixel * PARTS ** 2;
  for (let k = from; k < from + PARTS ** 2; k++) sum += pure[codes[k]!]!;
  return sum / PARTS ** 2;
}

const inRange = (v: number): number => Math.min(0.9999, Math.max(-0.2, v));

/** In winter a few bright roofs pass for snow, as they do in the real product. */
const falseSnow = (codes: Uint8Array, pixel: number, noise: number): boolean =>
  (noise & 0xfff) < 4 && codes[pixel * PARTS ** 2 + 4] === GLC.impervious;
