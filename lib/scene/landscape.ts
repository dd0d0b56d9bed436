import { CITIES } from './cities.ts';
import { KM_PER_DEGREE, KM_PER_LON_DEGREE, signedDistance } from './distance.ts';
import { fillPolygon } from './fill-polygon.ts';
import { ESTUARY, LAKES, MOUNTAINS, NEIGHBOURS, RIVERS, TOWNS } from './geography.ts';
import { seedOf, uniform } from './hash.ts';
import { type Box, fieldOn, type Lattice, latticeOver } from './lattice.ts';
import { addNoise, noiseRow } from './noise.ts';

/** The smooth fields that everything else follows from, on one lattice. */
export interface Landscape {
  readonly seed: number;
  readonly lattice: Lattice;
  /** Distance to the shore of the sea, km; negative at sea. */
  readonly shoreKm: Float32Array;
  /** Distance to the bank of a river or reservoir, km; negative on water. */
  readonly bankKm: Float32Array;
  /** Height above the sea, m. */
  readonly relief: Float32Array;
  /** How much a place is town, about 0…1.5. */
  readonly town: Float32Array;
}

/** Nodes about 270 m apart: fine enough for a shore that noise then frays. */
export const LATTICE_STEP = 0.0025;

/** Beyond this no river or lake is felt, km. */
const FAR_KM = 4;

export function makeLandscape(seed: number, box: Box, step = LATTICE_STEP): Landscape {
  const lattice = latticeOver(box, step);
  const shoreKm = signedDistance(landMask(lattice), lattice);
  const bankKm = makeBanks(seed, lattice);
  const cities = addBumps(new Float32Array(lattice.rows * lattice.cols), lattice, TOWNS);
  const relief = makeRelief(seed, lattice, { shoreKm, bankKm, cities });
  return { seed, lattice, shoreKm, bankKm, relief, town: makeTowns(seed, lattice, cities, relief) };
}

function landMask(lattice: Lattice): Uint8Array {
  const mask = new Uint8Array(lattice.rows * lattice.cols);
  for (const ring of NEIGHBOURS) fillPolygon(mask, lattice, [ring], 1);
  for (const { polygons } of CITIES) for (const rings of polygons) fillPolygon(mask, lattice, [rings[0]!], 1);
  fillPolygon(mask, lattice, [ESTUARY], 0);
  return mask;
}

/** Mountains with ridges over a plain that is a few metres high; cities and rivers lie in valleys. */
function makeRelief(
  seed: number,
  lattice: Lattice,
  { shoreKm, bankKm, cities }: Readonly<Record<'shoreKm' | 'bankKm' | 'cities', Float32Array>>,
): Float32Array {
  const mountains = addBumps(new Float32Array(cities.length), lattice, MOUNTAINS);
  const [ridge, spur] = [new Float32Array(lattice.cols), new Float32Array(lattice.cols)];
  const hills = { seed: seedOf(seed, 'hills'), scale: 0.22, octaves: 5 };
  const spurs = { seed: seedOf(seed, 'spurs'), scale: 0.05, octaves: 3 };
  return fieldOn(lattice, (out, at, row) => {
    noiseRow(ridge, at, hills);
    noiseRow(spur, at, spurs);
    for (let k = 0; k < at.count; k++) {
      const p = row * lattice.cols + k;
      const crest = 0.92 + 0.8 * ridge[k]! - 0.45 * Math.abs(spur[k]!);
      const valley = (1 - ramp(cities[p]!, 0.1, 0.5)) * (0.2 + 0.8 * ramp(bankKm[p]!, 0.2, 3));
      const high = Math.max(0, mountains[p]! * crest * valley - 30) + 6 + 4 * ridge[k]!;
      out[k] = high * ramp(shoreKm[p]!, 0, 1.2);
    }
  });
}

/** Rivers and lakes on coordinates that noise bends, so that straight sketches meander. */
function makeBanks(seed: number, lattice: Lattice): Float32Array {
  const bend = { scale: 0.06, octaves: 3 };
  const east = fieldOn(lattice, (out, at) =>
    addNoise(out, at, { ...bend, seed: seedOf(seed, 'bend east') }, 0.014),
  );
  const north = fieldOn(lattice, (out, at) =>
    addNoise(out, at, { ...bend, seed: seedOf(seed, 'bend north') }, 0.014),
  );
  const bank = new Float32Array(lattice.rows * lattice.cols).fill(FAR_KM);
  for (const river of RIVERS) {
    for (let k = 1; k < river.length; k++) carve(bank, lattice, east, north, river[k - 1]!, river[k]!);
  }
  for (const lake of LAKES) carve(bank, lattice, east, north, lake, lake);
  return bank;
}

type Stop = readonly [lon: number, lat: number, halfWidthKm: number];

/** Lowers `bank` to the distance from one stretch of water, whose width runs evenly from one end to the other. */
function carve(
  bank: Float32Array,
  lattice: Lattice,
  east: Float32Array,
  north: Float32Array,
  [lonA, latA, widthA]: Stop,
  [lonB, latB, widthB]: Stop,
): void {
  const margin = (FAR_KM + Math.max(widthA, widthB)) / KM_PER_LON_DEGREE + 0.03;
  const dx = (lonB - lonA) * KM_PER_LON_DEGREE;
  const dy = (latB - latA) * KM_PER_DEGREE;
  const length2 = dx * dx + dy * dy || 1;
  const box = {
    west: Math.min(lonA, lonB) - margin,
    east: Math.max(lonA, lonB) + margin,
    south: Math.min(latA, latB) - margin,
    north: Math.max(latA, latB) + margin,
  };
  eachNode(lattice, box, (p, lon, lat) => {
    const x = (lon + east[p]! - lonA) * KM_PER_LON_DEGREE;
    const y = (lat + north[p]! - latA) * KM_PER_DEGREE;
    const s = Math.min(1, Math.max(0, (x * dx + y * dy) / length2));
    const away = Math.hypot(x - s * dx, y - s * dy) - (widthA + s * (widthB - widthA));
    if (away < bank[p]!) bank[p] = away;
  });
}

/** Degrees between the cells that each hold one village. */
const VILLAGES = 0.06;

/** The known towns and many villages, each somewhere in its own cell; none of them on a mountain. */
function makeTowns(seed: number, lattice: Lattice, cities: Float32Array, relief: Float32Array): Float32Array {
  const { box } = lattice;
  const villages = seedOf(seed, 'villages');
  const town = cities.slice();
  for (let j = Math.floor(box.south / VILLAGES) - 1; j <= box.north / VILLAGES + 1; j++) {
    for (let i = Math.floor(box.west / VILLAGES) - 1; i <= box.east / VILLAGES + 1; i++) {
      const lon = (i + uniform(villages, i, j)) * VILLAGES;
      const lat = (j + uniform(villages + 1, i, j)) * VILLAGES;
      const radius = 0.8 + 1.9 * uniform(villages + 2, i, j) ** 2;
      addBump(town, lattice, [lon, lat, radius, 0.25 + 0.5 * uniform(villages + 3, i, j)]);
    }
  }
  return town.map((t, p) => t * (1 - ramp(relief[p]!, 35, 190)));
}

type Bump = readonly [lon: number, lat: number, radiusKm: number, height: number];

function addBumps(field: Float32Array, lattice: Lattice, bumps: readonly Bump[]): Float32Array {
  for (const bump of bumps) addBump(field, lattice, bump);
  return field;
}

/** Adds a Gaussian hill, cut at three radii. */
function addBump(field: Float32Array, lattice: Lattice, [lon, lat, radius, height]: Bump): void {
  const reach = (3 * radius) / KM_PER_LON_DEGREE;
  const box = { west: lon - reach, east: lon + reach, south: lat - reach, north: lat + reach };
  eachNode(lattice, box, (p, x, y) => {
    const d2 = ((x - lon) * KM_PER_LON_DEGREE) ** 2 + ((y - lat) * KM_PER_DEGREE) ** 2;
    field[p] = field[p]! + height * Math.exp(-d2 / (radius * radius));
  });
}

function eachNode(lattice: Lattice, near: Box, visit: (p: number, lon: number, lat: number) => void): void {
  const { box, step, rows, cols } = lattice;
  const c0 = Math.max(0, Math.ceil((near.west - box.west) / step));
  const c1 = Math.min(cols, Math.floor((near.east - box.west) / step) + 1);
  const r0 = Math.max(0, Math.ceil((near.south - box.south) / step));
  const r1 = Math.min(rows, Math.floor((near.north - box.south) / step) + 1);
  for (let r = r0; r < r1; r++) {
    for (let c = c0; c < c1; c++) visit(r * cols + c, box.west + c * step, box.south + r * step);
  }
}

/** 0 below `from`, 1 above `to`, a straight line between. */
export const ramp = (x: number, from: number, to: number): number =>
  Math.min(1, Math.max(0, (x - from) / (to - from)));
