import type { PaletteImage } from './palette-png.ts';
import { rasterPixels } from './png.ts';
import { parseHex } from './ramp.ts';
import { INK, PAPER } from './svg.ts';
import { text, textWidth } from './text.ts';

/** Entries that states have in tiles; moving pictures show none. */
const [HALO, EDGE, LETTER] = [253, 254, 255];
const EDGE_COLOR = '#8f969d';
const MARGIN = 8;
/** In narrower pictures a caption would hide the map. */
const LEAST_WIDTH = 120;

/**
 * The picture with a few words in its upper left corner: dark letters with a light halo, that are read on any map and
 * on any page. Takes the last three entries of the palette.
 */
export function captioned(image: PaletteImage, words: string): PaletteImage {
  if (image.width < LEAST_WIDTH) return image;
  const size = Math.max(11, Math.min(20, Math.round(image.width / 24)));
  const width = Math.min(image.width, Math.ceil(textWidth(words, size, true)) + 2 * MARGIN);
  const height = Math.min(image.height, size + 2 * MARGIN);
  const look = { size, bold: true };
  const halo = `<g stroke="${PAPER}" stroke-width="4" stroke-linejoin="round">${text(MARGIN, MARGIN + size * 0.8, words, look)}</g>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${halo}${text(MARGIN, MARGIN + size * 0.8, words, look)}</svg>`;
  const rgba = rasterPixels(svg);
  const [pixels, colors, alphas] = [image.pixels.slice(), image.colors.slice(), image.alphas.slice()];
  for (const [entry, color] of [
    [HALO, PAPER],
    [EDGE, EDGE_COLOR],
    [LETTER, INK],
  ] as const) {
    colors.set(parseHex(color), 3 * entry);
    alphas[entry] = 255;
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      if (rgba[at + 3]! < 128) continue;
      const light = rgba[at]!;
      pixels[y * image.width + x] = light > 190 ? HALO : light > 95 ? EDGE : LETTER;
    }
  }
  return { ...image, pixels, colors, alphas };
}
