import type { Command } from 'commander';
import type { Options } from '../actions/estimate.ts';

export function addEstimate(program: Command): void {
  program
    .command('estimate')
    .description(
      'say what a run would take: requests, bytes, GB-s, money; does some columns in memory to know',
    )
    .argument('<spec>', 'spec file, YAML or JSON')
    .option('--json', 'as JSON')
    .action(async (specPath: string, options: Options) => {
      const { showEstimate } = await import('../actions/estimate.ts');
      await showEstimate(specPath, options, program.opts().store);
    });
}
