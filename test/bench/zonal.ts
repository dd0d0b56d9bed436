/**
 * Zonal means over 9, 200 and 5,000 polygons, and twenty years of months at a point and a polygon: ours over the API of
 * a stored product, beside xarray + exactextract and rio-tiler on the very same product. One process each, in turns;
 * processor time, and the best of some rounds, as machines are shared. Files are in the cache of the system.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../helpers/python.ts';
import { longStore } from './long-product.ts';
import { rounded } from './median.ts';
import { MAP, tileStore } from './tile-servers.ts';

const ROUNDS = Number(process.env.CHUNKFLUX_BENCH_ROUNDS ?? 3);
const TURNS = Number(process.env.CHUNKFLUX_BENCH_TURNS ?? 3);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

interface Job {
  readonly store: string;
  readonly group: string;
  readonly product: string;
  readonly polygons: { readonly features: readonly unknown[] };
  readonly variables: readonly string[];
  readonly task: 'means' | 'series' | 'point';
  /** Of the peers; ours goes by `time`. */
  readonly step: number;
  readonly time?: string;
  readonly point?: readonly [number, number];
  readonly rounds: number;
  readonly path?: 'pixels';
  readonly set?: string;
}

export interface Timed {
  readonly cpu: readonly number[];
  readonly wall: readonly number[];
  readonly means: readonly (readonly (number | null)[])[];
  readonly area: number;
}

/** Stars of 7 corners, seeded, within the scene. */
function stars(count: number, degrees: number): Job['polygons'] {
  let seed = 1;
  const random = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const features = Array.from({ length: count }, (_, i) => {
    const [lon, lat] = [112.4 + 1.8 * random(), 22.4 + 0.9 * random()];
    const ring = Array.from({ length: 7 }, (_, k) => {
      const [r, turn] = [degrees * (0.5 + random()), (2 * Math.PI * k) / 7];
      return [lon + r * Math.cos(turn), lat + r * Math.sin(turn)];
    });
    return {
      type: 'Feature',
      properties: { id: `${i}` },
      geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]]] },
    };
  });
  return { type: 'FeatureCollection', features } as Job['polygons'];
}

const best = ({ cpu, wall }: Timed) => ({ cpu: Math.min(...cpu), wall: Math.min(...wall) });

/** Ours and a peer in turns. @returns seconds, the ratio of processor times, and how far the means are apart */
function sideBySide(
  folder: string,
  job: Job,
  python: string | undefined,
  tools: readonly string[],
  long = 1,
): object {
  const file = join(folder, 'job.json');
  const run = (command: string, args: readonly string[], more: object): Timed => {
    writeFileSync(file, JSON.stringify({ ...job, ...more }));
    return JSON.parse(
      execFileSync(command, [...args, file], { encoding: 'utf8', maxBuffer: 2 ** 28 }),
    ) as Timed;
  };
  const ours: Timed[] = [];
  const theirs = tools.map((): Timed[] => []);
  for (let turn = 0; turn < TURNS; turn++) {
    ours.push(run(process.execPath, [here('zonal-ours.ts')], { rounds: ROUNDS * long }));
    for (const [k, tool] of tools.entries()) {
      if (!python || (turn > 0 && tool === 'rio-tiler')) continue; // it takes minutes
      theirs[k]!.push(
        run(python, ['-W', 'ignore', here('peers/zonal.py')], { tool, rounds: tool === 'rio-tiler' ? 1 : 2 }),
      );
    }
  }
  const mine = least(ours);
  const peers = tools.map((tool, k) => [tool, theirs[k]!] as const).filter(([, runs]) => runs.length > 0);
  return {
    chunkflux: secondsOf(mine),
    ...Object.fromEntries(
      peers.map(([tool, runs]) => {
        const other = least(runs);
        return [
          tool,
          {
            ...secondsOf(other),
            'times our processor time': rounded(other.cpu / mine.cpu),
            'times our wall time': rounded(other.wall / mine.wall),
            'largest difference of means': apart(ours[0]!, runs[0]!),
          },
        ];
      }),
    ),
  };
}

const secondsOf = ({ cpu, wall }: { cpu: number; wall: number }) => ({
  'cpu s': rounded(cpu),
  'wall s': rounded(wall),
});

const least = (runs: readonly Timed[]) => ({
  cpu: Math.min(...runs.map((run) => best(run).cpu)),
  wall: Math.min(...runs.map((run) => best(run).wall)),
});

function apart(a: Timed, b: Timed): number {
  let worst = 0;
  for (const [i, row] of a.means.entries())
    for (const [k, mean] of row.entries()) {
      const other = b.means[i]?.[k];
      if (mean === null || other === null || other === undefined || Number.isNaN(other)) continue;
      worst = Math.max(worst, Math.abs(mean - other) / Math.max(1, Math.abs(other)));
    }
  return rounded(worst);
}

/** @returns seconds a question; without a Python that has the peers, ours alone */
export async function benchZonal(): Promise<object> {
  const store = tileStore();
  const long = await longStore(store);
  const python = pythonWith('xarray', 'zarr', 'exactextract', 'pyproj', 'rio_tiler', 'rioxarray');
  const folder = mkdtempSync(join(tmpdir(), 'chunkflux-zonal-'));
  try {
    const cities = JSON.parse(readFileSync(zonesIn(store), 'utf8')) as Job['polygons'];
    const base = {
      store,
      product: MAP.product,
      group: join(store, 'products', MAP.product, 'data.zarr', '0'),
      variables: ['npp_a', 'rh_a', 'nep_a'],
      task: 'means' as const,
      step: 0,
      time: '2021',
      rounds: ROUNDS,
    };
    const series = {
      ...base,
      store: long,
      product: 'prd-long',
      group: join(long, 'products', 'prd-long', 'data.zarr', '0'),
      variables: ['npp'],
    };
    const guangzhou = cities.features[0]!;
    const { time: _, ...all } = series;
    const means = (polygons: Job['polygons'], tools: readonly string[]) =>
      sideBySide(folder, { ...base, polygons }, python, tools);
    return {
      'means of three variables, 9 cities': means(cities, ['exactextract']),
      'means of three variables, 200 polygons': means(stars(200, 0.08), ['exactextract', 'rio-tiler']),
      'means of three variables, 5,000 polygons': means(stars(5000, 0.015), ['exactextract']),
      '240 months over a city': sideBySide(
        folder,
        { ...all, task: 'series', polygons: { ...cities, features: [guangzhou] } },
        python,
        ['exactextract'],
      ),
      '240 months at a point': sideBySide(
        folder,
        { ...all, task: 'point', point: [113.31, 23.013], polygons: stars(1, 0.1) },
        python,
        ['xarray'],
        5,
      ),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function zonesIn(store: string): string {
  const kept = join(store, 'products', MAP.product, 'zones', 'spec.geojson');
  return existsSync(kept) ? kept : join(dirname(store), 'scene', 'cities.geojson');
}
