import { type Cells, viewBytes } from '../grid/cells.ts';

const TYPES: Readonly<Record<string, string>> = {
  Uint8Array: '|u1',
  Int8Array: '|i1',
  Uint16Array: '<u2',
  Int16Array: '<i2',
  Uint32Array: '<u4',
  Int32Array: '<i4',
  Float16Array: '<f2',
  Float32Array: '<f4',
  Float64Array: '<f8',
};

/** Cells as a NumPy file, version 1.0, in C order. @see numpy.lib.format */
export function encodeNpy(cells: Cells, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const facts = `{'descr': '${TYPES[cells.constructor.name]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const magic = 10;
  const length = Math.ceil((magic + facts.length + 1) / 64) * 64 - magic;
  const head = `\x93NUMPY\x01\x00${String.fromCharCode(length & 255, length >> 8)}${facts.padEnd(length - 1)}\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), viewBytes(cells)]);
}
