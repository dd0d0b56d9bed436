/**
 * Tiles a second and their times, ours and TiTiler's over the same map, each in a process of its own, asked in turns;
 * and the processor time of our own that a warm tile takes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../functions/api/app.ts';
import { openWorld } from '../../functions/entry/local/open-job.ts';
import { pythonWith } from '../helpers/python.ts';
import { median, rounded } from './median.ts';
import {
  cpuMs,
  fetchTile,
  MAP,
  serveOurs,
  serveTitiler,
  type Tile,
  type TileServer,
  tileStore,
  tilesIn,
  untilUp,
} from './tile-servers.ts';

/** Within the product, and zooms at which both read native pixels: TiTiler has no pyramid to choose from here. */
const BOX = [112.4, 22.4, 114.2, 23.2];
const ZOOMS = [9, 10, 11];
const ROUNDS = Number(process.env.CHUNKFLUX_BENCH_ROUNDS ?? 5);
const AT_ONCE = 4;
const OWN_ROUNDS = 5;

interface Round {
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  /** Processor time of the server, ms a tile. */
  readonly cpu: number;
  readonly failed: number;
  readonly bytes: number;
}

const share = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(part * values.length))]!;

async function round({ url, child }: TileServer, tiles: readonly Tile[], agent: Agent): Promise<Round> {
  const times: number[] = [];
  let [next, failed, bytes] = [0, 0, 0];
  const [from, before] = [performance.now(), cpuMs(child)];
  const client = async (): Promise<void> => {
    for (let tile = tiles[next++]; tile; tile = tiles[next++]) {
      const answer = await fetchTile(url(tile), agent);
      times.push(answer.ms);
      bytes += answer.bytes;
      if (answer.status !== 200) failed++;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return {
    perSecond: (tiles.length / (performance.now() - from)) * 1000,
    p50: share(times, 0.5),
    p95: share(times, 0.95),
    cpu: (cpuMs(child) - before) / tiles.length,
    failed,
    bytes: bytes / tiles.length,
  };
}

const middle = (rounds: readonly Round[]): Record<keyof Round, number> =>
  Object.fromEntries(
    (['perSecond', 'p50', 'p95', 'cpu', 'failed', 'bytes'] as const).map((key) => [
      key,
      rounded(median(rounds.map((r) => r[key]))),
    ]),
  ) as Record<keyof Round, number>;

/** First, with nothing kept, then warm, one server after the other in every round. */
async function sideBySide(servers: readonly TileServer[], tiles: readonly Tile[]): Promise<object> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  try {
    for (const server of servers) await untilUp(server, agent);
    const first: Round[] = [];
    for (const server of servers) first.push(await round(server, tiles, agent));
    const warm: Round[][] = servers.map(() => []);
    for (let i = 0; i < ROUNDS; i++)
      for (const [k, server] of servers.entries()) warm[k]!.push(await round(server, tiles, agent));
    const ratio = (key: 'perSecond' | 'p95' | 'cpu', [a, b]: readonly Round[][]) =>
      rounded(median(a!.map((ours, i) => ours[key] / b![i]![key])));
    return {
      ...Object.fromEntries(
        servers.map(({ name }, k) => [name, { first: middle([first[k]!]), warm: middle(warm[k]!) }]),
      ),
      ...(servers.length === 2 && {
        'ours over peer, warm': {
          perSecond: ratio('perSecond', warm),
          p95: ratio('p95', warm),
          cpu: ratio('cpu', warm),
        },
      }),
    };
  } finally {
    agent.destroy();
  }
}

/** Processor time of one warm tile after the other, without sockets; the best of some rounds for each tile. */
async function ownTime(store: string, tiles: readonly Tile[], form: string): Promise<object> {
  const app = createApp(openWorld({ store, inputs: store }), { freshMs: 60_000 });
  const best = new Array<number>(tiles.length).fill(Infinity);
  for (let i = 0; i <= OWN_ROUNDS; i++) {
    for (const [k, [z, x, y]] of tiles.entries()) {
      const path = `/products/${MAP.product}/tiles/WebMercatorQuad/${z}/${x}/${y}.${form}?variable=${MAP.variable}&rescale=${MAP.rescale}`;
      const before = process.cpuUsage();
      await (await app.request(path)).arrayBuffer();
      const { user, system } = process.cpuUsage(before);
      if (i > 0) best[k] = Math.min(best[k]!, (user + system) / 1000);
    }
  }
  return { p50: rounded(share(best, 0.5)), p95: rounded(share(best, 0.95)), max: rounded(Math.max(...best)) };
}

/** @returns times in ms; without a Python that has TiTiler, ours alone */
export async function benchApi(): Promise<object> {
  const store = tileStore();
  const folder = mkdtempSync(join(tmpdir(), 'chunkflux-tiles-'));
  const tiles = tilesIn(BOX, ZOOMS);
  const servers: TileServer[] = [];
  let versions: Record<string, string> | undefined;
  try {
    servers.push(serveOurs(store));
    const python = pythonWith('titiler.xarray', 'uvicorn');
    if (python) {
      const [peer, found] = serveTitiler(python, store, folder);
      servers.push(peer);
      versions = found;
    }
    const compared = await sideBySide(servers, tiles);
    return {
      tiles: tiles.length,
      'at once': AT_ONCE,
      rounds: ROUNDS,
      ...(versions ? { versions } : { peer: 'absent: no Python with titiler.xarray and uvicorn' }),
      ...compared,
      'own processor time of a warm tile': {
        png: await ownTime(store, tiles, 'png'),
        webp: await ownTime(store, tiles, 'webp'),
      },
    };
  } finally {
    for (const { child } of servers) child.kill();
    rmSync(folder, { recursive: true });
  }
}
