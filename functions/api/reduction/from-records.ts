import pLimit from 'p-limit';
import { type ChunkRecord, isDone } from '../../../lib/job/record.ts';
import { type Block, childrenOf } from '../../../lib/view/chunk-cover.ts';
import type { ZoneSums } from '../../../lib/view/zone-sums.ts';
import type { ServedProduct } from '../served-product.ts';
import type { PixelChunk, ReductionPlan, StepWindow } from './plan.ts';
import { addChunk, stepWindows } from './plan.ts';

const RECORDS_AT_ONCE = 32;
/** Sums of fluxes that the model makes from one mask: NEP is there exactly where NPP and RH are. */
const BALANCE = /^(npp|rh|nep)(_a)?$/;

type ReadRecord = (
  level: number,
  at: { readonly t: number; readonly y: number; readonly x: number },
) => Promise<ChunkRecord | undefined>;

export interface FromRecords {
  /** Blocks whose sums were taken. */
  readonly blocks: number;
  /** Chunks whose pixels must be looked at: those on outlines, and those of which no record tells all. */
  readonly chunks: readonly PixelChunk[];
}

/**
 * Adds what records know of the blocks that lie wholly in a zone. Where a record does not tell all, as chunks below it
 * are missing, the four below it are asked, down to single chunks: only around a gap are there more requests.
 */
export async function addFromRecords(
  plan: ReductionPlan,
  sums: readonly ZoneSums[],
  read: ReadRecord,
): Promise<FromRecords> {
  const chunks = new Map(
    plan.chunks.map((chunk) => [`${chunk.y},${chunk.x}`, { ...chunk, zones: [...chunk.zones] }]),
  );
  const limit = pLimit(RECORDS_AT_ONCE);
  const windows = stepWindows(plan);
  const recordsOf = ({ level, y, x }: Block) =>
    Promise.all(windows.map(({ t }) => limit(() => read(level, { t, y, x }))));
  let blocks = 0;
  for (const [zone, whole] of plan.whole) {
    for (let asked = whole; asked.length > 0; ) {
      const records = await Promise.all(asked.map(recordsOf));
      const below: Block[] = [];
      for (const [b, block] of asked.entries()) {
        if (addBlock(plan, sums[zone]!, windows, records[b]!)) blocks++;
        else if (block.level === 0) addChunk(chunks, block.y, block.x, zone);
        else below.push(...childrenOnMap(plan.product, block));
      }
      asked = below;
    }
  }
  return { blocks, chunks: [...chunks.values()].sort((a, b) => a.y - b.y || a.x - b.x) };
}

function childrenOnMap({ product }: ServedProduct, block: Block): Block[] {
  const { height, width } = product.levels[block.level - 1]!.shards;
  return childrenOf(block).filter(({ y, x }) => y < height && x < width);
}

/** @returns false when the records do not tell all: nothing is added then */
function addBlock(
  { product, variables, range }: ReductionPlan,
  sums: ZoneSums,
  windows: readonly StepWindow[],
  records: readonly (ChunkRecord | undefined)[],
): boolean {
  const names = variables.map(({ name }) => name);
  const telling = records.map((record) => record && tellingOf(record, names, product));
  if (!telling.every((told) => told !== undefined)) return false;
  for (const [w, { t, from, to }] of windows.entries()) {
    const { pixels, fields } = telling[w]!;
    for (let step = from; step < to; step++) {
      const k = step - t * variables[0]!.depth;
      const totals = fields.map(({ total }) => total[k]!);
      sums.addKnown(step - range.t0, pixels, fields[0]!.valid[k]!, fields[0]!.area[k]!, totals);
    }
  }
  return true;
}

/**
 * The sums of a whole block, when its record tells all: it is done, so is every chunk below it, and all variables have
 * one mask, as far as counts can prove it.
 */
function tellingOf(record: ChunkRecord, names: readonly string[], product: ServedProduct) {
  if (!isDone(record) || (record.level > 0 && record.lacking !== 0)) return undefined;
  const fields = names.map((name) => record.sums[name]);
  if (!fields.every((sums) => sums !== undefined)) return undefined;
  const pixels = pixelsOf(record, product);
  const suffix = names[0]!.endsWith('_a') ? '_a' : '';
  const nep = names.every((name) => BALANCE.test(name)) ? record.sums[`nep${suffix}`] : undefined;
  const same = fields[0]!.valid.every((n, k) => {
    if (!fields.every(({ valid }) => valid[k] === n)) return false;
    return names.length === 1 || n === 0 || n === pixels || nep?.valid[k] === n;
  });
  return same ? { pixels, fields } : undefined;
}

/** Native pixels of a block: the last ones of a coarser level are ragged. */
function pixelsOf({ region, level }: ChunkRecord, product: ServedProduct): number {
  const { height, width } = product.grid();
  const side = 2 ** level;
  const rows = Math.min(height, region.y1 * side) - region.y0 * side;
  const cols = Math.min(width, region.x1 * side) - region.x0 * side;
  return rows * cols;
}
