import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Store } from '../../lib/store/store.ts';

export interface Ended {
  /** Of a process that a signal ended, null. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Cli {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

export const CLI = fileURLToPath(new URL('../../functions/entry/local/cli.ts', import.meta.url));

/** Starts the command line in a process of its own. */
export function startCli(args: readonly string[], env: NodeJS.ProcessEnv = {}): Cli {
  return watch(spawn(process.execPath, [CLI, ...args], { env: { ...process.env, ...env } }));
}

export const runCli = (args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> =>
  startCli(args, env).ended;

export function watch(child: ChildProcess): Cli {
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (text) => {
    said.stdout += text;
  });
  child.stderr?.on('data', (text) => {
    said.stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...said }));
  return { process: child, ended };
}

/** Waits until a store holds so many objects under a prefix; false when the process ends before. */
export async function untilThere(cli: Cli, store: Store, prefix: string, count: number): Promise<boolean> {
  while (cli.process.exitCode === null && cli.process.signalCode === null) {
    let found = 0;
    for await (const _ of store.list(prefix)) found++;
    if (found >= count) return true;
    await pause(2);
  }
  return false;
}
