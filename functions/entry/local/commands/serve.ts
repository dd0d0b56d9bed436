import type { Command } from 'commander';
import type { Options } from '../actions/serve.ts';

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('serve the products of the store over HTTP: maps, tiles, totals, Zarr')
    .option(
      '--inputs <location>',
      'where the inputs of the products lie, to compute chunks on request (?fresh=true)',
    )
    .option('--port <number>', 'port to listen on; 0 takes a free one', '8080')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .action(async (options: Options) => {
      const { serveStore } = await import('../actions/serve.ts');
      await serveStore(options, program.opts().store);
    });
}
