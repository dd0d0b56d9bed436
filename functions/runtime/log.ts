import { pino } from 'pino';
import pretty from 'pino-pretty';
import type { Log } from '../../lib/job/world.ts';

/** Log of the command line, on standard error so that tables and JSON stay clean. */
export function localLog(level = process.env.CHUNKFLUX_LOG ?? 'warn'): Log {
  const stream = pretty({
    colorize: process.stderr.isTTY,
    singleLine: true,
    ignore: 'pid,hostname',
    destination: 2,
    sync: true,
  });
  const log = pino({ level }, stream);
  return {
    info: (facts, message) => log.info(facts, message),
    warn: (facts, message) => log.warn(facts, message),
    error: (facts, message) => log.error(facts, message),
  };
}

/** Lines of JSON on standard output, as CloudWatch takes them. */
export function lambdaLog(level = process.env.CHUNKFLUX_LOG ?? 'info'): Log {
  const log = pino({ level });
  return {
    info: (facts, message) => log.info(facts, message),
    warn: (facts, message) => log.warn(facts, message),
    error: (facts, message) => log.error(facts, message),
  };
}
