import type { ShareTaker } from '../grid/coverage.ts';
import type { PixelWindow } from '../grid/warp.ts';
import type { Zone } from '../grid/zone.ts';

export type { PixelWindow } from '../grid/warp.ts';

/** Where a zone lies on a grid, and how much of each pixel belongs to it. */
export interface ZoneWeights {
  readonly id: string;
  readonly name: string;
  /** True area of the whole polygon, also of what lies off the grid, m2. */
  readonly polygonArea: number;
  /** Every pixel with a weight above 0 lies in it; undefined when the polygon does not meet the grid. */
  readonly window: PixelWindow | undefined;
  /** Weights 0..1 of the pixels of `window`, row-major: 0 or 1 by pixel centre, a share of the area by coverage. */
  weights(window: PixelWindow): ArrayLike<number>;
  /** Tells the same, whole pixels by runs, where that is known without a look at every pixel. */
  readonly eachShare?: (window: PixelWindow, taker: ShareTaker) => void;
}

/** How pixels belong to a zone: wholly by their centre, or by the share of their area. */
export type Membership = 'centre' | 'coverage';

export const weigh = (zone: Zone, membership: Membership): ZoneWeights => ({
  id: zone.id,
  name: zone.name,
  polygonArea: zone.polygonArea,
  window: zone.window,
  weights: (window) => (membership === 'centre' ? zone.membership(window) : zone.coverage(window)),
  ...(membership === 'coverage' && {
    eachShare: (window: PixelWindow, taker: ShareTaker) => zone.eachShare(window, taker),
  }),
});

export const meet = (a: PixelWindow, b: PixelWindow): PixelWindow | undefined => {
  const y0 = Math.max(a.y0, b.y0);
  const y1 = Math.min(a.y1, b.y1);
  const x0 = Math.max(a.x0, b.x0);
  const x1 = Math.min(a.x1, b.x1);
  return y0 < y1 && x0 < x1 ? { y0, y1, x0, x1 } : undefined;
};

export const hull = (windows: readonly PixelWindow[]): PixelWindow | undefined =>
  windows.length === 0
    ? undefined
    : windows.reduce((a, b) => ({
        y0: Math.min(a.y0, b.y0),
        y1: Math.max(a.y1, b.y1),
        x0: Math.min(a.x0, b.x0),
        x1: Math.max(a.x1, b.x1),
      }));

/** A zone whose weights are all in memory already, row-major over `window`. */
export function denseZone(
  zone: { readonly id: string; readonly name: string; readonly polygonArea: number },
  window: PixelWindow,
  dense: ArrayLike<number>,
): ZoneWeights {
  const width = window.x1 - window.x0;
  const weights = (part: PixelWindow): Float64Array => {
    const cols = part.x1 - part.x0;
    const out = new Float64Array((part.y1 - part.y0) * cols);
    for (let y = part.y0, i = 0; y < part.y1; y++) {
      for (let x = part.x0; x < part.x1; x++, i++) {
        out[i] = dense[(y - window.y0) * width + (x - window.x0)]!;
      }
    }
    return out;
  };
  return { ...zone, window, weights };
}
