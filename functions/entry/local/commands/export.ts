import { type Command, Option } from 'commander';
import type { Options } from '../actions/export.ts';
import { wholeNumber } from '../whole-number.ts';

export function addExport(program: Command): void {
  program
    .command('export')
    .description('copy a product for other software: Zarr v2 for older readers, or a COG a step')
    .argument('<product>', 'name of the product, or its spec file')
    .addOption(new Option('--format <format>', 'what to write').choices(['zarr', 'cog']).default('zarr'))
    .addOption(
      new Option('--zarr-format <n>', 'of --format zarr; 3 is what the store holds')
        .choices(['2', '3'])
        .default('2'),
    )
    .option('--variable <names...>', 'which variables; all of them for zarr, npp_a rh_a nep_a for cog', [])
    .option('--time <period>', 'of --format cog: a year or a month (2021, 2021-07); all when absent')
    .option('--level <n>', 'of the pyramid; 0 is native', wholeNumber(0), 0)
    .option('--to <location>', 'folder or s3://bucket/prefix', 'export')
    .action(async (name: string, options: Options) => {
      const { exportProduct } = await import('../actions/export.ts');
      await exportProduct(name, options, program.opts().store);
    });
}
