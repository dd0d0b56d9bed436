import type { Command } from 'commander';
import type { Options } from '../actions/redrive.ts';

export function addRedrive(program: Command): void {
  program
    .command('redrive')
    .description('on AWS: start a run of whatever a product lacks, also what was given up or refused before')
    .argument('<product>', 'name of a product whose spec lies under specs/ of the inputs')
    .option('--json', 'the run, or why there is none, as JSON')
    .action(async (name: string, options: Options) => {
      const { redriveProduct } = await import('../actions/redrive.ts');
      await redriveProduct(name, options);
    });
}
