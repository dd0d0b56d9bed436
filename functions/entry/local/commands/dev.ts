import type { Command } from 'commander';
import type { Options } from '../actions/dev.ts';

export function addDev(program: Command): void {
  program
    .command('dev')
    .description(
      'the whole cloud on this machine: an S3 bucket to drop inputs into, handlers, products, the API',
    )
    .option('--port <number>', 'port of the API; 0 takes a free one', '8080')
    .option('--s3-port <number>', 'port of the S3 server; 0 takes a free one', '9000')
    .action(async (options: Options) => {
      const { runDev } = await import('../actions/dev.ts');
      await runDev(options, program.opts().store);
    });
}
