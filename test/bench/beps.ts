/**
 * BEPS tile-days: the kernel and the plain loops on one thread, the kernel on two, and numba with the same equations,
 * forcing and first states. Turns take part in the order kernel, numba, loops, …, so that load meets all alike.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { runBlock } from '../../lib/science/beps/block.ts';
import { runBlockDays } from '../../lib/science/beps/block-days.ts';
import type { BlockForcing, Forcing } from '../../lib/science/beps/forcing.ts';
import { spinUp } from '../../lib/science/beps/spin-up.ts';
import { STATE_LENGTH } from '../../lib/science/beps/state.ts';
import type { Tile } from '../../lib/science/beps/tile.ts';
import { dayNumbers } from '../../lib/science/beps/tile-block.ts';
import { LEAF_CN, nitrogenScalar } from '../../lib/science/leaf.ts';
import type { Pft } from '../../lib/science/pft.ts';
import { madeForcing, sideBySide, tileOf } from '../science/beps/weather.ts';

const TYPES: readonly Pft[] = ['ENF', 'EBF', 'DBF', 'MF', 'OSH', 'GRA', 'CRO', 'OTH'];
const YEARS = 10;
const ROUNDS = 9;
const WARM_UP = 3;

const PYTHON = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url));
const PEER = fileURLToPath(new URL('./peers/beps_days.py', import.meta.url));

interface Time {
  readonly cpu: number;
  readonly wall: number;
}

/** Tiles with their weather and first states; nothing of it is measured. */
interface Work {
  readonly tiles: readonly Tile[];
  readonly columns: readonly number[];
  readonly forcings: readonly Forcing[];
  readonly block: BlockForcing;
  readonly states: readonly Float64Array[];
  /** `[day][tile]` */
  readonly gpp: Float64Array;
  readonly nep: Float64Array;
}

/** @param onePlace whether the types share a place, as in a cell of a map; else each has its own */
export function makeWork(nitrogen: 'full' | 'fixed', onePlace = false): Work {
  const tiles = TYPES.map((pft, i) => tileOf(pft, { nitrogen }, onePlace ? {} : { latDeg: 10 + 7 * i }));
  const forcings = TYPES.map((_, i) => madeForcing({ years: YEARS, seed: i + 1, meanC: 20 - 2 * i }));
  const climate = madeForcing({ years: 1 });
  const states = tiles.map((tile) => spinUp(tile, climate, { relaxationYears: 5, mostYears: 5 }).state);
  const length = tiles.length * forcings[0]!.days;
  const block = sideBySide(forcings);
  const columns = tiles.map((_, i) => (onePlace ? 0 : i));
  const [gpp, nep] = [new Float64Array(length), new Float64Array(length)];
  return { tiles, columns, forcings, block, states, gpp, nep };
}

export function pass(
  { tiles, columns, block, states, gpp, nep }: Work,
  run: typeof runBlock = runBlock,
): Time {
  const cpu = process.cpuUsage();
  const start = performance.now();
  gpp.fill(0);
  nep.fill(0);
  const own = Float64Array.from(states.flatMap((state) => [...state]));
  run({ tiles, columns, states: own }, block, { periods: dayNumbers(block.days), sums: { gpp, nep } }, {});
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / 1e6, wall: (performance.now() - start) / 1000 };
}

/** The plain loops behind the same seam. */
const loops: typeof runBlock = (block, forcing, outputs, options = {}) =>
  runBlockDays(block, forcing, outputs, options);

/** What a tile's days look up, as numbers in a row; `at` says where. */
function constantsOf(tile: Tile): { at: Record<string, number>; row: number[] } {
  const { pft, column, maintenance, turnover } = tile;
  const by = (of: (soil: (typeof column.soils)[number]) => number) => column.soils.map(of);
  const { stem, croot, leaf, froot } = pft.allocation;
  const parts: Record<string, readonly number[]> = {
    POROSITY: by((soil) => soil.porosity),
    FIELD: by((soil) => soil.fieldCapacity),
    WILT: by((soil) => soil.wiltingPoint),
    COND: by((soil) => soil.conductivity),
    BEXP: by((soil) => soil.b),
    DEPTH: column.depths,
    ROOTS: column.roots,
    OMEGA: [tile.clumping],
    TREE: [Number(pft.group === 'tree')],
    CROP: [Number(pft.group === 'crop')],
    AIR: [column.airMs],
    MELT: [column.melt],
    MAT: [tile.meanTempC],
    VM25: [pft.vcmax25 * nitrogenScalar(LEAF_CN, pft.criticalCn)],
    BALL: [pft.ballBerry],
    LAYERS: tile.layers,
    CURVE: tile.curves.flatMap(({ m, atOptimum, span, lnAtEnds }) => [m, atOptimum, span, lnAtEnds]),
    LN_LEAF: [maintenance.lnLeafQ10],
    LN_WOOD: [maintenance.lnWoodQ10],
    R_LEAF: [maintenance.leaf],
    R_STEM: [maintenance.stem],
    R_CROOT: [maintenance.croot],
    R_FROOT: [maintenance.froot],
    SAP: [maintenance.sapwoodHalf ?? -1],
    TURN: [turnover.stem, turnover.croot, turnover.leaf, turnover.froot],
    FIRST: [turnover.firstDoy],
    LAST: [turnover.lastDoy],
    ALLOC: [stem, croot, leaf, froot],
    METABOLIC: [pft.metabolic],
    RATES: Object.values(tile.rates),
  };
  const at: Record<string, number> = {};
  const row: number[] = [];
  for (const [name, values] of Object.entries(parts)) {
    at[name] = row.length;
    row.push(...values);
  }
  return { at, row };
}

const RATE_ORDER =
  'ssdA ssdSm ssdS smdA smdSm fsdA fsdM fsdS fmdA fmdM cdA cdM cdS smA smS mA mP mS sA sP sM pA pM';

function writeWork(folder: string, { tiles, forcings, states }: Work): void {
  if (Object.keys(tiles[0]!.rates).join(' ') !== RATE_ORDER)
    throw new Error('The peer reads rates in another order.');
  const save = (name: string, array: Float64Array | Uint16Array) =>
    writeFileSync(
      join(folder, `${name}.in`),
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
    );
  const stack = (rows: readonly ArrayLike<number>[]) =>
    Float64Array.from(rows.flatMap((row) => Array.from(row)));
  for (const name of ['tempMinC', 'tempMaxC', 'shortwaveMJ', 'humidity', 'rainMm', 'lai'] as const)
    save(name, stack(forcings.map((forcing) => forcing[name])));
  save('doy', forcings[0]!.doy);
  save('co2Ppm', forcings[0]!.co2Ppm);
  save('state', stack(states));
  save('dayHours', stack(tiles.map(({ dayHours }) => dayHours)));
  save('cosMean', stack(tiles.map(({ cosMean }) => cosMean)));
  const constants = tiles.map(constantsOf);
  save('constants', stack(constants.map(({ row }) => row)));
  const facts = { tiles: tiles.length, days: forcings[0]!.days, state: STATE_LENGTH, at: constants[0]!.at };
  writeFileSync(join(folder, 'facts.json'), JSON.stringify(facts));
}

/** A running peer. */
class Peer {
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(work: Work) {
    this.#folder = mkdtempSync(join(tmpdir(), 'beps-days-'));
    writeWork(this.#folder, work);
    const env = { ...process.env, NUMBA_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
    this.#child = spawn(PYTHON, [PEER, this.#folder], { stdio: ['pipe', 'pipe', 'inherit'], env });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('The numba peer ended early; its message stands above.');
    return value;
  }

  async run(name: string, verb: 'run' | 'write' = 'run'): Promise<Time> {
    this.#child.stdin!.write(`${verb} ${name}\n`);
    return JSON.parse(await this.line());
  }

  read(name: string): Float64Array {
    const bytes = readFileSync(join(this.#folder, `${name}.out`));
    return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  }

  close(): void {
    this.#child.stdin!.end();
    rmSync(this.#folder, { recursive: true });
  }
}

/** Largest difference relative to the largest value; ours is `[day][tile]`, the peer's `[tile][day]`. */
function worstDifference(ours: Float64Array, theirs: Float64Array, tiles: number): number {
  const scale = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const days = theirs.length / tiles;
  const of = (tile: number, day: number) => Math.abs(theirs[tile * days + day]! - ours[day * tiles + tile]!);
  return theirs.reduce((worst, _, i) => Math.max(worst, of(Math.floor(i / days), i % days)), 0) / scale;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

const round = (value: number): number => Number(value.toPrecision(4));

const speed = (times: readonly Time[], days: number): object => ({
  cpuNsPerTileDay: round((median(times.map(({ cpu }) => cpu)) * 1e9) / days),
  bestCpuNsPerTileDay: round((Math.min(...times.map(({ cpu }) => cpu)) * 1e9) / days),
  wallNsPerTileDay: round((median(times.map(({ wall }) => wall)) * 1e9) / days),
});

/** Passes of two threads at once, each with all tiles. */
class TwoThreads {
  readonly #workers = [0, 1].map(
    () => new Worker(new URL('./beps-worker.ts', import.meta.url), { execArgv: [] }),
  );

  async run(): Promise<Time> {
    const cpu = process.cpuUsage();
    const start = performance.now();
    await Promise.all(
      this.#workers.map((worker) => {
        const done = new Promise<void>((resolve) => {
          worker.once('message', () => resolve());
        });
        worker.postMessage('pass');
        return done;
      }),
    );
    const { user, system } = process.cpuUsage(cpu);
    return { cpu: (user + system) / 1e6, wall: (performance.now() - start) / 1000 };
  }

  close = () => Promise.all(this.#workers.map((worker) => worker.terminate()));
}

/** @returns JSON: ns per tile-day of each, medians of ratios within a turn, and how far apart results are */
export async function benchBeps(): Promise<object> {
  const fixed = makeWork('fixed');
  const full = makeWork('full');
  const cell = makeWork('full', true);
  const peer = existsSync(PYTHON) ? new Peer(fixed) : undefined;
  const versions = peer ? JSON.parse(await peer.line()) : undefined;
  const threads = new TwoThreads();
  const times: Record<string, Time[]> = {};
  const turns: Record<string, () => Time | Promise<Time>> = {
    kernel: () => pass(fixed),
    ...(peer && { numba: () => peer.run('numba') }),
    loops: () => pass(fixed, loops),
    ...(peer && { 'numba-fastmath': () => peer.run('numba-fastmath') }),
    kernelFullNitrogen: () => pass(full),
    kernelOfOneCell: () => pass(cell),
    loopsFullNitrogen: () => pass(full, loops),
    kernelOnTwoThreads: () => threads.run(),
  };
  for (let turn = -WARM_UP; turn < ROUNDS; turn++)
    for (const [name, run] of Object.entries(turns)) {
      const time = await run();
      if (turn >= 0) times[name] = [...(times[name] ?? []), time];
    }
  await threads.close();
  const days = fixed.gpp.length;
  const result = {
    tiles: fixed.tiles.length,
    days: days / fixed.tiles.length,
    rounds: ROUNDS,
    load: loadavg().map(round),
    ...Object.fromEntries(
      Object.entries(times).map(([name, list]) => [
        name,
        speed(list, name === 'kernelOnTwoThreads' ? 2 * days : days),
      ]),
    ),
    cpuOverKernel: Object.fromEntries(
      Object.keys(times)
        .filter((name) => name.startsWith('numba') || name === 'loops')
        .map((name) => [name, round(median(times[name]!.map(({ cpu }, i) => cpu / times.kernel![i]!.cpu)))]),
    ),
  };
  if (!peer) return { ...result, numba: 'no .venv: the peer was not run' };
  pass(fixed);
  await peer.run('numba', 'write');
  const answer = {
    ...result,
    versions,
    worstDifference: {
      gpp: worstDifference(fixed.gpp, peer.read('gpp'), fixed.tiles.length),
      nep: worstDifference(fixed.nep, peer.read('nep'), fixed.tiles.length),
    },
  };
  peer.close();
  return answer;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(JSON.stringify(await benchBeps(), null, 2));
