import { productAddress } from '../api/catalogue.ts';
import type { Product } from '../api/product.ts';
import type { View } from '../view/view.ts';
import type { Frame } from './frames.ts';

/** The tiles of a view at a step. */
export function frameOf({ info, maxZoom }: Product, { variable, states }: View, time: string): Frame {
  const sharp = devicePixelRatio > 1 ? '@2x' : '';
  const address = productAddress(info.id, '/tiles/WebMercatorQuad/', {
    variable,
    time,
    resampling: 'nearest',
    states: states ? 'hatch' : undefined,
  });
  return { tiles: address.replace('?', `{z}/{x}/{y}${sharp}.png?`), bounds: info.bounds, maxZoom };
}
