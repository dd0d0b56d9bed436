#!/usr/bin/env node
// Starts the CLI on the Node that the project pins, as TypeScript runs as it is from Node 24 on and the one that npm started us
// with may be older; and with settings that only count from the start of a process, for which this process becomes another.
import { spawn } from 'node:child_process';
import module, { createRequire } from 'node:module';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Node keeps what it compiled, and TypeScript without its types, also for the worker threads: a second start takes half the time.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');

// glibc would keep what threads free, each in an arena of its own, and let fewer arrays go back to the system with each one
// that is freed: chunks pass through in arrays of megabytes. Other C libraries do not look at these.
const MEMORY = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '1048576' };

// A plan leaves much behind that is soon garbage: V8 would let the space for new objects grow to 64 MiB and keep it.
const FLAG = '--max-semi-space-size=4';

const cli = new URL('./cli.ts', import.meta.url);
const args = [FLAG, fileURLToPath(cli), ...process.argv.slice(2)];
const [major] = process.versions.node.split('.').map(Number);

if (major < 24) startPinned();
else if (canBecome()) become(process.execPath, [...process.execArgv, ...args]);
else {
  module.enableCompileCache();
  await import(cli.href);
}

/** Not on Windows; and a debugger stays with the process that it was asked for. */
function canBecome() {
  const isDebugged = /--inspect/.test([...process.execArgv, process.env.NODE_OPTIONS].join(' '));
  return process.platform !== 'win32' && process.execve !== undefined && !isDebugged;
}

/** The same process goes on as that program: its signals, exit code and terminal stay. */
function become(node, argv) {
  process.execve(node, [node, ...argv], { ...MEMORY, ...process.env });
}

function startPinned() {
  const pinned = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
  const child = spawn(pinned, args, { stdio: 'inherit', env: { ...MEMORY, ...process.env } });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(
      `chunkflux needs Node 24 or the package "node" that npm installs with it: ${error.message}`,
    );
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
