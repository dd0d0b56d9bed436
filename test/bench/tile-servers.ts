import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { type Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What both servers show: one year of one variable, in the same colours' range. */
export const MAP = { product: 'prd-small', variable: 'npp_a', rescale: '0,1200' } as const;
const PORTS = { chunkflux: 8931, titiler: 8932 } as const;
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const CLI = here('../../functions/entry/local/chunkflux.mjs');

export type Tile = readonly [z: number, x: number, y: number];

export interface TileServer {
  readonly name: string;
  readonly url: (tile: Tile) => string;
  readonly child: ChildProcess;
}

/** The store of the small scene, made once and kept: to make it takes longer than to measure. */
export function tileStore(): string {
  const folder = process.env.CHUNKFLUX_BENCH_TILES ?? join(tmpdir(), 'chunkflux-bench', 'prd-small');
  const store = join(folder, 'out');
  if (existsSync(join(store, 'products', MAP.product, 'records'))) return store;
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [CLI, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  run('scene', 'prd', join(folder, 'scene'));
  run('run', join(folder, 'scene', 'product.yaml'), '--store', store);
  return store;
}

export function serveOurs(store: string): TileServer {
  const args = [CLI, 'serve', '--store', store, '--port', String(PORTS.chunkflux)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const query = `variable=${MAP.variable}&rescale=${MAP.rescale}`;
  const root = `http://127.0.0.1:${PORTS.chunkflux}/products/${MAP.product}/tiles/WebMercatorQuad`;
  return { name: 'chunkflux', child, url: ([z, x, y]) => `${root}/${z}/${x}/${y}.png?${query}` };
}

/** TiTiler over a Zarr of its own. @returns its versions too */
export function serveTitiler(
  python: string,
  store: string,
  folder: string,
): [TileServer, Record<string, string>] {
  const data = join(folder, 'titiler.zarr');
  const group = join(store, 'products', MAP.product, 'data.zarr', '0');
  const versions = execFileSync(
    python,
    ['-W', 'ignore', here('peers/titiler_export.py'), group, MAP.variable, data],
    {
      encoding: 'utf8',
    },
  );
  const child = spawn(python, ['-W', 'ignore', here('peers/titiler_app.py'), String(PORTS.titiler)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const look = `variable=${MAP.variable}&rescale=${MAP.rescale}&colormap_name=ylgn&tilesize=256`;
  const root = `http://127.0.0.1:${PORTS.titiler}/zarr/tiles/WebMercatorQuad`;
  const query = `url=${encodeURIComponent(data)}&${look}`;
  return [
    { name: 'titiler.xarray', child, url: ([z, x, y]) => `${root}/${z}/${x}/${y}.png?${query}` },
    JSON.parse(versions) as Record<string, string>,
  ];
}

/** Tiles that lie in a box of longitudes and latitudes, zoom by zoom. */
export function tilesIn([west, south, east, north]: readonly number[], zooms: readonly number[]): Tile[] {
  const place = (lon: number, lat: number, z: number): [number, number] => {
    const n = 2 ** z;
    const row = ((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * n;
    return [Math.floor(((lon + 180) / 360) * n), Math.floor(row)];
  };
  return zooms.flatMap((z) => {
    const [[x0, y0], [x1, y1]] = [place(west!, north!, z), place(east!, south!, z)];
    const width = x1 - x0 + 1;
    return Array.from(
      { length: width * (y1 - y0 + 1) },
      (_, i): Tile => [z, x0 + (i % width), y0 + Math.floor(i / width)],
    );
  });
}

export interface Fetched {
  readonly ms: number;
  readonly status: number;
  readonly bytes: number;
}

export function fetchTile(url: string, agent: Agent): Promise<Fetched> {
  const from = performance.now();
  return new Promise((done, fail) => {
    get(url, { agent }, (response) => {
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
      });
      response.on('end', () =>
        done({ ms: performance.now() - from, status: response.statusCode ?? 0, bytes }),
      );
    }).on('error', fail);
  });
}

/** Waits until it answers, whatever the answer is. */
export async function untilUp({ url, name }: TileServer, agent: Agent): Promise<void> {
  for (let i = 0; i < 900; i++) {
    try {
      await fetchTile(url([0, 0, 0]), agent);
      return;
    } catch {
      await new Promise((wait) => setTimeout(wait, 100));
    }
  }
  throw new Error(`${name} does not come up`);
}

const TICK_MS = 10;
/** Processor time that a process has had, ms: does not grow when the machine is busy with others. NaN but on Linux. */
export function cpuMs({ pid }: ChildProcess): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return TICK_MS * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return Number.NaN;
  }
}
