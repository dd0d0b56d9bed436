import { viewCells } from '../grid/cells.ts';

/**
 * Makes the bytes of one band's block easier to compress; `samplesOf` undoes it.
 *
 * @param bytes little-endian words, changed in place by predictor 2
 * @param predictor 1 none, 2 horizontal differences, 3 differenced byte planes
 * @param width cells in a row
 * @param size bytes of a cell: 1, 2 or 4 for predictor 2
 * @see TIFF 6.0, section 14; Adobe TIFF Technical Note 3
 */
export function predict(bytes: Uint8Array, predictor: 1 | 2 | 3, width: number, size: number): Uint8Array {
  if (predictor === 1) return bytes;
  return predictor === 2 ? differences(bytes, width, size) : bytePlanes(bytes, width, size);
}

function differences(bytes: Uint8Array, width: number, size: number): Uint8Array {
  const words = viewCells(size === 1 ? 'uint8' : size === 2 ? 'uint16' : 'uint32', bytes);
  for (let start = 0; start < words.length; start += width) {
    let left = 0;
    for (let i = start; i < start + width; i++) {
      const word = words[i]!;
      words[i] = word - left; // the store wraps it to the word's size
      left = word;
    }
  }
  return bytes;
}

function bytePlanes(bytes: Uint8Array, width: number, size: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  const rowBytes = width * size;
  for (let start = 0; start < bytes.length; start += rowBytes) {
    let left = 0;
    let to = start;
    for (let plane = size - 1; plane >= 0; plane--) {
      for (let from = start + plane; from < start + rowBytes; from += size) {
        const byte = bytes[from]!;
        out[to++] = byte - left;
        left = byte;
      }
    }
  }
  return out;
}
