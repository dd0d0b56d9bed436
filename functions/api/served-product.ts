import { BadRequest, NotFound, StaleInput } from '../../lib/errors.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { type ChunkCoord, intersect, type Region } from '../../lib/grid/region.ts';
import type { PixelWindow } from '../../lib/grid/warp.ts';
import { nearest } from '../../lib/job/explain.ts';
import { arrayNamed } from '../../lib/job/outputs.ts';
import { type Product, regionOf } from '../../lib/job/product.ts';
import { type ChunkRecord, parseJson } from '../../lib/job/record.ts';
import type { AcceptedProduct } from '../../lib/job/start.ts';
import type { World } from '../../lib/job/world.ts';
import type { Layer, LayerFacts, RawWindow } from '../../lib/raster/layer.ts';
import { openProductArray } from '../../lib/raster/product-layer.ts';
import { type ArraySpec, shardKey } from '../../lib/raster/write.ts';
import { dataRoot, recordKey } from '../../lib/store/keys.ts';
import { decode, isPlain } from '../../lib/view/decode.ts';
import { Lru, shared } from './lru.ts';
import { type ServedVariable, variableOf } from './served-variable.ts';

const MOST_RECORDS = 50_000;
const MOST_SHARDS = 512;

export interface Kept {
  readonly freshMs: number;
  /** Decoded inner chunks of all products. */
  readonly blocks: Lru<Float32Array>;
}

/** One product, open for reading. Records are believed for a moment; decoded chunks for as long as their record stands. */
export class ServedProduct {
  readonly product: Product;
  readonly accepted: AcceptedProduct;
  readonly variables: ReadonlyMap<string, ServedVariable>;
  /** Changes with the product's description. */
  readonly etag: string;
  readonly #kept: Kept;
  readonly #records = new Lru<{ readonly record: ChunkRecord | undefined; readonly at: number }>(
    MOST_RECORDS,
  );
  readonly #shards = new Lru<Layer>(MOST_SHARDS);

  constructor(product: Product, accepted: AcceptedProduct, etag: string, kept: Kept) {
    this.product = product;
    this.accepted = accepted;
    this.etag = etag;
    this.#kept = kept;
    this.variables = new Map(Object.keys(product.outputs).map((name) => [name, variableOf(product, name)]));
  }

  get id(): string {
    return this.product.id;
  }

  /** @throws BadRequest that names the nearest variable there is */
  variable(name: string): ServedVariable {
    const variable = this.variables.get(name);
    if (variable) return variable;
    const known = [...this.variables.keys()];
    const near = nearest(name, known);
    throw new BadRequest(
      'variable',
      `${this.id} has no "${name}"${near ? `; did you mean "${near}"?` : `; it has: ${known.join(', ')}`}`,
    );
  }

  grid(level = 0): GeoGrid {
    const found = this.product.levels[level];
    if (!found) throw new NotFound(`${this.id} has no level ${level}; it has 0 to ${this.topLevel}.`);
    return found.grid;
  }

  get topLevel(): number {
    return this.product.levels.length - 1;
  }

  array(variable: string, level: number): ArraySpec {
    return arrayNamed(this.product, level, variable);
  }

  /** @throws NotFound when the product has no such chunk */
  checkChunk(level: number, { t, y, x }: ChunkCoord): void {
    const found = this.product.levels[level];
    const inside = found && y < found.shards.height && x < found.shards.width;
    if (inside && t < this.product.windows.length && Math.min(t, y, x) >= 0) return;
    throw new NotFound(`${this.id} has no chunk ${t}/${y}/${x} at level ${level}.`);
  }

  async record(world: World, level: number, at: ChunkCoord): Promise<ChunkRecord | undefined> {
    const key = recordKey(this.id, level, at);
    const now = world.now();
    const read = () => shared(() => this.#records.get(key, () => this.#readRecord(world, key)), world.signal);
    const known = await read();
    if (now - known.at < this.#kept.freshMs) return known.record;
    this.#records.delete(key);
    return (await read()).record;
  }

  /** What was known of a chunk, and of those above it, is of the past. */
  forget({ t, y, x }: ChunkCoord): void {
    for (let level = 0; level <= this.topLevel; level++)
      this.#records.delete(recordKey(this.id, level, { t, y: y >> level, x: x >> level }));
  }

  async #readRecord(world: World, key: string) {
    const object = await world.store.get(key, world.signal ? { signal: world.signal } : {});
    const record = object && (parseJson(key, object.bytes) as ChunkRecord);
    return { record, at: world.now() };
  }

  /** Places of the chunks that a window of a level touches. */
  chunksIn({ y0, y1, x0, x1 }: PixelWindow, t: number): ChunkCoord[] {
    const { height, width } = this.product.shard;
    const places: ChunkCoord[] = [];
    if (y0 >= y1 || x0 >= x1) return places;
    for (let y = Math.floor(y0 / height); y * height < y1; y++) {
      for (let x = Math.floor(x0 / width); x * width < x1; x++) places.push({ t, y, x });
    }
    return places;
  }

  chunkRegion = (level: number, at: ChunkCoord): Region => regionOf(this.product, at, level);

  /** The window of a step of a variable, and its place in it. */
  windowOf({ depth }: ServedVariable, step: number): { readonly t: number; readonly within: number } {
    return { t: Math.floor(step / depth), within: step % depth };
  }

  /**
   * Cells of one step in a window of a level, NaN = no data, row-major. Only computed chunks are looked at: the others
   * are NaN here, and their records say what they are.
   * @param records of the chunks that the window touches
   */
  async cells(
    world: World,
    variable: ServedVariable,
    level: number,
    step: number,
    window: PixelWindow,
    records: readonly (ChunkRecord | undefined)[],
  ): Promise<Float32Array> {
    const width = window.x1 - window.x0;
    const out = new Float32Array(width * (window.y1 - window.y0)).fill(Number.NaN);
    const whole = { t0: 0, t1: 1, ...window };
    const parts = records.flatMap((record) =>
      record?.state === 'computed' ? this.#blocksOf(variable, level, record, whole) : [],
    );
    await Promise.all(
      parts.map(async ({ record, block }) => {
        const cells = await this.#block(world, variable, level, step, record, block);
        copyInto(out, whole, width, cells, block);
      }),
    );
    return out;
  }

  #blocksOf({ name }: ServedVariable, level: number, record: ChunkRecord, window: Region) {
    const [, rows, cols] = this.array(name, level).chunk as [number, number, number];
    const chunk = { ...record.region, t0: 0, t1: 1 };
    const part = intersect(chunk, window);
    const blocks: { record: ChunkRecord; block: Region }[] = [];
    for (let y = part.y0 - ((part.y0 - chunk.y0) % rows); y < part.y1; y += rows) {
      for (let x = part.x0 - ((part.x0 - chunk.x0) % cols); x < part.x1; x += cols) {
        const block = intersect({ t0: 0, t1: 1, y0: y, y1: y + rows, x0: x, x1: x + cols }, chunk);
        blocks.push({ record, block });
      }
    }
    return blocks;
  }

  #block(
    world: World,
    variable: ServedVariable,
    level: number,
    step: number,
    record: ChunkRecord,
    block: Region,
  ): Promise<Float32Array> {
    const key = `${this.id}/${level}/${variable.name}/${step}/${block.y0}/${block.x0}/${record.digest}`;
    const region = { ...block, t0: step, t1: step + 1 };
    const read = async () => Float32Array.from(await this.read(world, variable, level, record, region));
    return shared(() => this.#kept.blocks.get(key, read), world.signal);
  }

  /**
   * Cells of some steps within one chunk, `[step][y][x]`, straight from its shard.
   * @throws StaleInput when the shard goes on changing
   */
  async read(
    world: World,
    variable: ServedVariable,
    level: number,
    record: ChunkRecord,
    region: Region,
  ): Promise<Float64Array> {
    const { facts, raw } = await this.#stored(world, variable, level, record, region);
    return decode(facts, raw);
  }

  /**
   * The same as they are stored, for variables of numbers: what is not finite is no data.
   * @throws StaleInput when the shard goes on changing
   */
  async readFloats(
    world: World,
    variable: ServedVariable,
    level: number,
    record: ChunkRecord,
    region: Region,
  ): Promise<Float32Array | Float64Array> {
    const { facts, raw } = await this.#stored(world, variable, level, record, region);
    return isPlain(facts, raw.valid) && raw.cells instanceof Float32Array ? raw.cells : decode(facts, raw);
  }

  async #stored(
    world: World,
    variable: ServedVariable,
    level: number,
    record: ChunkRecord,
    region: Region,
  ): Promise<{ readonly facts: LayerFacts; readonly raw: RawWindow }> {
    const options = world.signal ? { signal: world.signal } : {};
    for (let attempt = 1; ; attempt++) {
      const layer = await this.#shard(world, variable, level, record);
      try {
        return { facts: layer.facts, raw: await layer.read(region, options) };
      } catch (error) {
        if (!(error instanceof StaleInput) || attempt === READ_TRIES) throw error;
        this.#shards.delete(this.#shardName(variable, level, record)); // rewritten under us: look again
      }
    }
  }

  #shardName = ({ name }: ServedVariable, level: number, { at, digest }: ChunkRecord): string =>
    `${level}/${name}/${at.t}/${at.y}/${at.x}/${digest}`;

  #shard(world: World, variable: ServedVariable, level: number, record: ChunkRecord): Promise<Layer> {
    return this.#shards.get(this.#shardName(variable, level, record), async () => {
      const array = this.array(variable.name, level);
      const root = dataRoot(this.id);
      const { signal: _, ...lasting } = world;
      const head = await lasting.store.head(shardKey(root, array, record.at));
      return openProductArray(world.store, root, {
        array,
        grid: this.grid(level),
        times: variable.axis.times,
        heads: head ? [head] : [],
      });
    });
  }

  /** What tables and legends want to know of a variable, without a request. */
  facts(variable: ServedVariable, level = 0): LayerFacts {
    return openProductArray({} as World['store'], dataRoot(this.id), {
      array: this.array(variable.name, level),
      grid: this.grid(level),
      times: variable.axis.times,
      heads: [],
    }).facts;
  }
}

const READ_TRIES = 3;

function copyInto(
  out: Float32Array,
  window: Region,
  width: number,
  cells: Float32Array,
  block: Region,
): void {
  const part = intersect(block, window);
  const cols = block.x1 - block.x0;
  for (let y = part.y0; y < part.y1; y++) {
    const from = (y - block.y0) * cols + (part.x0 - block.x0);
    const row = cells.subarray(from, from + part.x1 - part.x0);
    out.set(row, (y - window.y0) * width + (part.x0 - window.x0));
  }
}
