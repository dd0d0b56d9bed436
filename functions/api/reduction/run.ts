import { createHash } from 'node:crypto';
import { release } from '../../../lib/grid/cells.ts';
import { type ChunkCoord, cellsOf } from '../../../lib/grid/region.ts';
import { Sum } from '../../../lib/grid/sum.ts';
import { mapInOrder } from '../../../lib/job/in-order.ts';
import { type ChunkRecord, isDone } from '../../../lib/job/record.ts';
import type { World } from '../../../lib/job/world.ts';
import { areaOf, type SparseWeights, WeightLists } from '../../../lib/view/sparse-weights.ts';
import { type FieldCells, ZoneSums } from '../../../lib/view/zone-sums.ts';
import { OverLimit } from '../errors.ts';
import type { Limits } from '../options.ts';
import { addFromRecords } from './from-records.ts';
import {
  checkCells,
  type PixelChunk,
  type ReductionPlan,
  type StepWindow,
  statisticsOf,
  stepWindows,
  windowOf,
} from './plan.ts';
import { type ChunkWeights, weighChunk } from './weights.ts';

/** Windows read ahead of the sums, and the memory that they may take. */
const MOST_AHEAD = 16;
const AHEAD_BYTES = 96 * 2 ** 20;

/** Chunks of a zone that gave nothing because they are not there, by state. */
export type Gaps = Record<string, number>;

/** One zone with all that was found in it. */
export interface ZoneDone {
  readonly index: number;
  readonly sums: ZoneSums;
  readonly gaps: Gaps;
  /** Of a class of land cover: all that it covers, with or without a value, m2. */
  readonly area?: number;
}

/** What a reduction was made from, once it is done. */
export interface Sources {
  readonly wholeBlocks: number;
  readonly pixelChunks: number;
  /** Of all records that it looked at, in order of their places. */
  readonly digest: string;
  /** Years of the land-cover maps that told classes apart, of a product with a map a year. */
  readonly mapYears?: readonly number[];
}

interface Job {
  readonly chunk: PixelChunk;
  readonly steps: StepWindow;
}

/** Cells of each variable as stored, `[step][y][x]`; undefined where the chunk is not computed. */
type Fields = readonly FieldCells[] | undefined;

/** A chunk while its windows of time go by. */
interface ChunkPart extends ChunkWeights {
  readonly chunk: PixelChunk;
  readonly blocks: { readonly steps: number; readonly fields: Fields }[];
}

/**
 * Runs a reduction: whole chunks from their records, the rest pixel by pixel, each chunk read once for all zones that
 * touch it. Zones come as soon as their last chunk is done.
 */
export class ReductionRun {
  readonly #world: World;
  readonly #plan: ReductionPlan;
  readonly #limits: Limits;
  readonly #sums: ZoneSums[];
  readonly #gaps: Gaps[];
  readonly #areas: Sum[];
  readonly #lists = new WeightLists();
  readonly #seen = new Map<string, string>();
  #wholeBlocks = 0;
  #pixelChunks = 0;

  constructor(world: World, plan: ReductionPlan, limits: Limits) {
    this.#world = world;
    this.#plan = plan;
    this.#limits = limits;
    const { range, asked, variables } = plan;
    const statistics = statisticsOf(asked);
    const wanted = {
      fields: variables.length,
      periods: asked.over === 'each' ? range.t1 - range.t0 : 1,
      spread: ['min', 'max', 'std'].some((name) => statistics.includes(name)),
      samples: statistics.includes('quantiles') || statistics.includes('histogram'),
    };
    this.#sums = plan.zones.map(() => new ZoneSums(wanted));
    this.#gaps = plan.zones.map(() => ({}));
    this.#areas = plan.zones.map(() => new Sum());
  }

  async *zones(): AsyncGenerator<ZoneDone> {
    const { blocks, chunks } = await addFromRecords(this.#plan, this.#sums, this.#record);
    this.#wholeBlocks = blocks;
    checkCells(this.#plan, chunks, this.#limits);
    const left = this.#plan.zones.map(() => 0);
    for (const { zones } of chunks) for (const i of zones) left[i]!++;
    for (const [i, n] of left.entries()) if (n === 0) yield this.#done(i);
    for await (const chunk of this.#fromPixels(chunks))
      for (const i of chunk.zones) if (--left[i]! === 0) yield this.#done(i);
  }

  /** To be asked after the last zone. */
  sources(): Sources {
    const facts = [...this.#seen].sort(([a], [b]) => (a < b ? -1 : 1));
    const digest = createHash('sha256').update(JSON.stringify(facts)).digest('hex');
    const mapYears = this.#plan.cover?.mapYears() ?? [];
    return {
      wholeBlocks: this.#wholeBlocks,
      pixelChunks: this.#pixelChunks,
      digest,
      ...(mapYears.length > 0 && { mapYears }),
    };
  }

  #done = (index: number): ZoneDone => ({
    index,
    sums: this.#sums[index]!,
    gaps: this.#gaps[index]!,
    ...(this.#plan.cover && { area: this.#areas[index]!.value }),
  });

  #record = async (level: number, at: ChunkCoord): Promise<ChunkRecord | undefined> => {
    const record = await this.#plan.product.record(this.#world, level, at);
    this.#seen.set(`${level}/${at.t}/${at.y}/${at.x}`, record ? `${record.state} ${record.digest}` : '');
    return record;
  };

  /** Reads chunk by chunk, some ahead of what is being added up. */
  async *#fromPixels(chunks: readonly PixelChunk[]): AsyncGenerator<PixelChunk> {
    const windows = stepWindows(this.#plan);
    const jobs = chunks.flatMap((chunk) => windows.map((steps) => ({ chunk, steps })));
    const ahead = readAhead(this.#plan, chunks);
    let part: ChunkPart | undefined;
    for await (const { chunk, steps, record, fields } of mapInOrder(jobs, ahead, (job) =>
      this.#readJob(job),
    )) {
      part ??= await this.#partOf(chunk);
      if (!isDone(record)) this.#addGap(part, record);
      const { over } = this.#plan.asked;
      if (over === 'each') this.#addSteps(part, fields, steps);
      else part.blocks.push({ steps: steps.to - steps.from, fields });
      if (steps !== windows.at(-1)) continue;
      if (over !== 'each') this.#addTogether(part);
      part = undefined;
      yield chunk;
      // A reduction must not keep others from being answered.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #readJob({ chunk, steps }: Job) {
    this.#world.signal?.throwIfAborted();
    const { product, variables } = this.#plan;
    const record = await this.#record(0, { t: steps.t, y: chunk.y, x: chunk.x });
    if (record?.state !== 'computed') return { chunk, steps, record, fields: undefined };
    const region = { ...windowOf(this.#plan, chunk), t0: steps.from, t1: steps.to };
    const read = variables.map((variable) => product.readFloats(this.#world, variable, 0, record, region));
    return { chunk, steps, record, fields: await Promise.all(read) };
  }

  async #partOf(chunk: PixelChunk): Promise<ChunkPart> {
    this.#pixelChunks++;
    const part = await weighChunk(this.#world, this.#plan, chunk, this.#lists);
    this.#checkSamples(part.weights);
    if (this.#plan.cover)
      for (const [k, i] of chunk.zones.entries())
        this.#areas[i]!.add(part.weights[k] ? areaOf(part.weights[k], part.areas) : 0);
    return { ...part, chunk, blocks: [] };
  }

  #addSteps(
    { chunk, window, weights, areas, evenRows }: ChunkPart,
    fields: Fields,
    { from, to }: StepWindow,
  ): void {
    const cells = cellsOf({ ...window, t0: 0, t1: 1 });
    for (let step = from; step < to; step++) {
      const values = fields?.map((field) => field.subarray((step - from) * cells, (step - from + 1) * cells));
      const here = values && { values, areas, evenRows };
      for (const [k, i] of chunk.zones.entries()) {
        const sparse = weights[k];
        if (!sparse) continue;
        const period = step - this.#plan.range.t0;
        if (here) this.#sums[i]!.addPixels(period, sparse, here);
        else this.#sums[i]!.addKnown(period, sparse.pixels, 0, 0, []);
      }
    }
    for (const field of fields ?? []) release(field);
  }

  /** A pixel counts only if it has a value in every step. */
  #addTogether({ chunk, window, weights, areas, evenRows, blocks }: ChunkPart): void {
    const cells = cellsOf({ ...window, t0: 0, t1: 1 });
    const { asked, range } = this.#plan;
    const share = asked.over === 'mean' ? range.t1 - range.t0 : 1;
    const values = this.#plan.variables.map((_, f) => {
      const out = new Float64Array(cells);
      for (const { steps, fields } of blocks) {
        if (!fields) out.fill(Number.NaN);
        else for (let k = 0; k < steps * cells; k++) out[k % cells]! += fields[f]![k]!;
      }
      return share === 1 ? out : out.map((sum) => sum / share);
    });
    const here = { values, areas, evenRows };
    for (const [k, i] of chunk.zones.entries()) if (weights[k]) this.#sums[i]!.addPixels(0, weights[k], here);
  }

  #addGap({ chunk, weights }: ChunkPart, record: ChunkRecord | undefined): void {
    const state = record?.state ?? 'unrecorded';
    for (const [k, i] of chunk.zones.entries()) {
      if (weights[k] && weights[k].pixels > 0) this.#gaps[i]![state] = (this.#gaps[i]![state] ?? 0) + 1;
    }
  }

  #checkSamples(weights: readonly (SparseWeights | undefined)[]): void {
    if (!this.#sums[0]?.periods[0]?.samples) return;
    const kept =
      weights.reduce((sum, sparse) => sum + (sparse?.pixels ?? 0), 0) * this.#sums[0].periods.length;
    this.#samples += kept;
    const { sampleCells } = this.#limits;
    if (this.#samples > sampleCells)
      throw new OverLimit(
        'sampleCells',
        sampleCells,
        this.#samples,
        'Quantiles and histograms keep every value: ask for fewer steps or smaller zones.',
      );
  }

  #samples = 0;
}

/** Windows of one chunk that are read before the first of them is added up: as memory allows. */
function readAhead(plan: ReductionPlan, chunks: readonly PixelChunk[]): number {
  const { depth } = plan.variables[0]!;
  const cells = chunks.reduce(
    (most, chunk) => Math.max(most, cellsOf({ ...windowOf(plan, chunk), t0: 0, t1: depth })),
    1,
  );
  return Math.max(1, Math.min(MOST_AHEAD, Math.floor(AHEAD_BYTES / (4 * cells * plan.variables.length))));
}
