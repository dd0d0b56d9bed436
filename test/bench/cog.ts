/** COG decoding: our reader beside geotiff's `readRasters`, in turns, on the same seeded bytes in memory. */
import { fromArrayBuffer } from 'geotiff';
import { allocate, type Cells, type DType } from '../../lib/grid/cells.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import { openCog } from '../../lib/raster/cog.ts';
import { encodeCog } from '../../lib/raster/cog-write.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { uniform } from './kernel-data.ts';

const SIDE = 1024;
const TURNS = 9;
const WARM_UP = 2;

interface Case {
  readonly name: string;
  readonly dtype: DType;
  readonly compression: 'deflate' | 'zstd';
}

const CASES: readonly Case[] = [
  { name: 'int16 deflate, predictor 2', dtype: 'int16', compression: 'deflate' },
  { name: 'float32 zstd, predictor 3', dtype: 'float32', compression: 'zstd' },
];

/** Medians of wall time, ms, from opening to all cells of a 1024 x 1024 file. `faster` is theirs over ours. */
export async function benchCog(): Promise<object> {
  const files = [];
  for (const it of CASES) files.push(await compare(it));
  return { side: SIDE, turns: TURNS, files };
}

async function compare({ name, dtype, compression }: Case): Promise<object> {
  const cells = field(dtype);
  const bytes = Buffer.concat(
    encodeCog({
      cells,
      width: SIDE,
      height: SIDE,
      dtype,
      transform: [250, 0, 11_119_505, 0, -250, 3_335_851],
      crs: crsByName('MODIS sinusoidal'),
      compression,
      tile: 256,
      overviews: 'none',
    }),
  );
  const file = new Uint8Array(bytes).buffer;
  const store = memoryStore();
  await store.put('x.tif', bytes);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let turn = 0; turn < WARM_UP + TURNS; turn++) {
    const a = await timed(() => readOurs(store));
    const b = await timed(() => readTheirs(file));
    assertSame(name, cells, a.cells, b.cells);
    if (turn < WARM_UP) continue;
    ours.push(a.ms);
    theirs.push(b.ms);
  }
  const rawMb = (SIDE * SIDE * cells.BYTES_PER_ELEMENT) / 1e6;
  return {
    name,
    fileBytes: bytes.length,
    oursMs: round(median(ours)),
    geotiffMs: round(median(theirs)),
    faster: round(median(theirs) / median(ours)),
    oursMbPerS: round((1000 * rawMb) / median(ours)),
  };
}

async function readOurs(store: ReturnType<typeof memoryStore>): Promise<Cells> {
  const layer = await openCog(store, 'x.tif');
  return (await layer.read({ t0: 0, t1: 1, y0: 0, y1: SIDE, x0: 0, x1: SIDE })).cells;
}

async function readTheirs(file: ArrayBuffer): Promise<Cells> {
  const image = await (await fromArrayBuffer(file)).getImage();
  const [band] = (await image.readRasters()) as unknown as Cells[];
  return band!;
}

/** A smooth field with noise in its last digits, like a vegetation index or a flux. */
function field(dtype: DType): Cells {
  const next = uniform(1024);
  const cells = allocate(dtype, SIDE * SIDE);
  for (let i = 0; i < cells.length; i++) {
    const wave = Math.sin((i % SIDE) / 91) * Math.cos(Math.floor(i / SIDE) / 67);
    const value = 5000 + 3000 * wave + 200 * next();
    cells[i] = dtype === 'float32' ? value / 10_000 : Math.round(value);
  }
  return cells;
}

async function timed(read: () => Promise<Cells>): Promise<{ ms: number; cells: Cells }> {
  const start = performance.now();
  const cells = await read();
  return { ms: performance.now() - start, cells };
}

function assertSame(name: string, truth: Cells, ...answers: readonly Cells[]): void {
  for (const cells of answers) {
    if (cells.length !== truth.length || cells.some((cell, i) => cell !== truth[i])) {
      throw new Error(`${name}: a reader gave other cells than were written`);
    }
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const round = (value: number): number => Math.round(100 * value) / 100;
