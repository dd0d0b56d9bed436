import type { Command } from 'commander';
import type { Options } from '../actions/preview.ts';

export function addPreview(program: Command): void {
  program
    .command('preview')
    .description('draw a map with legend, title and units')
    .argument('<product>', 'name of the product, or its spec file')
    .option('--variable <name>', 'what to draw', 'nep_a')
    .option('--time <period>', 'a year or a month (2021, 2021-07); the last when absent')
    .option('--year', 'twelve small maps of the months of --time')
    .option('--zones <file>', "GeoJSON to draw borders of; the spec's own when absent")
    .option('--out <file>', 'PNG; <product>_<variable>_<time>.png when absent')
    .action(async (name: string, options: Options) => {
      const { drawPreview } = await import('../actions/preview.ts');
      await drawPreview(name, options, program.opts().store);
    });
}
