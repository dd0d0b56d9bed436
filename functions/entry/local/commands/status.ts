import type { Command } from 'commander';
import type { Options } from '../actions/status.ts';

export function addStatus(program: Command): void {
  program
    .command('status')
    .description('say which chunks are there, which are stale and why some are missing')
    .argument('<spec>', 'spec file, YAML or JSON')
    .option('--json', 'as JSON')
    .action(async (specPath: string, options: Options) => {
      const { showStatus } = await import('../actions/status.ts');
      await showStatus(specPath, options, program.opts().store);
    });
}
