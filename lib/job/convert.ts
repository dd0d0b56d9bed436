import { bytesPerCell, type DType } from '../grid/cells.ts';
import type { LayerFacts } from '../raster/layer.ts';
import type { InputVariable } from '../science/model.ts';
import { type Conversion, convert } from '../science/units.ts';
import type { StoredStep } from './stored-step.ts';

type StoredFacts = Pick<LayerFacts, 'nodata' | 'validRange' | 'scale' | 'offset'>;

/** How a layer's stored numbers become the model's: found while planning, applied once at the door. */
export interface Meaning {
  readonly variable: Pick<InputVariable, 'range' | 'clampNegative'>;
  readonly facts: StoredFacts;
  readonly conversion: Conversion;
  readonly sign: 1 | -1;
}

/** Counts cells while they pass the door. */
export interface Tally {
  outOfRange: number;
  clamped: number;
}

/** Tells stored values that mean "nothing here", before scale and offset. */
export function missingTest({ nodata = [], validRange }: StoredFacts): (stored: number) => boolean {
  const [low, high] = validRange ?? [-Infinity, Infinity];
  const [first = Number.NaN, ...others] = nodata;
  if (others.length === 0) return (v) => v === first || !(v >= low && v <= high);
  return (v) => v === first || !(v >= low && v <= high) || others.includes(v);
}

/**
 * One stored step in the model's units, float64, NaN where missing.
 *
 * @param days true length of the step
 */
export function convertStep(
  { cells, valid }: StoredStep,
  days: number,
  meaning: Meaning,
  tally: Tally,
): Float64Array {
  const out = new Float64Array(cells.length);
  const isMissing = missingTest(meaning.facts);
  for (let i = 0; i < out.length; i++) {
    const stored = cells[i]!;
    out[i] = isMissing(stored) || valid?.[i] === 0 ? Number.NaN : convertValue(stored, days, meaning, tally);
  }
  return out;
}

/** One stored value that is there; NaN, and counted, outside the range that the model declares. */
export function convertValue(stored: number, days: number, meaning: Meaning, tally: Tally): number {
  const { facts, conversion, sign, variable } = meaning;
  const value = sign * convert(stored * facts.scale + facts.offset, conversion, days);
  if (value < 0 && variable.clampNegative) {
    tally.clamped++;
    return 0;
  }
  if (value >= variable.range[0] && value <= variable.range[1]) return value;
  tally.outOfRange++;
  return Number.NaN;
}

/** What every number that a small integer type can hold means to the model, from the lowest on. */
export interface CodeTable {
  readonly lowest: number;
  /** In the model's units, NaN where missing or out of range. */
  readonly values: Float64Array;
  /** 1 for numbers that the door counts as such. */
  readonly outOfRange: Uint8Array;
  readonly clamped: Uint8Array;
}

const LOWEST: Partial<Record<DType, number>> = { uint8: 0, int8: -128, uint16: 0, int16: -32_768 };

/** All numbers of an integer type of 8 or 16 bits; undefined for others, too many for a table. */
export function codesOf(dtype: DType): { readonly lowest: number; readonly length: number } | undefined {
  const lowest = LOWEST[dtype];
  return lowest === undefined ? undefined : { lowest, length: 256 ** bytesPerCell(dtype) };
}

/** Works out each number of a small type once, not once a cell; undefined for other types. */
export function codeTable(dtype: DType, days: number, meaning: Meaning): CodeTable | undefined {
  const codes = codesOf(dtype);
  if (!codes) return undefined;
  const { lowest, length } = codes;
  const values = new Float64Array(length).fill(Number.NaN);
  const outOfRange = new Uint8Array(length);
  const clamped = new Uint8Array(length);
  const isMissing = missingTest(meaning.facts);
  for (let i = 0; i < length; i++) {
    if (isMissing(lowest + i)) continue;
    const tally = { outOfRange: 0, clamped: 0 };
    values[i] = convertValue(lowest + i, days, meaning, tally);
    outOfRange[i] = tally.outOfRange;
    clamped[i] = tally.clamped;
  }
  return { lowest, values, outOfRange, clamped };
}
