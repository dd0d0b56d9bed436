import type { Affine } from './affine.ts';
import type { Crs } from './crs.ts';

/** Pixels on the ground: a CRS, the affine from pixel corners to coordinates, and how many rows and columns. */
export interface GeoGrid {
  readonly crs: Crs;
  readonly transform: Affine;
  readonly height: number;
  readonly width: number;
}
