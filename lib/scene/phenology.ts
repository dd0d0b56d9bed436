import { daysInYear } from '../grid/time.ts';
import { GLC } from './land-cover.ts';

/**
 * NDVI of a pure pixel in the middle of each month, January first: the level and season that MOD13Q1 shows over such
 * land in the delta, set by hand. Rice is cropped twice: early rice peaks in June, late rice in September and October.
 */
const CURVES: Readonly<Record<keyof typeof GLC, readonly number[]>> = {
  crop: [0.42, 0.42, 0.46, 0.52, 0.58, 0.63, 0.61, 0.6, 0.64, 0.62, 0.54, 0.46],
  orchard: [0.6, 0.58, 0.6, 0.64, 0.68, 0.7, 0.72, 0.73, 0.73, 0.71, 0.67, 0.63],
  irrigated: [0.36, 0.35, 0.33, 0.4, 0.6, 0.73, 0.52, 0.5, 0.72, 0.68, 0.43, 0.37],
  openEvergreenBroadleaf: [0.64, 0.62, 0.63, 0.68, 0.73, 0.76, 0.78, 0.79, 0.8, 0.78, 0.73, 0.68],
  evergreenBroadleaf: [0.7, 0.68, 0.69, 0.74, 0.79, 0.82, 0.84, 0.85, 0.86, 0.84, 0.79, 0.74],
  deciduousBroadleaf: [0.48, 0.46, 0.52, 0.65, 0.76, 0.8, 0.82, 0.82, 0.79, 0.72, 0.62, 0.53],
  evergreenNeedleleaf: [0.66, 0.65, 0.66, 0.69, 0.72, 0.74, 0.75, 0.76, 0.76, 0.75, 0.72, 0.69],
  mixedForest: [0.66, 0.64, 0.66, 0.72, 0.78, 0.81, 0.82, 0.83, 0.83, 0.8, 0.75, 0.7],
  shrub: [0.56, 0.54, 0.57, 0.63, 0.69, 0.72, 0.74, 0.75, 0.75, 0.72, 0.66, 0.6],
  grass: [0.42, 0.41, 0.45, 0.52, 0.6, 0.64, 0.66, 0.67, 0.65, 0.6, 0.52, 0.46],
  wetland: [0.38, 0.37, 0.4, 0.45, 0.5, 0.54, 0.56, 0.57, 0.56, 0.52, 0.46, 0.41],
  impervious: [0.3, 0.29, 0.31, 0.34, 0.38, 0.4, 0.41, 0.42, 0.41, 0.39, 0.35, 0.32],
  bare: [0.19, 0.19, 0.2, 0.23, 0.25, 0.26, 0.27, 0.27, 0.26, 0.24, 0.21, 0.2],
  water: [-0.05, -0.05, -0.04, -0.03, -0.02, -0.01, -0.01, -0.01, -0.02, -0.03, -0.04, -0.05],
  fill: [-0.1, -0.1, -0.1, -0.1, -0.1, -0.1, -0.1, -0.1, -0.1, -0.1, -0.1, -0.1],
};

/** NDVI by GLC code on a day of the year (1…366); months are joined by straight lines. */
export function ndviByCode(year: number, dayOfYear: number): Float32Array {
  const position = ((dayOfYear - 0.5) / daysInYear(year)) * 12 - 0.5;
  const month = Math.floor(position);
  const t = position - month;
  const table = new Float32Array(256).fill(Number.NaN);
  for (const [name, code] of Object.entries(GLC)) {
    const curve = CURVES[name as keyof typeof GLC];
    table[code] = curve[(month + 12) % 12]! * (1 - t) + curve[(month + 13) % 12]! * t;
  }
  return table;
}
