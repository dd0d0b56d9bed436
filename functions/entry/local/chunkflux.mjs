#!/usr/bin/env node
// Starts the CLI on the Node that the project pins: TypeScript runs as it is from Node 24 on, and the one that npm
// started us with may be older.
import { spawn } from 'node:child_process';
import module, { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

// Node keeps what it compiled, also for the worker threads: a second start takes half the time.
module.enableCompileCache?.();
const compiled = module.getCompileCacheDir?.();
if (compiled) process.env.NODE_COMPILE_CACHE ??= compiled;

// A plan leaves much behind that is soon garbage: V8 would let the space for new objects grow to 128 MiB and keep it.
setFlagsFromString('--semi-space-growth-factor=1');

const cli = new URL('./cli.ts', import.meta.url);
const [major] = process.versions.node.split('.').map(Number);

if (major >= 24) {
  await import(cli.href);
} else {
  const pinned = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
  const child = spawn(pinned, [cli.pathname, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(
      `chunkflux needs Node 24 or the package "node" that npm installs with it: ${error.message}`,
    );
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
