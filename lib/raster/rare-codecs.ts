import { crc32 } from 'node:zlib';
import Bunzip from 'seek-bzip';

/* Codecs that files of HDF5's line and of older zarr-python carry, and zarrita does not know. */

/** @throws Error when it is no bzip2, ends too soon, or would be longer than `most` bytes */
export function bunzip(bytes: Uint8Array, most: number): Uint8Array<ArrayBuffer> {
  const source = new ByteSource(bytes);
  const sink = new ByteSink(most);
  Bunzip.decode(source, sink, false);
  return sink.bytes();
}

class ByteSource {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  readByte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new Error('the bzip2 stream ends too soon');
    return byte;
  }

  /** @returns how many bytes were there */
  read(into: Uint8Array, offset: number, length: number): number {
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    into.set(part, offset);
    this.#at += part.length;
    return part.length;
  }
}

class ByteSink {
  readonly #most: number;
  #buffer = new Uint8Array(2 ** 16);
  #at = 0;

  constructor(most: number) {
    this.#most = most;
  }

  writeByte(byte: number): void {
    if (this.#at >= this.#most) throw new Error(`the bzip2 stream holds more than ${this.#most} bytes`);
    if (this.#at === this.#buffer.length) {
      const larger = new Uint8Array(2 * this.#at);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer[this.#at++] = byte;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#at);
  }
}

/** Sum of big-endian words of 16 bits, and of its running sums, each modulo 65535. @see HDF5, H5checksum.c */
export function fletcher32(bytes: Uint8Array): number {
  let [low, high] = [0, 0];
  for (let i = 0; i < bytes.length; i += 2) {
    low = (low + ((bytes[i]! << 8) | (bytes[i + 1] ?? 0))) % 65_535;
    high = (high + low) % 65_535;
  }
  return ((high << 16) | low) >>> 0;
}

/** @see RFC 1950, section 9 */
export function adler32(bytes: Uint8Array): number {
  let [low, high] = [1, 0];
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return ((high << 16) | low) >>> 0;
}

const CHECKSUM_BYTES = 4;

/** Takes a checksum of numcodecs off its bytes. @throws Error when it is not theirs */
function verify(
  name: string,
  sum: (bytes: Uint8Array) => number,
  bytes: Uint8Array,
  location: 'start' | 'end',
): Uint8Array {
  if (bytes.length < CHECKSUM_BYTES) throw new Error(`no room for a ${name} checksum`);
  const split = location === 'start' ? CHECKSUM_BYTES : bytes.length - CHECKSUM_BYTES;
  const [first, second] = [bytes.subarray(0, split), bytes.subarray(split)];
  const [stored, body] = location === 'start' ? [first, second] : [second, first];
  const found = new DataView(stored.buffer, stored.byteOffset, CHECKSUM_BYTES).getUint32(0, true);
  if (found !== sum(body)) throw new Error(`${name} checksum does not match`);
  return body;
}

const readOnly = (): never => {
  throw new Error('is read only');
};

const checksum = (name: string, sum: (bytes: Uint8Array) => number, usual: 'start' | 'end') => ({
  fromConfig: ({ location = usual }: { location?: 'start' | 'end' } = {}) => ({
    kind: 'bytes_to_bytes',
    encode: readOnly,
    decode: (bytes: Uint8Array) => verify(name, sum, bytes, location),
    computeEncodedSize: (n: number) => n + CHECKSUM_BYTES,
  }),
});

/** Digits that were rounded away stay away: decoding does nothing. */
const rounded = {
  fromConfig: () => ({ kind: 'array_to_array', encode: readOnly, decode: (chunk: unknown) => chunk }),
};

export const RARE_CODECS = {
  fletcher32: checksum('fletcher32', fletcher32, 'end'),
  crc32: checksum('crc32', (bytes) => crc32(bytes), 'start'),
  adler32: checksum('adler32', adler32, 'start'),
  quantize: rounded,
} as const;
