import type { Command } from 'commander';

export function addWatch(program: Command): void {
  program
    .command('watch')
    .description('keep a product up to date: run again whenever its spec or its inputs change')
    .argument('<spec>', 'spec file, YAML or JSON, in a folder')
    .action(async (specPath: string) => {
      const { watchSpec } = await import('../actions/watch.ts');
      await watchSpec(specPath, program.opts().store);
    });
}
