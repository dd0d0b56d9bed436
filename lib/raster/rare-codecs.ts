import { crc32 } from 'node:zlib';

/* Codecs that files of HDF5's line and of older zarr-python carry, and zarrita does not know. */

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
