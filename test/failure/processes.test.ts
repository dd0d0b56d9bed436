import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkSpec } from '../../lib/job/spec.ts';
import { fileStore } from '../../lib/store/file.ts';
import type { Store } from '../../lib/store/store.ts';
import { CLI, runCli, startCli, untilThere, watch } from '../helpers/cli.ts';
import { putTinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import { runTiny, stateOf, tinyFields, tinySources, tinyWorld } from '../helpers/tiny-product.ts';

const fields = tinyFields({
  inputs: 'inputs',
  outputs: ['npp', 'nep', 'nep_a'],
  grid: { like: 'ndvi', shard: [2, 2], chunk: [2, 2] },
  params: { fpar: { range: 'table' } },
});

let folder: string;
let spec: string;
let inputs: Store;
let expected: Record<string, string>;
let at: string;
let store: Store;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chunkflux-processes-'));
  inputs = fileStore(join(folder, 'inputs'));
  await putTinyInputs(inputs, tinyInputs({ rows: 5, cols: 6, perMonth: 1 }));
  spec = await putSpec('tiny.yaml', fields);
  const world = tinyWorld(inputs);
  await runTiny(world, checkSpec(fields, 'tiny.yaml'));
  expected = await stateOf(world.store);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(() => {
  at = join(folder, `store ${++count}`);
  store = fileStore(at);
});

async function putSpec(name: string, content: object): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

const run = (path = spec) => runCli(['run', path, '--store', at]);

describe('the command line ends with', () => {
  it('0 when all is there, and says what it did; and again when there was nothing to do', async () => {
    const first = await run();
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^tiny is complete: 18 computed\./),
    });
    expect(await stateOf(store)).toEqual(expected);
    const second = await runCli(['run', spec, '--store', at, '--json']);
    expect(JSON.parse(second.stdout)).toMatchObject({ state: 'complete', chunks: { computed: 18 } });
    expect(second).toMatchObject({ code: 0, stderr: '' });
  });

  it('2 when the spec or an input is wrong, in one line that names it, and writes nothing', async () => {
    const typo = await putSpec('typo.yaml', { ...fields, outputz: fields.outputs });
    const unit = tinySources({ solar: { zarr: 'era5.zarr', variable: 'ssrd' } });
    const unsaid = await putSpec('unsaid.yaml', { ...fields, sources: unit });
    expect(await run(typo)).toMatchObject({
      code: 2,
      stderr: 'BadRequest: typo.yaml: unknown field "outputz"; did you mean "outputs"?\n',
    });
    expect(await run(unsaid)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^UnitMismatch: era5\.zarr\/ssrd \(spec\.sources\.solar\) .*\n$/),
    });
    expect(await run(join(folder, 'none.yaml'))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^NotFound: .*none\.yaml\n$/),
    });
    expect(await stateOf(store, '')).toEqual({});
  });

  it('3 when chunks are missing, and names them; status says the same', async () => {
    const key = 'era5.zarr/t2m/1.0.0';
    const path = join(folder, 'inputs', key);
    await rename(path, join(folder, 'aside'));
    try {
      const wanting = await run();
      expect(wanting.code).toBe(3);
      expect(wanting.stdout).toMatch(/^tiny is incomplete: \d+ computed, \d+ missing-input\./);
      expect(wanting.stdout).toContain(`${key} should be there and is not. Upload it and run again.`);
      expect((await runCli(['status', spec, '--store', at])).code).toBe(3);
    } finally {
      await rename(join(folder, 'aside'), path);
    }
    expect((await run()).code).toBe(0);
  });

  it('1 when the store fails', async () => {
    await writeFile(at, 'a file where the folder should be');
    expect(await run()).toMatchObject({ code: 1, stderr: expect.stringMatching(/^StoreFailure: .*\n$/) });
  });
});

describe('a process that ends in the middle', () => {
  it('by Ctrl-C says so with 130, and is gone on from', async () => {
    const cli = startCli(['run', spec, '--store', at], { CHUNKFLUX_THREADS: '1' });
    expect(await untilThere(cli, store, 'products/tiny/records/0/', 2)).toBe(true);
    cli.process.kill('SIGINT');
    expect(await cli.ended).toMatchObject({
      code: 130,
      stdout: '',
      stderr: expect.stringMatching(/Stopped\. Run the same command again to go on\.\n$/),
    });
    const left = Object.keys(await stateOf(store, 'products/tiny/records/0/')).length;
    expect(left, 'it really was in the middle').toBeLessThan(18);
    expect((await run()).code).toBe(0);
    expect(await stateOf(store)).toEqual(expected);
  });

  it('by SIGKILL, again and again, ends in the bytes of one clean run', async () => {
    const moments = [
      ['products/tiny/data.zarr/', 30],
      ['products/tiny/prepared/', 5],
      ['products/tiny/records/0/', 1],
      ['products/tiny/data.zarr/0/nep/c/', 7],
      ['products/tiny/records/', 14],
    ] as const;
    for (const [prefix, objects] of moments) {
      const cli = startCli(['run', spec, '--store', at]);
      await untilThere(cli, store, prefix, objects);
      cli.process.kill('SIGKILL');
      expect((await cli.ended).signal).toBe('SIGKILL');
    }
    expect((await run()).code).toBe(0);
    expect(await stateOf(store)).toEqual(expected);
  });
});

describe('two processes at once on one product', () => {
  it('of the same spec both end with 0, in the bytes of one', async () => {
    const ends = await Promise.all([run(), run()]);
    expect(ends.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0]);
    expect(await stateOf(store)).toEqual(expected);
  });
});

const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

describe('a disk that is full', () => {
  it.skipIf(!canMount)(
    `ends the process with 1 and says so${canMount ? '' : ' (left out: needs user namespaces to mount a small disk)'}`,
    async () => {
      await mkdir(at);
      const script = 'mount -t tmpfs -o size=300k none "$1" && exec "$2" "$3" run "$4" --store "$1"';
      const args = ['-rm', 'sh', '-c', script, 'sh', at, process.execPath, CLI, spec];
      const { code, stderr } = await watch(spawn('unshare', args)).ended;
      expect(stderr).toMatch(
        /StoreFailure: folder .*: writing products\/.*no space left on the disk\. Free some/,
      );
      expect(code).toBe(1);
    },
  );
});
