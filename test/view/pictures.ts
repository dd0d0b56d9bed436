import { decode } from 'fast-png';
import { hex } from '../../lib/view/ramp.ts';

export interface Decoded {
  readonly width: number;
  readonly height: number;
  /** `#rrggbb` of a pixel. */
  at(x: number, y: number): string;
  /** How many pixels have a colour, optionally only in a part of the picture. */
  count(color: string, part?: { x: number; y: number; width: number; height: number }): number;
}

export function decodePicture(png: Uint8Array): Decoded {
  const { width, height, data, channels } = decode(png);
  const at = (x: number, y: number): string => {
    const i = channels * (Math.floor(y) * width + Math.floor(x));
    return hex(data[i]!, data[i + 1]!, data[i + 2]!);
  };
  const packed = Uint32Array.from({ length: width * height }, (_, i) => {
    return data[channels * i]! * 65536 + data[channels * i + 1]! * 256 + data[channels * i + 2]!;
  });
  const count: Decoded['count'] = (color, part = { x: 0, y: 0, width, height }) => {
    const wanted = Number.parseInt(color.slice(1), 16);
    let n = 0;
    for (let y = part.y; y < part.y + part.height; y++) {
      for (let x = part.x; x < part.x + part.width; x++) if (packed[y * width + x] === wanted) n++;
    }
    return n;
  };
  return { width, height, at, count };
}
