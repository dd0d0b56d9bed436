import { type Cells, type DType, viewCells } from '../grid/cells.ts';

/** How the samples of one decompressed block lie. */
export interface SampleForm {
  /** Samples in a row of the block: columns × interleaved bands. */
  readonly rowSamples: number;
  readonly rows: number;
  /** Interleaved bands; 1 when the bands are stored apart. */
  readonly stride: number;
  readonly bits: number;
  readonly dtype: DType;
  readonly predictor: number;
  readonly littleEndian: boolean;
}

/** Bytes that a block takes when decompressed; each row starts on a byte. */
export const blockBytes = ({
  rowSamples,
  rows,
  bits,
}: Pick<SampleForm, 'rowSamples' | 'rows' | 'bits'>): number => Math.ceil((rowSamples * bits) / 8) * rows;

/**
 * Turns the decompressed bytes of a block into cells: undoes byte order and predictor, widens odd bit depths.
 * The bytes may be changed in place.
 */
export function samplesOf(bytes: Uint8Array, form: SampleForm): Cells {
  const size = form.bits / 8;
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8) return unpackBits(bytes, form);
  const own = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  if (form.predictor === 3) return viewCells(form.dtype, undoFloatPredictor(own, form, size));
  if (!form.littleEndian) swapBytes(own, size);
  if (form.predictor === 2 && size === 8) undoWideDifferences(own, form);
  else if (form.predictor === 2) undoDifferences(own, form, size);
  return viewCells(form.dtype, own);
}

function swapBytes(bytes: Uint8Array, size: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength - (bytes.byteLength % size));
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else if (size === 8) buffer.swap64();
}

/** Horizontal differencing, on the words whatever they mean. @see TIFF 6.0, section 14 */
function undoDifferences(bytes: Uint8Array, form: SampleForm, size: number): void {
  const words = viewCells(size === 1 ? 'uint8' : size === 2 ? 'uint16' : 'uint32', bytes);
  const { rowSamples, rows, stride } = form;
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * rowSamples;
    for (let lane = 0; lane < stride; lane++) {
      let sum = 0;
      for (let i = row * rowSamples + lane; i < end; i += stride) {
        sum = (sum + words[i]!) | 0; // the store wraps it to the word's size
        words[i] = sum;
      }
    }
  }
}

/** Differences of 64-bit words, as a low and a high half with carry. */
function undoWideDifferences(bytes: Uint8Array, { rowSamples, rows, stride }: SampleForm): void {
  const halves = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
  for (let row = 0; row < rows; row++) {
    for (let i = row * rowSamples + stride; i < (row + 1) * rowSamples; i++) {
      const low = halves[2 * i]! + halves[2 * (i - stride)]!;
      halves[2 * i] = low;
      halves[2 * i + 1] = halves[2 * i + 1]! + halves[2 * (i - stride) + 1]! + (low > 0xffffffff ? 1 : 0);
    }
  }
}

/** Byte planes of a row, most significant first, differenced over the whole row. @see Adobe TIFF Technical Note 3 */
function undoFloatPredictor(bytes: Uint8Array, form: SampleForm, size: number): Uint8Array {
  const { rowSamples, rows, stride } = form;
  const rowBytes = rowSamples * size;
  const planes = new Uint8Array(rowBytes);
  for (let row = 0; row < rows; row++) {
    const cells = bytes.subarray(row * rowBytes, (row + 1) * rowBytes);
    if (stride === 1) {
      let sum = 0;
      for (let i = 0; i < rowBytes; i++) planes[i] = sum = (sum + cells[i]!) & 255;
    } else {
      planes.set(cells);
      for (let i = stride; i < rowBytes; i++) planes[i] = planes[i]! + planes[i - stride]!;
    }
    joinPlanes(planes, cells, rowSamples, size);
  }
  return bytes;
}

function joinPlanes(planes: Uint8Array, cells: Uint8Array, n: number, size: number): void {
  if (size === 4) {
    const words = new Uint32Array(cells.buffer, cells.byteOffset, n);
    for (let i = 0; i < n; i++) {
      words[i] = (planes[i]! << 24) | (planes[n + i]! << 16) | (planes[2 * n + i]! << 8) | planes[3 * n + i]!;
    }
    return;
  }
  for (let plane = 0; plane < size; plane++) {
    const from = (size - 1 - plane) * n;
    for (let i = 0; i < n; i++) cells[i * size + plane] = planes[from + i]!;
  }
}

/** Unsigned samples of 1 to 32 bits, most significant bit first. */
function unpackBits(bytes: Uint8Array, { rowSamples, rows, bits, dtype }: SampleForm): Cells {
  const rowBytes = Math.ceil((rowSamples * bits) / 8);
  const width = dtype === 'uint8' ? 1 : dtype === 'uint16' ? 2 : 4;
  const cells = viewCells(dtype, new Uint8Array(rowSamples * rows * width));
  for (let row = 0; row < rows; row++) {
    let at = row * rowBytes;
    let held = 0;
    let value = 0; // a double, as 32 bits and what is left of a byte do not fit an int32
    for (let i = 0; i < rowSamples; i++) {
      while (held < bits) {
        value = value * 256 + bytes[at++]!;
        held += 8;
      }
      const rest = 2 ** (held - bits);
      cells[row * rowSamples + i] = Math.floor(value / rest);
      value %= rest;
      held -= bits;
    }
  }
  return cells;
}
