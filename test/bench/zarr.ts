import zlib from 'node:zlib';
import * as zarrita from 'zarrita';
import { allocate, type Cells, viewBytes } from '../../lib/grid/cells.ts';
import { bloscHeader, decodeBlosc, encodeBlosc } from '../../lib/raster/blosc.ts';
import { cStrides } from '../../lib/raster/codecs.ts';
import { copyBox } from '../../lib/raster/copy-box.ts';
import { readShard } from '../../lib/raster/read-shard.ts';
import { type ArraySpec, encodeShard, writeShard } from '../../lib/raster/write.ts';
import { memoryStore } from '../../lib/store/memory.ts';

const SHAPE = [12, 512, 512] as const;
const CHUNK = [1, 256, 256] as const;
const ROUNDS = 7;

interface Codec {
  readonly encode: (raw: Uint8Array) => Uint8Array;
  readonly decode: (stored: Uint8Array) => Uint8Array;
}

const zstd = (level: number): Codec => ({
  encode: (raw) =>
    zlib.zstdCompressSync(raw, {
      params: { [zlib.constants.ZSTD_c_compressionLevel]: level },
      pledgedSrcSize: raw.length,
    }),
  decode: (stored) => zlib.zstdDecompressSync(stored, { chunkSize: 4 * 256 * 256 }),
});

const blosc = (level: number): Codec => ({
  encode: (raw) => encodeBlosc(raw, { elementSize: 4, level }),
  decode: (stored) => decodeBlosc(stored, bloscHeader(stored, 2 ** 24)),
});

const CODECS: Readonly<Record<string, Codec>> = {
  'zstd -5': zstd(-5),
  'zstd 1': zstd(1),
  'zstd 2': zstd(2),
  'zstd 3': zstd(3),
  'blosc zstd -5 shuffled': blosc(-5),
  'blosc zstd 1 shuffled': blosc(1),
  'blosc zstd 2 shuffled': blosc(2),
  'blosc zstd 3 shuffled': blosc(3),
};

/** Twelve months of a field that looks like NPP, g m-2 month-1: smooth, seasonal, rough by the pixel, 13 % nodata. */
export function nppLike(seed = 2022): Float32Array {
  const cells = new Float32Array(SHAPE[0] * SHAPE[1] * SHAPE[2]);
  const random = lcg(seed);
  const [, rows, cols] = SHAPE;
  const vigour = Float64Array.from({ length: rows * cols }, () => 0.8 + 0.4 * random());
  for (let t = 0, i = 0; t < SHAPE[0]; t++) {
    const season = 60 - 55 * Math.cos((2 * Math.PI * (t + 0.5)) / 12);
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < cols; x++, i++) {
        const relief = Math.sin(x / 37) * Math.cos(y / 53) + 0.3 * Math.sin((x + 2 * y) / 11);
        const sea = Math.sin(x / 90 + 1) + Math.cos(y / 70) < -0.9;
        cells[i] = sea
          ? Number.NaN
          : season * (1 + 0.4 * relief) * vigour[y * cols + x]! * (0.97 + 0.06 * random());
      }
    }
  }
  return cells;
}

function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function innerChunks(cells: Float32Array): Uint8Array[] {
  const out: Uint8Array[] = [];
  const strides = cStrides(SHAPE);
  for (let t = 0; t < SHAPE[0]; t++) {
    for (let y = 0; y < SHAPE[1]; y += CHUNK[1]) {
      for (let x = 0; x < SHAPE[2]; x += CHUNK[2]) {
        const chunk = allocate('float32', CHUNK[1] * CHUNK[2]);
        const offset = t * strides[0]! + y * strides[1]! + x;
        copyBox({ cells, offset, strides }, { cells: chunk, offset: 0, strides: cStrides(CHUNK) }, CHUNK);
        out.push(viewBytes(chunk));
      }
    }
  }
  return out;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
/** CPU seconds of this process: on a shared machine they hold where wall seconds do not. */
const seconds = async (run: () => unknown): Promise<number> => {
  const start = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
};

/**
 * Speed and size of candidates for the inner chunks of a shard, and of a whole shard written and read by us beside
 * the same cells written by zarrita's defaults. All run once a round, interleaved; medians of the rounds, MB of cells
 * a CPU second.
 */
export async function benchZarr(): Promise<object> {
  const cells = nppLike();
  const megabytes = cells.byteLength / 1e6;
  const raw = innerChunks(cells);
  const stored = new Map(Object.entries(CODECS).map(([name, codec]) => [name, raw.map(codec.encode)]));
  const runs: Record<string, () => unknown> = {};
  for (const [name, codec] of Object.entries(CODECS)) {
    runs[`encode ${name}`] = () => raw.map(codec.encode);
    runs[`decode ${name}`] = () => stored.get(name)!.map(codec.decode);
  }
  const whole = wholeShards(cells);
  Object.assign(runs, whole.runs);
  for (const name of Object.keys(whole.runs)) await runs[name]!(); // each reads what the one before wrote
  const times = new Map(Object.keys(runs).map((name) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(runs)) times.get(name)!.push(await seconds(run));
  }
  const rate = (name: string): number => Math.round(megabytes / median(times.get(name)!));
  const codecs = [...stored].map(([name, chunks]) => ({
    codec: name,
    encodeMBps: rate(`encode ${name}`),
    decodeMBps: rate(`decode ${name}`),
    storedMB: round2(chunks.reduce((n, chunk) => n + chunk.length, 0) / 1e6),
  }));
  const writers = Object.keys(whole.runs).map((name) => ({ what: name, MBps: rate(name) }));
  return { cellsMB: round2(megabytes), rounds: ROUNDS, codecs, writers, storedMB: await whole.sizes() };
}

const round2 = (value: number): number => Math.round(value * 100) / 100;

function wholeShards(cells: Float32Array) {
  const array: ArraySpec = {
    level: 0,
    name: 'npp',
    dims: ['time', 'y', 'x'],
    shape: SHAPE,
    shard: SHAPE,
    chunk: CHUNK,
    dtype: 'float32',
    fill: Number.NaN,
    attributes: {},
  };
  const store = memoryStore();
  const origin = { t: 0, y: 0, x: 0 };
  const theirs = new Map<string, Uint8Array>();
  const writeTheirs = async (): Promise<void> => {
    const made = await zarrita.create(zarrita.root(theirs), {
      shape: [...SHAPE],
      chunkShape: [...CHUNK],
      dtype: 'float32',
      fillValue: Number.NaN,
      codecs: [
        { name: 'bytes', configuration: { endian: 'little' } },
        {
          name: 'blosc',
          configuration: { cname: 'zstd', clevel: 1, shuffle: 'shuffle', typesize: 4, blocksize: 0 },
        },
      ],
    });
    await zarrita.set(made, null, { data: cells, shape: [...SHAPE], stride: cStrides(SHAPE) });
  };
  const readTheirs = async (): Promise<Cells> =>
    (await zarrita.get(await zarrita.open(zarrita.root(theirs), { kind: 'array' }))).data as Cells;
  return {
    runs: {
      'encodeShard, in memory': () => encodeShard(array, cells),
      writeShard: () => writeShard(store, 'p', array, origin, cells),
      readShard: () => readShard(store, 'p', array, origin),
      'zarrita set, its own codecs, unsharded': writeTheirs,
      'zarrita get of the same': readTheirs,
    },
    sizes: async () => ({
      writeShard: round2((await store.head('p/0/npp/c/0/0/0'))!.size / 1e6),
      zarrita: round2(
        [...theirs].reduce((n, [key, bytes]) => n + (key.includes('/c/') ? bytes.length : 0), 0) / 1e6,
      ),
    }),
  };
}

if (import.meta.main) console.log(JSON.stringify(await benchZarr(), undefined, 1));
