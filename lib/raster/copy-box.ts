import type { Cells } from '../grid/cells.ts';

/** Cells that lie in memory with a fixed step along each dimension; a negative step runs backwards. */
export interface Strided {
  readonly cells: Cells;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** Copies a box of `shape` cells, whatever the order of either side. */
export function copyBox(from: Strided, to: Strided, shape: readonly number[]): void {
  const last = innermost(from.strides, to.strides, shape);
  const outer = shape.map((_, i) => i).filter((i) => i !== last);
  const count = last < 0 ? 1 : shape[last]!;
  const [fromStep, toStep] = last < 0 ? [1, 1] : [from.strides[last]!, to.strides[last]!];
  const row = rowCopier(from.cells, to.cells, count, fromStep, toStep);
  const walk = (depth: number, source: number, target: number): void => {
    if (depth === outer.length) {
      row(source, target);
      return;
    }
    const axis = outer[depth]!;
    for (let i = 0; i < shape[axis]!; i++) {
      walk(depth + 1, source + i * from.strides[axis]!, target + i * to.strides[axis]!);
    }
  };
  walk(0, from.offset, to.offset);
}

/** Sets a box of `shape` cells to one value. */
export function fillBox(to: Strided, shape: readonly number[], value: number): void {
  const one = { cells: to.cells.slice(0, 1).fill(value), offset: 0, strides: shape.map(() => 0) };
  copyBox(one as Strided, to, shape);
}

/** The dimension along which both sides lie densest. */
function innermost(from: readonly number[], to: readonly number[], shape: readonly number[]): number {
  let best = -1;
  for (let i = 0; i < shape.length; i++) {
    if (shape[i]! < 2 && best >= 0) continue;
    const better =
      best < 0 ||
      shape[best]! < 2 ||
      Math.abs(to[i]!) + Math.abs(from[i]!) < Math.abs(to[best]!) + Math.abs(from[best]!);
    if (better) best = i;
  }
  return best;
}

function rowCopier(
  source: Cells,
  target: Cells,
  count: number,
  fromStep: number,
  toStep: number,
): (from: number, to: number) => void {
  if (fromStep === 1 && toStep === 1 && count > 16) {
    return (from, to) => target.set(source.subarray(from, from + count), to);
  }
  if (fromStep === 0 && toStep === 1) return (from, to) => target.fill(source[from]!, to, to + count);
  return (from, to) => {
    for (let i = 0; i < count; i++) target[to + i * toStep] = source[from + i * fromStep]!;
  };
}
