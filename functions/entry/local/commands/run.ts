import type { Command } from 'commander';
import type { Options } from '../actions/run.ts';

export function addRun(program: Command): void {
  program
    .command('run')
    .description('compute what is not current; going on where an earlier run stopped')
    .argument('<spec>', 'spec file, YAML or JSON')
    .option('--json', 'the summary as JSON')
    .option(
      '--budget <usd>',
      'stop, to be gone on from, before the work would cost more than this on AWS; else the spec’s',
    )
    .action(async (specPath: string, options: Options) => {
      const { runSpec } = await import('../actions/run.ts');
      await runSpec(specPath, options, program.opts().store);
    });
}
