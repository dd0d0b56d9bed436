import type { CasaDesk } from './kernels/casa.ts';

/**
 * Values of a block, one step at a time: `rows(t)[cell]`. A row lives until the next one is asked for; steps are asked
 * for once each and in order, because wetness goes on from month to month. A row fits the core's first caches, where a
 * year of a block does not: fluxes that are worked out row by row cost half of what whole arrays do.
 */
export type Rows = (t: number) => Float64Array;

/** Stores one step, rounded to what the output holds; by the kernel that made the row, if one did. */
export function storeRow(
  out: Float64Array | Float32Array | Uint8Array | undefined,
  t: number,
  row: Float64Array,
  desk?: CasaDesk,
): void {
  if (!out) return;
  if (desk?.holds(row)) desk.store(out, t, row);
  else out.set(row, t * row.length);
}
