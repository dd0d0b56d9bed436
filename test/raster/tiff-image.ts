import { createHash } from 'node:crypto';
import { type Cells, viewBytes } from '../../lib/grid/cells.ts';
import { readHeader } from '../../lib/raster/cog-header.ts';
import { type CogLevel, levelsOf } from '../../lib/raster/cog-levels.ts';
import { planStep, readSteps } from '../../lib/raster/cog-read.ts';
import { openHeader } from '../../lib/raster/cog-source.ts';
import type { ObjectHead, Store } from '../../lib/store/store.ts';

export interface TiffContents {
  readonly object: ObjectHead;
  readonly levels: readonly [CogLevel, ...CogLevel[]];
}

/** What a TIFF's header says, of a file with or without a georeference. */
export async function openTiff(store: Store, key: string): Promise<TiffContents> {
  const source = await openHeader(store, key);
  const { directories, littleEndian } = await readHeader(source);
  const levels = levelsOf(key, source.size, directories, littleEndian);
  return { object: { key, etag: source.etag, size: source.size }, levels };
}

/** All cells of one band (from 0) of one level. */
export function readTiff(
  store: Store,
  { object, levels }: TiffContents,
  band: number,
  level = 0,
  fill = 0,
): Promise<{ cells: Cells; valid?: Uint8Array }> {
  const { image } = levels[level]!;
  const window = { y0: 0, y1: image.height, x0: 0, x1: image.width };
  const form = { dtype: image.dtype, fill, plane: image.height * image.width };
  return readSteps(store, [planStep(object, levels[level]!, window, band)], form);
}

export const digest = (cells: Cells): string =>
  createHash('sha256').update(viewBytes(cells)).digest('hex').slice(0, 16);
