/** Half-open index window `[t0,t1) × [y0,y1) × [x0,x1)`; rows run from the top of the grid, steps from its first. */
export interface Region {
  readonly t0: number;
  readonly t1: number;
  readonly y0: number;
  readonly y1: number;
  readonly x0: number;
  readonly x1: number;
}

/** A chunk's place in the product: window of steps, row and column of shards. */
export interface ChunkCoord {
  readonly t: number;
  readonly y: number;
  readonly x: number;
}

export interface Size2 {
  readonly height: number;
  readonly width: number;
}

export const stepsOf = (r: Region): number => r.t1 - r.t0;
export const rowsOf = (r: Region): number => r.y1 - r.y0;
export const colsOf = (r: Region): number => r.x1 - r.x0;
export const cellsOf = (r: Region): number => stepsOf(r) * rowsOf(r) * colsOf(r);
export const isEmpty = (r: Region): boolean => r.t1 <= r.t0 || r.y1 <= r.y0 || r.x1 <= r.x0;

/** The common part of two regions; empty (`isEmpty`) when they do not meet. */
export function intersect(a: Region, b: Region): Region {
  return {
    t0: Math.max(a.t0, b.t0),
    t1: Math.min(a.t1, b.t1),
    y0: Math.max(a.y0, b.y0),
    y1: Math.min(a.y1, b.y1),
    x0: Math.max(a.x0, b.x0),
    x1: Math.min(a.x1, b.x1),
  };
}
