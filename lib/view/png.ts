import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import { encode } from 'fast-png';

/** Red, green, blue and alpha, row by row, as PNG. */
export const encodePng = (rgba: Uint8Array, width: number, height: number): Uint8Array =>
  encode({ width, height, data: rgba, channels: 4, depth: 8 });

/** A picture inside an SVG, pixel on pixel. */
export const pngUri = (rgba: Uint8Array, width: number, height: number): string =>
  `data:image/png;base64,${Buffer.from(encodePng(rgba, width, height)).toString('base64')}`;

const { resolve } = createRequire(import.meta.url);
const font = (file: string): string => resolve(`dejavu-fonts-ttf/ttf/${file}.ttf`);

/** Draws an SVG with the bundled fonts alone, so that it looks the same on every machine, as PNG. */
export const rasterise = (svg: string): Uint8Array => new Uint8Array(render(svg).asPng());

/** The same as red, green, blue and alpha, row by row. */
export const rasterPixels = (svg: string): Uint8Array => new Uint8Array(render(svg).pixels);

const render = (svg: string) =>
  new Resvg(svg, {
    font: {
      loadSystemFonts: false,
      fontFiles: [font('DejaVuSansCondensed'), font('DejaVuSansCondensed-Bold')],
      defaultFontFamily: 'DejaVu Sans Condensed',
    },
    imageRendering: 1,
    logLevel: 'off',
  }).render();
