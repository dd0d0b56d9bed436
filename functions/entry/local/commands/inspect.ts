import type { Command } from 'commander';
import type { Options } from '../actions/inspect.ts';
import { wholeNumber } from '../whole-number.ts';

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .description('say what an input is: CRS, grid, units, time, range')
    .argument(
      '<input>',
      'a .tif, a pattern of files with {YYYY} {MM} {DD} {DDD}, or a .zarr group; a path or s3://…',
    )
    .argument('[variable]', 'of a Zarr group; all are listed without it')
    .option('--band <n>', 'band of a TIFF, from 1', wholeNumber(1), 1)
    .option('--crs <code>', 'of a Zarr group that does not say its own, such as EPSG:4326')
    .option('--no-sample', 'read headers only, no pixel')
    .option('--json', 'as JSON')
    .action(async (input: string, variable: string | undefined, options: Options) => {
      const { inspectInput } = await import('../actions/inspect.ts');
      await inspectInput(input, variable, options);
    });
}
