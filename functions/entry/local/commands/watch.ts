import type { Command } from 'commander';
import { keepWatch } from '../keep-watch.ts';
import { stopOnInterrupt } from '../open-job.ts';
import { summaryText } from '../summary.ts';

export function addWatch(program: Command): void {
  program
    .command('watch')
    .description('keep a product up to date: run again whenever its spec or its inputs change')
    .argument('<spec>', 'spec file, YAML or JSON, in a folder')
    .action(async (specPath: string) => {
      const { store } = program.opts<{ store: string }>();
      await keepWatch(specPath, store, stopOnInterrupt(), (told) => {
        if ('refused' in told) console.error(told.refused);
        else console.log(summaryText(told.summary));
      });
    });
}
