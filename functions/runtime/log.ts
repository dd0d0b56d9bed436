import { pino } from 'pino';
import type { Log } from '../../lib/job/world.ts';

/** Lines of JSON on standard output, as CloudWatch takes them. */
export function lambdaLog(level = process.env.CHUNKFLUX_LOG ?? 'info'): Log {
  const log = pino({ level });
  return {
    info: (facts, message) => log.info(facts, message),
    warn: (facts, message) => log.warn(facts, message),
    error: (facts, message) => log.error(facts, message),
  };
}
