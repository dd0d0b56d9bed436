/**
 * The main job at full size: a year of the synthetic Pearl River Delta, 12 x 1365 x 2852, from COGs and Zarr to a
 * sharded Zarr product with its coarser levels, by the command line on worker threads; beside it the same job in Python
 * (peers/), and level 0 of it alone, each in a process of its own, in turns.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { median, rounded } from './median.ts';

const YEAR = 2021;
const CELLS = 12 * 1365 * 2852;
const PRODUCT = 'prd-bench';
const ROUNDS = Number(process.env.CHUNKFLUX_BENCH_ROUNDS ?? 3);
const THREADS = availableParallelism();

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const CLI = path('../../functions/entry/local/chunkflux.mjs');
const HOOK = path('./measure-process.ts');
const PYTHON = path('../../.venv/bin/python');

interface Peer {
  readonly script: string;
  /** Whether it makes the coarser levels and the sums too, as ours does. */
  readonly coarser: boolean;
}

const XARRAY = path('./peers/casa_xarray.py');
const PEERS: Readonly<Record<string, Peer>> = {
  'xarray+dask': { script: XARRAY, coarser: true },
  numba: { script: path('./peers/casa_numba.py'), coarser: true },
  'xarray+dask, level 0 alone': { script: XARRAY, coarser: false },
};

interface Usage {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

function chunkflux(args: readonly string[], folder: string): Usage {
  const file = join(folder, 'usage.json');
  const started = performance.now();
  execFileSync(process.execPath, ['--import', HOOK, CLI, ...args], {
    env: { ...process.env, BENCH_USAGE: file },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // The launcher becomes another process, whose clock starts anew: time is taken from outside.
  return { ...JSON.parse(readFileSync(file, 'utf8')), seconds: (performance.now() - started) / 1000 };
}

type PeerReport = Usage & { readonly versions: Record<string, string>; readonly dtype: string };

/** @param levels coarser ones to make beside level 0 */
function peer(script: string, scene: string, out: string, levels: number): PeerReport {
  const args = ['-W', 'ignore', script, scene, out, String(YEAR), String(THREADS), String(levels)];
  return JSON.parse(execFileSync(PYTHON, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
}

/** How many levels above level 0 our product has. */
const coarserLevels = (product: string): number =>
  readdirSync(join(product, 'data.zarr')).filter((name) => /^[1-9]\d*$/.test(name)).length;

/** The full scene, made once and kept: to make it takes longer than to measure. */
function makeScene(folder: string): string {
  const scene = process.env.CHUNKFLUX_BENCH_SCENE ?? join(tmpdir(), 'chunkflux-bench', 'prd-full');
  if (!existsSync(join(scene, 'product.yaml'))) chunkflux(['scene', 'prd', scene, '--full'], folder);
  return scene;
}

/** The scene's own spec for one year, with what the peers write too, and the whole map as study region. */
function writeSpec(scene: string): string {
  const spec = parseDocument(readFileSync(join(scene, 'product.yaml'), 'utf8'));
  spec.set('product', PRODUCT);
  spec.set('time', { from: `${YEAR}-01`, to: `${YEAR}-12` });
  spec.set('outputs', ['npp', 'rh', 'nep', 'npp_a', 'rh_a', 'nep_a', 'ratio_a', 'flag_a']);
  for (const ofZones of ['zones', 'checks']) spec.delete(ofZones);
  const file = join(scene, 'bench.yaml');
  writeFileSync(file, String(spec));
  return file;
}

interface Counts {
  readonly get: number;
  readonly put: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** Requests and bytes of the run that computed, from its receipts; counting is not among them. */
function receipts(store: string): object {
  const sum = { inputs: { get: 0, bytesRead: 0 }, store: { get: 0, put: 0, bytesRead: 0, bytesWritten: 0 } };
  for (const name of readdirSync(join(store, 'runs'), { recursive: true, encoding: 'utf8' })) {
    if (!/receipts.*\.json$/.test(name)) continue;
    const { effort } = JSON.parse(readFileSync(join(store, 'runs', name), 'utf8')) as {
      effort: { store: Counts; inputs: Counts };
    };
    for (const at of ['inputs', 'store'] as const) {
      for (const key of Object.keys(sum[at])) {
        (sum[at] as Record<string, number>)[key]! += effort[at][key as keyof Counts];
      }
    }
  }
  return sum;
}

const countReceipts = (store: string): number =>
  readdirSync(join(store, 'runs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /receipts.*\.json$/.test(name),
  ).length;

/** How far a peer is from ours at each level, where both found the same vegetation type (their majorities differ a little). */
function difference(ours: string, theirs: string): object {
  const script = path('./peers/compare.py');
  return JSON.parse(execFileSync(PYTHON, ['-W', 'ignore', script, ours, theirs], { encoding: 'utf8' }));
}

const summary = (runs: readonly Usage[]): object => ({
  seconds: rounded(median(runs.map(({ seconds }) => seconds))),
  cpuSeconds: rounded(median(runs.map(({ cpuSeconds }) => cpuSeconds))),
  peakMiB: rounded(median(runs.map(({ peakMiB }) => peakMiB))),
  mpixelMonthsPerSecond: rounded(CELLS / 1e6 / median(runs.map(({ seconds }) => seconds))),
});

/** A peer over ours, pair by pair. */
const ratios = (theirs: readonly Usage[], ours: readonly Usage[]): object =>
  Object.fromEntries(
    (['seconds', 'cpuSeconds', 'peakMiB'] as const).map((key) => [
      key,
      rounded(median(theirs.map((usage, i) => usage[key] / ours[i]![key]))),
    ]),
  );

/** @returns JSON: wall, CPU, peak memory, requests and bytes of ours; the peers' and the ratios; the run with nothing to do */
export async function benchEndToEnd(): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'chunkflux-bench-'));
  try {
    const scene = makeScene(folder);
    const spec = writeSpec(scene);
    const [store, theirs] = [join(folder, 'store'), join(folder, 'peer.zarr')];
    const product = join(store, 'products', PRODUCT);
    const peers = existsSync(PYTHON) ? Object.entries(PEERS) : [];
    const ours: Usage[] = [];
    const reports: Record<string, PeerReport[]> = Object.fromEntries(peers.map(([name]) => [name, []]));
    const differences: Record<string, object> = {};
    for (let round = 0; round < ROUNDS; round++) {
      rmSync(store, { recursive: true, force: true });
      ours.push(chunkflux(['run', spec, '--store', store], folder));
      for (const [name, { script, coarser }] of peers) {
        rmSync(theirs, { recursive: true, force: true });
        const levels = coarser ? coarserLevels(product) : 0;
        reports[name]!.push(peer(script, scene, theirs, levels));
        differences[name] ??= { levels, ...difference(product, theirs) };
      }
    }
    const effort = receipts(store);
    const before = countReceipts(store);
    const again = [0, 1, 2].map(() => chunkflux(['run', spec, '--store', store], folder));
    return {
      scene: `12 x 1365 x 2852, ${YEAR}`,
      threads: THREADS,
      rounds: ROUNDS,
      chunkflux: { ...summary(ours), effort },
      nothingChanged: { ...summary(again), columnsDone: countReceipts(store) - before },
      peers: Object.fromEntries(
        peers.map(([name]) => [
          name,
          {
            ...summary(reports[name]!),
            dtype: reports[name]![0]!.dtype,
            versions: reports[name]![0]!.versions,
            overOurs: ratios(reports[name]!, ours),
            difference: differences[name],
          },
        ]),
      ),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(JSON.stringify(await benchEndToEnd(), null, 2));
