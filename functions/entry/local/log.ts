import { createRequire } from 'node:module';
import type { Logger } from 'pino';
import type { Log } from '../../../lib/job/world.ts';

const require = createRequire(import.meta.url);

/** Levels by weight, as pino has them. */
const WEIGHTS: Readonly<Record<string, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: Number.POSITIVE_INFINITY,
};

/**
 * Log of the command line, on standard error so that tables and JSON stay clean. pino and its printer are fifty files:
 * the first line that is to be said loads them, so that commands and threads with nothing to say start without.
 */
export function localLog(level = process.env.CHUNKFLUX_LOG ?? 'warn'): Log {
  let log: Logger | undefined;
  const say = (kind: keyof Log) => (facts: object, message: string) => {
    if (WEIGHTS[kind]! < (WEIGHTS[level] ?? 0)) return;
    log ??= openLog(level);
    log[kind](facts, message);
  };
  return { info: say('info'), warn: say('warn'), error: say('error') };
}

function openLog(level: string): Logger {
  const { pino } = require('pino') as typeof import('pino');
  const pretty = require('pino-pretty') as typeof import('pino-pretty');
  const stream = pretty({
    colorize: process.stderr.isTTY,
    singleLine: true,
    ignore: 'pid,hostname',
    destination: 2,
    sync: true,
  });
  return pino({ level }, stream);
}
