import { decode, getBlobInfo, isLoaded, load } from 'lerc';
import { CorruptInput } from '../errors.ts';
import { allocate, type Cells, type DType, isFloat, viewBytes } from '../grid/cells.ts';
import { messageOf } from './cog-header.ts';
import { inflate, unzstd } from './tiff-codecs.ts';
import { type SampleForm, samplesOf } from './tiff-samples.ts';

const LERC_DTYPES: readonly DType[] = [
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'float32',
  'float64',
];

/** Compiles the LERC decoder, once in a process, so that decoding itself is synchronous. */
export async function loadLerc(): Promise<void> {
  if (!isLoaded()) await load();
}

/**
 * Decodes a LERC block with its mask. Cells that the mask leaves out are NaN in floats; in integers only `mask` tells.
 *
 * @param outer compression around the blob: 0 none, 1 deflate, 2 zstd
 * @throws CorruptInput when the blob is garbled or is not of the block's shape and type
 */
export function decodeLerc(
  bytes: Uint8Array,
  form: SampleForm,
  outer: number,
  where: string,
): { cells: Cells; mask?: Uint8Array } {
  try {
    const most = 4 * form.rowSamples * form.rows * (form.bits / 8) + 65_536;
    const blob = (outer === 1 ? inflate(bytes, most) : outer === 2 ? unzstd(bytes, most) : bytes).slice();
    assertShape(blob, form, where);
    return withMask(decode(blob, { returnInterleaved: true }), form);
  } catch (error) {
    if (error instanceof CorruptInput) throw error;
    throw new CorruptInput(`${where} cannot be decoded as LERC: ${messageOf(error)}.`, { cause: error });
  }
}

/** The blob's own header decides what is allocated, so that it is held against the block before. */
function assertShape(blob: Uint8Array, form: SampleForm, where: string): void {
  const info = getBlobInfo(blob);
  const dtype = LERC_DTYPES[info.dataType];
  const depth = info.depthCount * info.bandCount;
  const width = form.rowSamples / form.stride;
  if (info.width !== width || info.height !== form.rows || depth !== form.stride || dtype !== form.dtype) {
    throw new CorruptInput(
      `${where}: LERC holds ${info.width}x${info.height}x${depth} cells of ${dtype}; ` +
        `the file says ${width}x${form.rows}x${form.stride} of ${form.dtype}.`,
    );
  }
}

function withMask(data: ReturnType<typeof decode>, form: SampleForm): { cells: Cells; mask?: Uint8Array } {
  const { stride, dtype } = form;
  const stored =
    stride > 1 && data.pixels.length > 1 ? interleave(data.pixels as Cells[], dtype) : data.pixels[0]!;
  // In a big-endian file libtiff packs the words with their bytes swapped.
  const cells = samplesOf(viewBytes(stored as Cells).slice(), { ...form, predictor: 1 });
  const masks = data.bandMasks ?? (data.mask ? new Array<Uint8Array>(stride).fill(data.mask) : undefined);
  if (!masks) return { cells };
  const mask = interleave(masks, 'uint8') as Uint8Array;
  if (isFloat(dtype)) {
    for (let i = 0; i < mask.length; i++) if (mask[i] === 0) cells[i] = Number.NaN;
  }
  return { cells, mask };
}

function interleave(bands: readonly Cells[], dtype: DType): Cells {
  const cells = allocate(dtype, bands.length * bands[0]!.length);
  bands.forEach((band, b) => {
    for (let i = 0; i < band.length; i++) cells[i * bands.length + b] = band[i]!;
  });
  return cells;
}
