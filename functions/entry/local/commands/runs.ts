import type { Command } from 'commander';
import type { Options } from '../actions/runs.ts';
import { wholeNumber } from '../whole-number.ts';

export function addRuns(program: Command): void {
  program
    .command('runs')
    .description('list runs and refused specs, or say how one run ended and what it took')
    .argument('[run]', 'name of a run')
    .option('--count <number>', 'how many of the latest', wholeNumber(1), 20)
    .option('--json', 'as JSON')
    .action(async (run: string | undefined, options: Options) => {
      const { showRuns } = await import('../actions/runs.ts');
      await showRuns(run, options, program.opts().store);
    });
}
