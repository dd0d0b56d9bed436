import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { THREAD_FLAGS } from '../../functions/entry/local/pool.ts';
import { mergeCounts } from '../../lib/job/prepare.ts';
import { type Planned, startRun } from '../../lib/job/start.ts';
import type { World } from '../../lib/job/world.ts';
import { fileStore } from '../../lib/store/file.ts';
import { putTinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import { planTiny, tinySpec, tinyWorld } from '../helpers/tiny-product.ts';

const script = fileURLToPath(new URL('./processes/do-tasks.ts', import.meta.url));

let folder: string;
let world: World;
/** Of 768 x 512 pixels: a whole shard, a part of one, and the chunk above them. */
const country = tinyInputs({ rows: 768, cols: 512, pixel: 0.0025, years: [2021], perMonth: 1 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chunkflux-memory-'));
  const inputs = fileStore(join(folder, 'inputs'));
  await putTinyInputs(inputs, country);
  world = tinyWorld(inputs, fileStore(join(folder, 'store')));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Does all tasks of a plan in a process of its own, with the heap that workers have. @returns the most memory it held, bytes */
function peakOf({ plan }: Planned, kind: 'count' | 'run'): number {
  const args = [...THREAD_FLAGS, script, join(folder, 'store'), join(folder, 'inputs'), plan.run, kind];
  const { peak, states } = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  if (kind === 'run') expect(new Set(states)).toEqual(new Set(['computed']));
  return peak;
}

describe('a worker that does chunks of 12 x 512 x 512 and the one above them', () => {
  it.each([
    ['one output', ['nep'], {}],
    ['ten outputs', undefined, {}],
    ['one output and the mean year of each cell', ['nep'], { topt: { year: 'climatology' } }],
  ])(
    'needs, with %s, no more memory than the plan says, and the plan says not twice as much',
    async (what, outputs, params) => {
      const fields = {
        product: what.replaceAll(' ', '-'),
        params,
        grid: { like: 'ndvi' },
        time: { from: '2021-01', to: '2021-12' },
      };
      const planned = await planTiny(world, tinySpec({ ...fields, ...(outputs && { outputs }) }));
      await startRun(world, planned);
      const { plan, product } = planned;
      expect(product.levels).toHaveLength(2);
      const bound = Math.max(...plan.tasks.map(({ memory }) => memory));
      const counting = peakOf(planned, 'count');
      await mergeCounts(world, product, () => plan.tasks, plan.counts);
      const computing = peakOf(planned, 'run');
      const said = `planned ${mib(bound)}, counted in ${mib(counting)}, computed in ${mib(computing)} MiB`;
      expect(counting, said).toBeLessThanOrEqual(bound);
      expect(computing, said).toBeLessThanOrEqual(bound);
      expect(bound, said).toBeLessThanOrEqual(2 * computing);
    },
  );
});

describe('the bound', () => {
  it('grows with the pixels of a shard and with what is written of them', async () => {
    const memory = async (side: number, outputs = ['nep']) => {
      const grid = { like: 'ndvi', shard: [side, side], chunk: [side, side] };
      const { plan } = await planTiny(
        world,
        tinySpec({ grid, outputs, time: { from: '2021-01', to: '2021-12' } }),
      );
      return plan.tasks[0]!.memory;
    };
    expect(await memory(512)).toBeGreaterThan(await memory(128));
    const many = ['npp', 'rh', 'nep', 'we', 'fpar', 'apar', 'te1', 'te2'];
    expect(await memory(1024, many)).toBeGreaterThan(await memory(1024));
  });
});

const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
