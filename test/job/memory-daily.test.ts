import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { THREAD_FLAGS } from '../../functions/entry/local/pool.ts';
import { daysFromCivil } from '../../lib/grid/time.ts';
import { startRun } from '../../lib/job/start.ts';
import { fileStore } from '../../lib/store/file.ts';
import type { Store } from '../../lib/store/store.ts';
import { bepsSpec } from '../helpers/tiny-beps.ts';
import { planTiny, tinyWorld } from '../helpers/tiny-product.ts';
import { json, putV2 } from '../raster/zarr-made.ts';

const script = fileURLToPath(new URL('./processes/do-tasks.ts', import.meta.url));
const SIDE = 40;
/** Of the spin-up and of the product: 1983 and 1984. */
const DAYS = 365 + 366;

/** Weather on the product's own pixels: the most that a daily model can ask of a worker. */
async function putFineWeather(store: Store): Promise<void> {
  const first = daysFromCivil(1983, 1, 1);
  const fields = {
    tmin: ['degC', (d: number, i: number) => 4 + 8 * Math.sin(d / 58) + 0.01 * (i % 97)],
    tmax: ['K', (d: number, i: number) => 287 + 9 * Math.sin(d / 58) + 0.01 * (i % 89)],
    rad: ['W m-2', (d: number, i: number) => 150 + 90 * Math.sin(d / 58) + 0.1 * (i % 83)],
    rh: ['%', (d: number, i: number) => 60 + (d % 20) + 0.1 * (i % 79)],
    pr: ['kg m-2 s-1', (d: number, i: number) => ((d % 3) * (i % 73)) / 5e6],
    lai: ['1', (d: number) => 2 + Math.sin(d / 58)],
  } as const;
  for (const [name, [units, value]] of Object.entries(fields)) {
    const pixels = SIDE * SIDE;
    const cells = new Float32Array(DAYS * pixels);
    for (let d = 0; d < DAYS; d++) for (let i = 0; i < pixels; i++) cells[d * pixels + i] = value(d, i);
    await putV2(store, `met.zarr/${name}`, {
      cells,
      shape: [DAYS, SIDE, SIDE],
      chunks: [61, SIDE, SIDE],
      dims: ['time', 'lat', 'lon'],
      attrs: { units },
    });
  }
  for (const [dim, length, value, units] of [
    ['time', DAYS, (i: number) => first + i, 'days since 1970-01-01'],
    ['lat', SIDE, (i: number) => 48 - 0.01 * (i + 0.5), 'degrees_north'],
    ['lon', SIDE, (i: number) => 10 + 0.01 * (i + 0.5), 'degrees_east'],
  ] as const)
    await putV2(store, `met.zarr/${dim}`, {
      cells: Float64Array.from({ length }, (_, i) => value(i)),
      shape: [length],
      dims: [dim],
      attrs: { units },
    });
  await store.put('met.zarr/.zgroup', json({ zarr_format: 2 }));
}

const folder = await mkdtemp(join(tmpdir(), 'chunkflux-memory-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

it('a worker of a daily model, with weather on every pixel, needs no more memory than the plan says, and the plan says not twice as much', async () => {
  const inputs = fileStore(join(folder, 'inputs'));
  await putFineWeather(inputs);
  const of = (variable: string) => ({ zarr: 'met.zarr', variable });
  const spec = bepsSpec({
    grid: { like: 'lai', shard: [SIDE, SIDE], chunk: [SIDE, SIDE] },
    time: { from: '1984-01', to: '1984-12' },
    outputs: ['gpp_d', 'nep_d', 'nep', 'nep_a', 'qa'],
    params: {
      tiles: { types: ['DBF', 'GRA'], shares: 'layers' },
      spinUp: { from: 1983, to: 1983, years: 0, most: 0 },
    },
    sources: {
      tempMin: of('tmin'),
      tempMax: of('tmax'),
      shortwave: of('rad'),
      relativeHumidity: of('rh'),
      precipitation: of('pr'),
      lai: of('lai'),
      co2: { constant: 350 },
      share_dbf: { constant: 0.5 },
      share_gra: { constant: 0.4 },
    },
  });
  const world = tinyWorld(inputs, fileStore(join(folder, 'store')));
  const planned = await planTiny(world, spec);
  await startRun(world, planned);
  const bound = Math.max(...planned.plan.tasks.map(({ memory }) => memory));
  const args = [join(folder, 'store'), join(folder, 'inputs'), planned.plan.run, 'run'];
  const { peak, states } = JSON.parse(
    execFileSync(process.execPath, [...THREAD_FLAGS, script, ...args], {
      encoding: 'utf8',
    }),
  );
  expect(states).toEqual(['computed']);
  const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
  const said = `planned ${mib(bound)}, held ${mib(peak)} MiB`;
  expect(peak, said).toBeLessThanOrEqual(bound);
  expect(bound, said).toBeLessThanOrEqual(2 * peak);
});
