/** Numeric cell types of the arrays that chunkflux reads and writes. */
export type DType =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'float16'
  | 'float32'
  | 'float64';

export type Cells =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float16Array
  | Float32Array
  | Float64Array;

const MAKERS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float16: Float16Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

export const bytesPerCell = (dtype: DType): number => MAKERS[dtype].BYTES_PER_ELEMENT;
export const allocate = (dtype: DType, length: number): Cells => new MAKERS[dtype](length);
export const isFloat = (dtype: DType): boolean => dtype.startsWith('float');

/** Looks at bytes as cells without copying; the bytes must be aligned to the cell size. */
export function viewCells(dtype: DType, bytes: Uint8Array): Cells {
  const Maker = MAKERS[dtype];
  return new Maker(
    bytes.buffer as ArrayBuffer,
    bytes.byteOffset,
    Math.floor(bytes.byteLength / Maker.BYTES_PER_ELEMENT),
  );
}

export const viewBytes = (cells: Cells): Uint8Array =>
  new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength);

/** Below this an array may share its memory with others, and freeing it early is not worth it. */
const RELEASED_BYTES = 128 * 1024;

/**
 * Frees the memory of an array that nobody looks at any more. V8 would keep it until its next collection, and collect more
 * often because of it: chunks pass through in arrays of megabytes. All arrays on the same memory are empty from here on.
 */
export function release({ buffer }: { readonly buffer: ArrayBufferLike }): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= RELEASED_BYTES) buffer.transfer(0);
}
