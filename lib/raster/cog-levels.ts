import type { GeoGrid } from '../grid/geo-grid.ts';
import { type Directory, TAG } from './cog-header.ts';
import { describeImage, type TiffImage } from './cog-image.ts';
import type { Overview } from './layer.ts';

/** One resolution of a file: its cells and, where the file has one, its mask. */
export interface CogLevel {
  readonly image: TiffImage;
  readonly mask?: TiffImage;
}

const REDUCED = 1;
const MASK = 4;

/** The first image, the overviews that are like it, and their masks. Other images of the file are not read. */
export function levelsOf(
  key: string,
  size: number,
  directories: readonly Directory[],
  littleEndian: boolean,
): [CogLevel, ...CogLevel[]] {
  const kind = (directory: Directory) => directory.number(TAG.NewSubfileType, 0);
  const describe = (directory: Directory) => describeImage(key, size, directory, littleEndian);
  const main = describe(directories[0]!);
  const others = directories.slice(1);
  const masks = others.filter((d) => kind(d) & MASK).map(describe);
  const overviews = others
    .filter((d) => (kind(d) & (REDUCED | MASK)) === REDUCED)
    .map(describe)
    .filter(
      (image) => image.dtype === main.dtype && image.samples === main.samples && image.width < main.width,
    )
    .sort((a, b) => b.width - a.width);
  const withMask = (image: TiffImage): CogLevel => {
    const mask = masks.find((m) => m.width === image.width && m.height === image.height);
    return mask ? { image, mask } : { image };
  };
  return [withMask(main), ...overviews.map(withMask)];
}

/** The grid of a coarser image over the same ground. */
export function overviewOf(grid: GeoGrid, image: TiffImage): Overview {
  const [a, b, c, d, e, f] = grid.transform;
  const fx = grid.width / image.width;
  const fy = grid.height / image.height;
  return {
    height: image.height,
    width: image.width,
    transform: [a * fx, b * fy, c, d * fx, e * fy, f],
    block: { y: image.blockHeight, x: image.blockWidth },
  };
}
