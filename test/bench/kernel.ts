/** The CASA kernel on one thread, beside its oracle in TypeScript and numba with the same equations and inputs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { efficiencies } from '../../lib/science/casa/efficiency.ts';
import { tableLimits } from '../../lib/science/casa/limits.ts';
import { casaNepBlock } from '../../lib/science/casa-nep.ts';
import { VEGETATION_TYPES } from '../../lib/science/landcover/classes.ts';
import type { Inputs, Outputs, Shape } from '../../lib/science/model.ts';
import { casaNep } from '../../lib/science/models.ts';
import { kernelInputs, kernelShape } from './kernel-data.ts';

const CELLS = 262_144;
const ROUNDS = 15;
/** Passes that are not measured: V8 compiles while it runs, and its compiler counts as processor time. */
const WARM_UP = 12;
/** Cells that the runner hands to the model at once (lib/job). */
const STRIP = 4096;

const PYTHON = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url));
const PEER = fileURLToPath(new URL('./peers/casa_kernel.py', import.meta.url));

const params = casaNep.params.parse({ fpar: { range: 'table' } });

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** The block cut into what the runner would hand over; like the runner, all strips share one set of outputs. */
interface Work {
  readonly strips: readonly { readonly shape: Shape; readonly input: Inputs }[];
  readonly output: Outputs;
}

/** Seconds of one pass. On a shared machine the processor's time says more than the clock. */
interface Time {
  readonly cpu: number;
  readonly wall: number;
}

function cut(shape: Shape, input: Inputs, strip: number): Work {
  const strips = [];
  for (let from = 0; from < shape.cells; from += strip) {
    const part = { steps: shape.steps, cells: Math.min(strip, shape.cells - from) };
    strips.push({ shape: part, input: slice(shape, input, from, part.cells) });
  }
  return { strips, output: outputs({ steps: shape.steps, cells: Math.min(strip, shape.cells) }) };
}

function slice({ steps, cells }: Shape, input: Inputs, from: number, length: number): Inputs {
  const rows = (whole: Float64Array) => {
    const part = new Float64Array(steps.length * length);
    for (let t = 0; t < steps.length; t++)
      part.set(whole.subarray(t * cells + from, t * cells + from + length), t * length);
    return part;
  };
  return Object.fromEntries(
    Object.entries(input).map(([name, array]) => [
      name,
      array instanceof Float64Array ? rows(array) : array!.slice(from, from + length),
    ]),
  );
}

function outputs({ steps, cells }: Shape): Outputs {
  const monthly = () => new Float32Array(steps.length * cells);
  const yearly = () => new Float32Array(cells);
  return {
    npp: monthly(),
    rh: monthly(),
    nep: monthly(),
    npp_a: yearly(),
    rh_a: yearly(),
    nep_a: yearly(),
    ratio_a: yearly(),
    flag_a: new Uint8Array(cells),
  };
}

type Compute = (shape: Shape, input: Inputs, state: Record<string, Float64Array>, output: Outputs) => void;

/** The loops in TypeScript, the kernel's oracle. */
const byLoops: Compute = (shape, input, state, output) =>
  casaNepBlock(shape, input, params, {}, state, output);

const byModel: Compute = (shape, input, state, output) =>
  casaNep.computeChunk(shape, input, params, {}, state, output);

const freshState = (cells: number) => ({ wetness: new Float64Array(cells).fill(Number.NaN) });

function timed(work: () => void): Time {
  const cpu = process.cpuUsage();
  const start = performance.now();
  work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / 1e6, wall: (performance.now() - start) / 1000 };
}

/** One pass over the block, from and to plain arrays. */
const pass = ({ strips, output }: Work, compute: Compute): Time =>
  timed(() => {
    for (const { shape, input } of strips) compute(shape, input, freshState(shape.cells), output);
  });

/** One pass as the job does it: the door has filled the model's own arrays, and only the model is timed. */
function passInPlace({ strips, output }: Work): Time {
  const sum = { cpu: 0, wall: 0 };
  for (const { shape, input } of strips) {
    const placed = inRoom(shape, input, output);
    const time = timed(() => byModel(shape, placed.input, freshState(shape.cells), placed.output));
    sum.cpu += time.cpu;
    sum.wall += time.wall;
  }
  return sum;
}

function inRoom(shape: Shape, input: Inputs, output: Outputs): { input: Inputs; output: Outputs } {
  const room = casaNep.room!(shape);
  if (!room) return { input, output };
  const put = ([name, array]: [string, Inputs[string]]) => {
    const own = array instanceof Float64Array ? room.input(name, array.length) : undefined;
    own?.set(array!);
    return [name, own ?? array] as const;
  };
  const take = ([name, array]: [string, Outputs[string]]) =>
    [name, room.output(name, array!.length) ?? array] as const;
  return {
    input: Object.fromEntries(Object.entries(input).map(put)),
    output: Object.fromEntries(Object.entries(output).map(take)),
  };
}

/** A running peer, or undefined where the repository's Python environment is absent. */
class Peer {
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  versions: Record<string, string> = {};

  private constructor(folder: string) {
    this.#folder = folder;
    const env = { ...process.env, NUMBA_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
    this.#child = spawn(PYTHON, [PEER, folder], { stdio: ['pipe', 'pipe', 'inherit'], env });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  static async start(shape: Shape, input: Inputs): Promise<Peer | undefined> {
    if (!existsSync(PYTHON)) return undefined;
    const folder = mkdtempSync(join(tmpdir(), 'casa-kernel-'));
    for (const [name, array] of Object.entries(input))
      writeFileSync(join(folder, `${name}.in`), new Uint8Array(array!.buffer));
    writeFileSync(join(folder, 'facts.json'), JSON.stringify(facts(shape)));
    const peer = new Peer(folder);
    peer.versions = JSON.parse(await peer.#line());
    return peer;
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('The numba peer ended early; its message stands above.');
    return value;
  }

  async run(name: string, verb: 'run' | 'write' = 'run'): Promise<Time> {
    this.#child.stdin!.write(`${verb} ${name}\n`);
    return JSON.parse(await this.#line());
  }

  read(name: string): Float32Array {
    const bytes = readFileSync(join(this.#folder, `${name}.out`));
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  }

  close(): void {
    this.#child.stdin!.end();
    rmSync(this.#folder, { recursive: true });
  }
}

/** The tables that the peer needs; types without limits get some, and no efficiency. */
function facts({ steps, cells }: Shape): object {
  const limits = VEGETATION_TYPES.map((type) => tableLimits(type));
  const known = (value: number, other: number) => (Number.isNaN(value) ? other : value);
  return {
    months: steps.length,
    cells,
    low: limits.map(({ low }) => known(low, 0)),
    high: limits.map(({ high }) => known(high, 0.5)),
    eps: Array.from(efficiencies('zhu', {}), (value) => known(value, 0)),
  };
}

/** Largest relative difference of stored values; NaN must stand in the same places. */
function worstDifference(a: Float32Array, b: Float32Array): number {
  let worst = 0;
  for (let q = 0; q < a.length; q++) {
    if (Number.isNaN(a[q]!) !== Number.isNaN(b[q]!)) return Number.POSITIVE_INFINITY;
    if (a[q]! - b[q]! !== 0 && !Number.isNaN(a[q]!))
      worst = Math.max(worst, Math.abs(a[q]! - b[q]!) / Math.max(1, Math.abs(b[q]!)));
  }
  return worst;
}

const speed = (times: readonly Time[]): object => {
  const cpu = median(times.map((time) => time.cpu));
  return {
    cpuMs: round(1000 * cpu),
    bestCpuMs: round(1000 * Math.min(...times.map((time) => time.cpu))),
    wallMs: round(1000 * median(times.map((time) => time.wall))),
    mpixelMonthsPerCpuSecond: round((12 * CELLS) / cpu / 1e6),
  };
};

const round = (value: number): number => Number(value.toPrecision(4));

/**
 * @returns JSON: rates of the kernel in place and with copies, of the loops in TypeScript and of numba, and medians of
 *   ratios; numba is compared with the kernel that copies, which like numba starts from arrays in memory
 */
export async function benchKernel(): Promise<object> {
  const shape = kernelShape(CELLS);
  const input = kernelInputs(shape);
  const strips = cut(shape, input, STRIP);
  const whole = cut(shape, input, CELLS);
  const peer = await Peer.start(shape, input);
  const times = { inPlace: [], copied: [], typescript: [], numba: [], fastmath: [] } as Record<Side, Time[]>;
  for (let i = 0; i < WARM_UP; i++) {
    passInPlace(strips);
    pass(strips, byLoops);
  }
  for (let round = 0; round < ROUNDS; round++) {
    times.copied.push(pass(strips, byModel));
    if (peer) times.numba.push(await peer.run('numba'));
    times.inPlace.push(passInPlace(strips));
    if (peer) times.fastmath.push(await peer.run('numba-fastmath'));
    times.typescript.push(pass(strips, byLoops));
  }
  const result = {
    ...{ cells: CELLS, months: 12, rounds: ROUNDS },
    inPlace: speed(times.inPlace),
    copied: speed(times.copied),
    typescript: speed(times.typescript),
  };
  if (!peer) return { ...result, numba: 'no .venv: the peer was not run' };
  pass(whole, byModel);
  await peer.run('numba', 'write');
  const stored = whole.output as Record<string, Float32Array>;
  const names = ['npp', 'rh', 'nep'] as const;
  const difference = Object.fromEntries(
    names.map((name) => [name, worstDifference(stored[name]!, peer.read(name))]),
  );
  const over = (ours: Side, theirs: Side) =>
    round(median(times[ours].map(({ cpu }, i) => cpu / times[theirs][i]!.cpu)));
  const versions = peer.versions;
  peer.close();
  return {
    ...result,
    numba: { ...versions, ...speed(times.numba), fastmath: speed(times.fastmath) },
    timeOverNumba: over('copied', 'numba'),
    timeOverNumbaInPlace: over('inPlace', 'numba'),
    timeOverNumbaFastmath: over('copied', 'fastmath'),
    typescriptOverNumba: over('typescript', 'numba'),
    worstDifference: difference,
  };
}

type Side = 'inPlace' | 'copied' | 'typescript' | 'numba' | 'fastmath';

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(JSON.stringify(await benchKernel(), null, 2));
