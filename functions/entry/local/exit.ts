import { CommanderError } from 'commander';
import { isFluxError } from '../../../lib/errors.ts';

/** 0 done · 1 failed · 2 the request or an input is wrong · 3 done, but chunks are missing · 130 stopped by Ctrl-C. */
export const EXIT = { done: 0, failed: 1, refused: 2, incomplete: 3, stopped: 130 } as const;

/** Says what went wrong in one line a person can act on; the stack only where it is our fault. */
export function exitWith(error: unknown): void {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.refused; // it has said what is wrong itself
    return;
  }
  if (error instanceof Error && error.name === 'AbortError') {
    console.error('Stopped. Run the same command again to go on.');
    process.exitCode = EXIT.stopped;
    return;
  }
  if (isFluxError(error)) {
    console.error(`${error.code}: ${error.message}`);
    process.exitCode = error.code === 'StoreFailure' ? EXIT.failed : EXIT.refused;
    return;
  }
  console.error(error);
  process.exitCode = EXIT.failed;
}
