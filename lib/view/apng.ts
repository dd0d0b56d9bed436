import zlib from 'node:zlib';
import { chunk, headerOf, type PaletteImage, rowsOf, SIGNATURE } from './palette-png.ts';

/** A picture that moves: frames of one size and one palette. @see PNG specification, third edition, 11.3.5 */
export function encodeApng(frames: readonly PaletteImage[], frameMs: number): Uint8Array {
  const first = frames[0];
  if (!first) throw new RangeError('an animation without a frame');
  let sequence = 0;
  const parts: Uint8Array[] = [
    SIGNATURE,
    chunk('IHDR', headerOf(first)),
    chunk('acTL', numbers(frames.length, 0)),
    chunk('PLTE', first.colors),
    chunk('tRNS', first.alphas),
  ];
  for (const [i, frame] of frames.entries()) {
    parts.push(chunk('fcTL', frameControl(sequence++, frame, frameMs)));
    const data = zlib.deflateSync(rowsOf(frame), { level: 6 });
    parts.push(i === 0 ? chunk('IDAT', data) : chunk('fdAT', Buffer.concat([numbers(sequence++), data])));
  }
  parts.push(chunk('IEND', new Uint8Array(0)));
  return Buffer.concat(parts);
}

function numbers(...values: readonly number[]): Buffer {
  const out = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) out.writeUInt32BE(value, 4 * i);
  return out;
}

/** Each frame replaces the one before it. */
function frameControl(sequence: number, { width, height }: PaletteImage, frameMs: number): Buffer {
  const time = Buffer.alloc(6);
  time.writeUInt16BE(frameMs, 0);
  time.writeUInt16BE(1000, 2);
  return Buffer.concat([numbers(sequence, width, height, 0, 0), time]);
}
