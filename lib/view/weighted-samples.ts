/** Quantiles and histograms of values that count with an area each. */

/**
 * Values below which shares of the area lie, linear between the middles of pixels.
 * @param shares 0..1
 */
export function weightedQuantiles(
  values: readonly number[],
  areas: readonly number[],
  shares: readonly number[],
): number[] {
  const order = risingOrder(values);
  const total = areas.reduce((sum, area) => sum + area, 0);
  const middles = new Float64Array(order.length);
  let before = 0;
  for (const [k, i] of order.entries()) {
    middles[k] = (before + areas[i]! / 2) / total;
    before += areas[i]!;
  }
  return shares.map((share) => between(order, values, middles, share));
}

/** Places of the values from the least to the greatest; by digits where they are float32, as maps are. */
function risingOrder(values: readonly number[]): Uint32Array {
  const floats = Float32Array.from(values);
  if (!floats.every((value, i) => value === values[i])) {
    return Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  }
  // The bits of a float rise with it once the sign is turned round, and all bits of negative ones.
  const keys = new Uint32Array(floats.buffer).map((bits) => (bits >>> 31 ? ~bits : bits | 0x8000_0000));
  let order = Uint32Array.from(keys.keys());
  for (let shift = 0; shift < 32; shift += 8) order = byDigit(order, keys, shift);
  return order;
}

function byDigit(order: Uint32Array, keys: Uint32Array, shift: number): Uint32Array<ArrayBuffer> {
  const next = new Uint32Array(257);
  for (const key of keys) next[((key >>> shift) & 255) + 1]!++;
  for (let digit = 0; digit < 256; digit++) next[digit + 1]! += next[digit]!;
  const out = new Uint32Array(order.length);
  for (const i of order) out[next[(keys[i]! >>> shift) & 255]!++] = i;
  return out;
}

function between(
  order: Uint32Array,
  values: readonly number[],
  middles: Float64Array,
  share: number,
): number {
  if (order.length === 0) return Number.NaN;
  let [low, high] = [0, order.length - 1];
  if (share <= middles[0]!) return values[order[0]!]!;
  if (share >= middles[high]!) return values[order[high]!]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (middles[middle]! <= share) low = middle;
    else high = middle;
  }
  const [a, b] = [values[order[low]!]!, values[order[high]!]!];
  return a + ((b - a) * (share - middles[low]!)) / (middles[high]! - middles[low]!);
}

/** Area in each of some equal classes; the last one holds its upper edge too. */
export function weightedHistogram(
  values: readonly number[],
  areas: readonly number[],
  bins: number,
  [low, high]: readonly [number, number],
) {
  const width = high > low ? (high - low) / bins : 1;
  const edges = Array.from({ length: bins + 1 }, (_, i) => low + i * width);
  const area = new Array<number>(bins).fill(0);
  for (const [i, value] of values.entries()) {
    if (value < low || value > Math.max(high, low)) continue;
    area[Math.min(bins - 1, Math.floor((value - low) / width))]! += areas[i]!;
  }
  return { edges, area };
}
