/** Order statistics of integer histograms: counts only ever add, so any order of chunks gives the same bits. */

/** NDVI is stored as integers of 10⁻⁴, from −0.2 to 1. */
export const NDVI_SCALE = 10_000;
export const NDVI_LOWEST = -2000;
export const NDVI_BINS = 12_001;

/** Bin of an NDVI, rounded to 10⁻⁴; outside 0…12 000 for values that are no NDVI. */
export const ndviBin = (ndvi: number): number => Math.floor(ndvi * NDVI_SCALE + 0.5) - NDVI_LOWEST;

/** NDVI of a bin. */
export const binNdvi = (bin: number): number => (bin + NDVI_LOWEST) / NDVI_SCALE;

/** How many values a histogram holds. */
export function countOf(histogram: Float64Array): number {
  let n = 0;
  for (let bin = 0; bin < histogram.length; bin++) n += histogram[bin]!;
  return n;
}

/** Bin of the value that stands at place `rank` (from 0) of the sorted values. */
function binAt(histogram: Float64Array, rank: number): number {
  let below = 0;
  for (let bin = 0; bin < histogram.length; bin++) {
    below += histogram[bin]!;
    if (below > rank) return bin;
  }
  return histogram.length - 1;
}

/**
 * Quantile of type 7: linear between the two order statistics around (n − 1)·p.
 *
 * @param histogram of `NDVI_BINS` counts
 * @param p 0..1
 * @returns NDVI; NaN for an empty histogram
 * @see Hyndman & Fan 1996; spec casa.md 2.2, V21
 */
export function ndviQuantile(histogram: Float64Array, p: number): number {
  const n = countOf(histogram);
  if (n === 0) return Number.NaN;
  const place = (n - 1) * p;
  const rank = Math.floor(place);
  const low = binNdvi(binAt(histogram, rank));
  const high = binNdvi(binAt(histogram, Math.min(rank + 1, n - 1)));
  return low + (place - rank) * (high - low);
}
