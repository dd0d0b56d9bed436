import type { Command } from 'commander';
import type { Options } from '../actions/sources.ts';

export function addSources(program: Command): void {
  program
    .command('sources')
    .description('list what a product was made from, by its newest plan')
    .argument('<spec>', 'spec file, YAML or JSON')
    .option('--checksum', 'read every object whole and keep its SHA-256 with the product')
    .option('--list', 'one line an object that has a SHA-256, as sha256sum --check reads it')
    .option('--json', 'as JSON')
    .action(async (specPath: string, options: Options) => {
      const { showSources } = await import('../actions/sources.ts');
      await showSources(specPath, options, program.opts().store);
    });
}
