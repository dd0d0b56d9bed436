import { seedOf, uniform } from './hash.ts';
import { type Landscape, ramp } from './landscape.ts';
import { sampleRow } from './lattice.ts';
import { noiseRow } from './noise.ts';

/** Variables of ERA5-Land monthly means, by their short names. */
export const CLIMATE_VARIABLES = ['t2m', 'ssrd', 'tp', 'e', 'pev'] as const;
export type ClimateVariable = (typeof CLIMATE_VARIABLES)[number];

/** Nodes of the climate, 0.1 degrees apart, from the north and the west, as ERA5-Land has them. */
export interface ClimateSites {
  readonly land: Landscape;
  readonly latitude: Float64Array;
  readonly longitude: Float64Array;
  /** Means over the cell of each node: share of land, height in m, how much is town. */
  readonly share: Float32Array;
  readonly relief: Float32Array;
  readonly town: Float32Array;
}

const mm = (month: number): number => -month / 1000;
const kelvin = (celsius: number): number => celsius + 273.15;

/** A Guangzhou-like year (spec casa.md V11), in the units of the stored product; e and pev are negative upward. */
const NORMALS: Readonly<Record<ClimateVariable, readonly number[]>> = {
  t2m: [13.9, 15.7, 18.6, 22.4, 26, 28, 28.9, 28.6, 27.6, 24.6, 20.3, 15.6].map(kelvin),
  ssrd: [9.8e6, 9.6e6, 9.9e6, 12.2e6, 15.3e6, 16.6e6, 18.9e6, 17.7e6, 16.4e6, 15.2e6, 12.7e6, 11e6],
  tp: [0.0014, 0.0024, 0.0029, 0.0061, 0.0094, 0.0105, 0.0076, 0.0077, 0.0055, 0.0018, 0.0012, 0.0011],
  e: [1.3, 1.6, 2, 2.7, 3.4, 3.8, 4.1, 3.9, 3.5, 2.7, 1.9, 1.4].map(mm),
  pev: [3.1, 3.2, 3.4, 4.2, 5.2, 5.6, 6.6, 6.2, 5.9, 5.6, 4.6, 3.6].map(mm),
};

/** Latitude that the normals are of. */
const HOME = 23.1;
/** ERA5-Land has a cell where at least half of it is land. */
const LEAST_LAND = 0.5;
const CELL = 0.1;
const SAMPLES = 10;

export function climateSites(land: Landscape, latitude: Float64Array, longitude: Float64Array): ClimateSites {
  const cells = latitude.length * longitude.length;
  const [share, relief, town] = [new Float32Array(cells), new Float32Array(cells), new Float32Array(cells)];
  const row = new Float32Array(longitude.length * SAMPLES);
  const step = CELL / SAMPLES;
  const addMean = (mean: Float32Array, field: Float32Array, r: number, measure: (v: number) => number) => {
    for (let part = 0; part < SAMPLES; part++) {
      const lat = latitude[r]! + CELL / 2 - (part + 0.5) * step;
      sampleRow(row, land.lattice, field, {
        lat,
        lon: longitude[0]! - CELL / 2 + step / 2,
        step,
        count: row.length,
      });
      row.forEach((v, k) => {
        const p = r * longitude.length + Math.floor(k / SAMPLES);
        mean[p] = mean[p]! + measure(v) / SAMPLES ** 2;
      });
    }
  };
  latitude.forEach((_, r) => {
    addMean(share, land.shoreKm, r, (km) => (km > 0 ? 1 : 0));
    addMean(relief, land.relief, r, (m) => m);
    addMean(town, land.town, r, (t) => t);
  });
  return { land, latitude, longitude, share, relief, town };
}

/** What one month has everywhere, and its pattern: a month that is sunny is dry, and warm in summer. */
interface Weather {
  readonly month: number;
  readonly sun: number;
  readonly rain: number;
  readonly warmth: number;
  readonly pattern: Float32Array;
}

/** One month on every node, in the order of `CLIMATE_VARIABLES`; NaN over the sea. */
export function makeClimate(sites: ClimateSites, year: number, month: number): Float32Array[] {
  const { land, latitude, longitude, share } = sites;
  const fields = CLIMATE_VARIABLES.map(() => new Float32Array(share.length).fill(Number.NaN));
  const anomaly = (name: string) => 2 * uniform(seedOf(land.seed, `anomaly ${name}`), year, month) - 1;
  const sun = 0.07 * anomaly('sun');
  const pattern = new Float32Array(longitude.length);
  const weather = {
    month,
    sun,
    rain: 0.3 * anomaly('rain') - 2 * sun,
    warmth: 0.8 * anomaly('warmth'),
    pattern,
  };
  const noise = { seed: seedOf(land.seed, `weather ${year} ${month}`), scale: 1.3, octaves: 3 };
  latitude.forEach((lat, row) => {
    noiseRow(pattern, { lat, lon: longitude[0]!, step: CELL, count: longitude.length }, noise);
    for (let col = 0; col < longitude.length; col++) {
      const p = row * longitude.length + col;
      if (share[p]! < LEAST_LAND) continue;
      const values = nodeValues(sites, weather, row, col);
      for (let v = 0; v < values.length; v++) fields[v]![p] = values[v]!;
    }
  });
  return fields;
}

/** Height cools by 0.6 degC per 100 m and adds rain; towns are warmer and evaporate less; the north is colder in winter. */
function nodeValues(sites: ClimateSites, weather: Weather, row: number, col: number): number[] {
  const p = row * sites.longitude.length + col;
  const [relief, town, drift] = [sites.relief[p]!, ramp(sites.town[p]!, 0.1, 1), weather.pattern[col]!];
  const north = sites.latitude[row]! - HOME;
  const normal = (name: ClimateVariable) => NORMALS[name][weather.month - 1]!;
  const chill = 0.55 + 0.45 * Math.cos(((weather.month - 1) * Math.PI) / 6);
  const shine = 1 + weather.sun + 0.03 * drift - 0.012 * north;
  const wet = Math.max(0.1, 1 + weather.rain - 0.25 * drift + 0.0006 * relief - 0.03 * north);
  const moist = 0.9 + 0.1 * Math.min(1.4, wet);
  return [
    normal('t2m') + weather.warmth + 0.2 * drift - chill * north - 0.006 * relief + 0.5 * town,
    normal('ssrd') * shine,
    normal('tp') * wet,
    normal('e') * shine * moist * (1.02 - 0.3 * town),
    normal('pev') * shine * (1 + 0.02 * weather.warmth),
  ];
}
