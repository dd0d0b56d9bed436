import type { LayerFacts } from '../raster/layer.ts';
import { type CompositeDates, type CompositeOptions, fillGaps } from '../science/casa/composite.ts';
import { monthOfComposite } from '../science/casa/composite-calendar.ts';
import { monthsDesk } from '../science/kernels/desk.ts';
import { monthsForm } from '../science/kernels/months.ts';
import type { CodeTable } from './convert.ts';
import type { StoredStep } from './stored-step.ts';

const MONTHS = 12;
const NO_QUALITY = 255;

/** A series as it was read, and what its numbers mean. */
export interface MaximumSeries {
  readonly composites: readonly StoredStep[];
  readonly quality: readonly StoredStep[] | undefined;
  readonly options: CompositeOptions;
  readonly dates: CompositeDates;
  readonly table: CodeTable | undefined;
  /** MODIS reliability by stored byte. */
  readonly reliability: Uint8Array | undefined;
  readonly facts: Pick<LayerFacts, 'dtype'>;
}

/**
 * Composes a strip of `index.length` cells whose places in the read window are `index`.
 * @returns how many stored numbers lie outside the range that the model declares
 */
export type ComposeMaximum = (
  index: Int32Array,
  width: number,
  months: Float64Array,
  flags: Uint8Array,
) => number;

/**
 * Maximum value composites by the kernel, as `monthComposer` makes them.
 * @returns undefined for what the kernel does not cover: other methods and types, masks, clamped codes
 */
export function maximumByKernel(series: MaximumSeries, mostCells: number): ComposeMaximum | undefined {
  const { options, table, composites, quality, reliability, dates } = series;
  const desk = monthsDesk();
  if (!desk || options.method !== 'mvc' || !table || !isPlain(series)) return undefined;
  const form = monthsForm(table.values, table.outOfRange, quality && reliability, options.qa);
  const byMonth = compositesByMonth(dates);
  const most = Math.max(...byMonth.map((month) => month.length));
  if (!form || !desk.takes(mostCells, most)) return undefined;
  const { missing } = form;
  return (index, width, months, flags) => {
    const n = index.length;
    const pieces = piecesOf(index, width);
    desk.begin(form);
    let refused = 0;
    for (const [month, of] of byMonth.entries()) {
      for (const [k, composite] of of.entries()) {
        pick(composites[composite]!.cells as Int16Array, index, pieces, missing, desk.codes(k, n));
        if (form.ranks) pick(bytesOf(quality![composite]!), index, pieces, NO_QUALITY, desk.quality(k, n));
      }
      const [from, to] = [month * n, (month + 1) * n];
      refused += desk.compose(of.length, months.subarray(from, to), flags.subarray(from, to));
    }
    fillGaps(n, months, flags, desk.lost(n));
    return refused;
  };
}

function isPlain({ composites, quality, table, facts }: MaximumSeries): boolean {
  const steps = [...composites, ...(quality ?? [])];
  const bytes = quality?.every(({ cells }) => cells.BYTES_PER_ELEMENT === 1) ?? true;
  return facts.dtype === 'int16' && bytes && !steps.some(({ valid }) => valid) && !table!.clamped.includes(1);
}

const bytesOf = ({ cells }: StoredStep): Uint8Array =>
  new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength);

/** Indices of the composites of each month. */
function compositesByMonth({ year, period, startDoy }: CompositeDates): number[][] {
  const byMonth: number[][] = Array.from({ length: MONTHS }, () => []);
  startDoy.forEach((doy, k) => {
    byMonth[monthOfComposite(year, doy, period)]!.push(k);
  });
  return byMonth;
}

/** Rows of a strip, and whether their pixels lie side by side in the source: most do where the pixels are its own. */
interface Pieces {
  readonly width: number;
  readonly whole: readonly boolean[];
}

function piecesOf(index: Int32Array, width: number): Pieces {
  const isWhole = (row: number): boolean => {
    const first = index[row]!;
    if (first < 0) return false;
    for (let i = 1; i < width; i++) if (index[row + i] !== first + i) return false;
    return true;
  };
  return { width, whole: Array.from({ length: index.length / width }, (_, row) => isWhole(row * width)) };
}

function pick<C extends Int16Array | Uint8Array>(
  cells: C,
  index: Int32Array,
  { width, whole }: Pieces,
  fill: number,
  out: C,
): void {
  for (const [row, inOnePiece] of whole.entries()) {
    const [from, to] = [row * width, (row + 1) * width];
    const first = index[from]!;
    if (inOnePiece) out.set(cells.subarray(first, first + width) as never, from);
    else for (let i = from; i < to; i++) out[i] = index[i]! < 0 ? fill : cells[index[i]!]!;
  }
}
