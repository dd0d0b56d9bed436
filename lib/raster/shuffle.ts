import { type RasterDesk, rasterDesk } from '../kernels/raster-desk.ts';

/**
 * Blosc's byte shuffle: first bytes of all elements first, then second bytes, and so on; bytes left over stay behind.
 * The kernel takes elements of four bytes.
 */
export function shuffle(
  bytes: Uint8Array,
  elementSize: number,
  out: Uint8Array<ArrayBuffer> = new Uint8Array(bytes.length),
): Uint8Array<ArrayBuffer> {
  const desk = deskFor(bytes, elementSize);
  if (!desk) return shuffleByLoop(bytes, elementSize, out);
  desk.shuffle(bytes, out);
  return out;
}

/** The inverse of `shuffle`. */
export function unshuffle(
  bytes: Uint8Array,
  elementSize: number,
  out: Uint8Array<ArrayBuffer> = new Uint8Array(bytes.length),
): Uint8Array<ArrayBuffer> {
  const desk = deskFor(bytes, elementSize);
  if (!desk) return unshuffleByLoop(bytes, elementSize, out);
  desk.unshuffle(bytes, out);
  return out;
}

const deskFor = ({ length }: Uint8Array, elementSize: number): RasterDesk | undefined => {
  if (elementSize !== 4 || length % 4 !== 0) return undefined;
  const desk = rasterDesk();
  return desk?.takesElements(length / 4) ? desk : undefined;
};

/**
 * The same without the kernel. Elements of four or eight bytes whose count is a multiple of four go four at a time, as a
 * transposition of 4x4 bytes in words.
 */
export function shuffleByLoop(
  bytes: Uint8Array,
  elementSize: number,
  out: Uint8Array<ArrayBuffer> = new Uint8Array(bytes.length),
): Uint8Array<ArrayBuffer> {
  const count = Math.floor(bytes.length / elementSize);
  const perElement = elementSize / 4;
  if ((perElement === 1 || perElement === 2) && count % 4 === 0 && bytes.byteOffset % 4 === 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, count * perElement);
    for (let lane = 0; lane < perElement; lane++)
      shuffleWords(words, lane, perElement, new Int32Array(out.buffer, 4 * lane * count, count));
  } else {
    for (let k = 0, to = 0; k < elementSize; k++) {
      for (let i = 0, from = k; i < count; i++, from += elementSize) out[to++] = bytes[from]!;
    }
  }
  out.set(bytes.subarray(count * elementSize), count * elementSize);
  return out;
}

/** Likewise, the inverse. */
export function unshuffleByLoop(
  bytes: Uint8Array,
  elementSize: number,
  out: Uint8Array<ArrayBuffer> = new Uint8Array(bytes.length),
): Uint8Array<ArrayBuffer> {
  const count = Math.floor(bytes.length / elementSize);
  const perElement = elementSize / 4;
  if ((perElement === 1 || perElement === 2) && count % 4 === 0 && bytes.byteOffset % 4 === 0) {
    const words = new Int32Array(out.buffer, 0, count * perElement);
    for (let lane = 0; lane < perElement; lane++) {
      const planes = new Int32Array(bytes.buffer, bytes.byteOffset + 4 * lane * count, count);
      unshuffleWords(planes, words, lane, perElement);
    }
  } else {
    for (let k = 0, from = 0; k < elementSize; k++) {
      for (let i = 0, to = k; i < count; i++, to += elementSize) out[to] = bytes[from++]!;
    }
  }
  out.set(bytes.subarray(count * elementSize), count * elementSize);
  return out;
}

const EVEN = 0x00ff00ff;
const ODD = 0xff00ff00;
const LOW = 0x0000ffff;
const HIGH = 0xffff0000;

/** Bytes change places within pairs of words, then halves within pairs of pairs. Takes every `step`-th word. */
function shuffleWords(words: Int32Array, first: number, step: number, out: Int32Array): void {
  const quarter = out.length >> 2;
  for (let i = 0, p = first; i < quarter; i++, p += 4 * step) {
    const a = words[p]!;
    const b = words[p + step]!;
    const c = words[p + 2 * step]!;
    const d = words[p + 3 * step]!;
    const ab = (a & EVEN) | ((b & EVEN) << 8);
    const ab2 = ((a >>> 8) & EVEN) | (b & ODD);
    const cd = (c & EVEN) | ((d & EVEN) << 8);
    const cd2 = ((c >>> 8) & EVEN) | (d & ODD);
    out[i] = (ab & LOW) | (cd << 16);
    out[i + quarter] = (ab2 & LOW) | (cd2 << 16);
    out[i + 2 * quarter] = (ab >>> 16) | (cd & HIGH);
    out[i + 3 * quarter] = (ab2 >>> 16) | (cd2 & HIGH);
  }
}

/** The same steps the other way round. */
function unshuffleWords(planes: Int32Array, words: Int32Array, first: number, step: number): void {
  const quarter = planes.length >> 2;
  for (let i = 0, p = first; i < quarter; i++, p += 4 * step) {
    const a = planes[i]!;
    const b = planes[i + quarter]!;
    const c = planes[i + 2 * quarter]!;
    const d = planes[i + 3 * quarter]!;
    const ac = (a & LOW) | (c << 16);
    const ac2 = (a >>> 16) | (c & HIGH);
    const bd = (b & LOW) | (d << 16);
    const bd2 = (b >>> 16) | (d & HIGH);
    words[p] = (ac & EVEN) | ((bd & EVEN) << 8);
    words[p + step] = ((ac >>> 8) & EVEN) | (bd & ODD);
    words[p + 2 * step] = (ac2 & EVEN) | ((bd2 & EVEN) << 8);
    words[p + 3 * step] = ((ac2 >>> 8) & EVEN) | (bd2 & ODD);
  }
}
