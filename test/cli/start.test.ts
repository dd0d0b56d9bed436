import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CLI } from '../helpers/cli.ts';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const HOOK = path('../helpers/say-packages.ts');
const WORKER = path('../../functions/entry/local/worker.ts');
const LAUNCHER = path('../../functions/entry/local/chunkflux.mjs');

async function packagesOf(...args: readonly string[]): Promise<string[]> {
  const { stderr } = await promisify(execFile)(process.execPath, ['--import', HOOK, ...args]);
  return JSON.parse(stderr.trimEnd().split('\n').at(-1)!);
}

describe('what is loaded', () => {
  it('is only the command line when somebody asks for help', async () => {
    expect(await packagesOf(CLI, '--help')).toEqual(['commander']);
  });

  it('is, in a worker thread, no parser of headers and specs, no rare codec, log, server or cloud', async () => {
    const packages = await packagesOf(WORKER);
    expect(packages).toContain('zarrita');
    for (const idle of [
      'geotiff',
      'yaml',
      'numcodecs',
      'seek-bzip',
      'pino',
      'papaparse',
      'hono',
      'commander',
    ])
      expect(packages).not.toContain(idle);
    expect(packages.filter((name) => /^@(aws-sdk|smithy|resvg)\b/.test(name))).toEqual([]);
  });
});

describe('the launcher', () => {
  const start = (...args: readonly string[]) => spawn(process.execPath, [LAUNCHER, ...args]);

  it('ends with the code of the command', async () => {
    expect(await once(start('run', 'no-such.yaml'), 'exit')).toEqual([2, null]);
    expect(await once(start('--version'), 'exit')).toEqual([0, null]);
  });

  it.runIf(process.platform === 'linux')(
    'becomes a process that gives freed arrays back, and hears Ctrl-C itself',
    async () => {
      const child = start('serve', '--port', '0');
      await once(child.stdout, 'data');
      const env = readFileSync(`/proc/${child.pid}/environ`, 'latin1').split('\0');
      expect(env).toContain('MALLOC_ARENA_MAX=1');
      await pause(500); // it says where it listens before it listens to signals
      child.kill('SIGINT');
      expect(await once(child, 'exit')).toEqual([0, null]);
    },
  );

  it.runIf(process.platform === 'linux')('leaves alone what somebody has set', async () => {
    const child = spawn(process.execPath, [LAUNCHER, 'serve', '--port', '0'], {
      env: { ...process.env, MALLOC_ARENA_MAX: '3' },
    });
    await once(child.stdout, 'data');
    const env = readFileSync(`/proc/${child.pid}/environ`, 'latin1').split('\0');
    expect(env.filter((line) => line.startsWith('MALLOC_ARENA_MAX'))).toEqual(['MALLOC_ARENA_MAX=3']);
    child.kill('SIGKILL');
  });
});
