import { seedOf } from './hash.ts';
import { type Landscape, ramp } from './landscape.ts';
import { sampleRow } from './lattice.ts';
import { blockRow, noiseRow, type Parallel } from './noise.ts';

/** Codes of GLC_FCS30-2020 that the scene uses (spec casa.md 1.5). */
export const GLC = {
  crop: 10,
  orchard: 12,
  irrigated: 20,
  openEvergreenBroadleaf: 51,
  evergreenBroadleaf: 52,
  deciduousBroadleaf: 62,
  evergreenNeedleleaf: 72,
  mixedForest: 92,
  shrub: 121,
  grass: 130,
  wetland: 180,
  impervious: 190,
  bare: 200,
  water: 210,
  fill: 250,
} as const;

/** Farther from land than this the map has no value, as the real product has none on the open sea; km. */
const OFFSHORE_KM = 25;

/** What the classes of a parallel are decided from, point by point. */
interface Sites {
  /** Distance to the sea, km; negative at sea. */
  readonly shore: Float32Array;
  /** Distance to a river or lake, km; negative on it. */
  readonly bank: Float32Array;
  /** Height, m. */
  readonly relief: Float32Array;
  /** How much is town, 0…1.5. */
  readonly town: Float32Array;
  /** Kilometre-wide variation, about -1…1. */
  readonly patch: Float32Array;
  /** Variation over some hundred metres, about -1…1. */
  readonly grain: Float32Array;
  /** Constant over a field or pond, 0…1. */
  readonly block: Float32Array;
}

/** Size of a field, degrees: 170 m. */
const FIELD = 0.00165;

/** Makes the function that draws the class of every point of a parallel of at most `longest` points. */
export function landCoverRows(land: Landscape, longest: number): (out: Uint8Array, at: Parallel) => void {
  const row = () => new Float32Array(longest);
  const sites: Sites = {
    shore: row(),
    bank: row(),
    relief: row(),
    town: row(),
    patch: row(),
    grain: row(),
    block: row(),
  };
  const patches = { seed: seedOf(land.seed, 'patch'), scale: 0.024, octaves: 2 };
  const grains = { seed: seedOf(land.seed, 'grain'), scale: 0.0052, octaves: 2 };
  const blocks = seedOf(land.seed, 'block');
  return (out, at) => {
    sampleRow(sites.shore, land.lattice, land.shoreKm, at);
    sampleRow(sites.bank, land.lattice, land.bankKm, at);
    sampleRow(sites.relief, land.lattice, land.relief, at);
    sampleRow(sites.town, land.lattice, land.town, at);
    noiseRow(sites.patch, at, patches, 0.9);
    noiseRow(sites.grain, at, grains, 0.9);
    blockRow(sites.block, at, blocks, FIELD);
    for (let k = 0; k < at.count; k++) out[k] = classOf(sites, k);
  };
}

function classOf(sites: Sites, k: number): number {
  const shore = sites.shore[k]!;
  const patch = sites.patch[k]!;
  const grain = sites.grain[k]!;
  if (shore + 0.2 * grain < 0) return shore < -OFFSHORE_KM ? GLC.fill : GLC.water;
  if (sites.bank[k]! + 0.08 * grain < 0) return GLC.water;
  const built = sites.town[k]! + 0.38 * patch + 0.3 * grain;
  if (built > 0.5) return townClass(built, grain, sites.block[k]!);
  const relief = sites.relief[k]!;
  if (shore < 0.9 && relief < 14 && patch > 0.1) return grain > 0.5 ? GLC.bare : GLC.wetland;
  const height = relief + 55 * patch + 25 * grain;
  if (height > 62) return forestClass(height, patch, grain, sites.block[k]!);
  if (height > 34) return foothillClass(patch, grain, sites.block[k]!);
  return plainClass(shore, patch, grain, sites.block[k]!);
}

function townClass(built: number, grain: number, block: number): number {
  if (block < 0.1) return block < 0.05 ? GLC.evergreenBroadleaf : GLC.grass; // parks
  if (built < 0.6 && block > 0.93) return GLC.bare; // building sites at the edge
  return grain < -0.85 ? GLC.grass : GLC.impervious;
}

function forestClass(height: number, patch: number, grain: number, block: number): number {
  if (block > 0.985) return GLC.deciduousBroadleaf;
  if (grain < -0.72) return height > 300 ? GLC.shrub : GLC.grass;
  if (grain > 0.6) return GLC.openEvergreenBroadleaf;
  if (patch < -0.5) return GLC.evergreenNeedleleaf;
  return patch > 0.78 ? GLC.mixedForest : GLC.evergreenBroadleaf;
}

function foothillClass(patch: number, grain: number, block: number): number {
  if (grain > 0.15) return GLC.openEvergreenBroadleaf;
  if (patch > 0.05) return GLC.orchard;
  if (grain < -0.5) return GLC.grass;
  return block < 0.25 ? GLC.shrub : GLC.crop;
}

/** Rice, dry fields, orchards; towards the estuary, fish ponds between them. */
function plainClass(shore: number, patch: number, grain: number, block: number): number {
  const ponds = 0.03 + 0.16 * ramp(shore, 48, 8);
  if (block > 1 - ponds) return GLC.water;
  if (grain > 0.62) return GLC.openEvergreenBroadleaf;
  if (block < 0.05) return GLC.grass;
  if (grain > 0.38) return GLC.orchard;
  return patch > -0.15 ? GLC.irrigated : GLC.crop;
}
