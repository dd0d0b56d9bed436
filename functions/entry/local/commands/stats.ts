import { type Command, Option } from 'commander';
import type { Options } from '../actions/stats.ts';

export function addStats(program: Command): void {
  program
    .command('stats')
    .description('means, totals, valid share and area of zones; of a class variable, the share of each class')
    .argument('<product>', 'name of the product, or its spec file')
    .option('--variable <names...>', 'what to reduce', ['npp_a', 'rh_a', 'nep_a'])
    .option('--time <period>', 'a year or a month (2021, 2021-07); all steps when absent')
    .addOption(
      new Option(
        '--over <rule>',
        'each year or month is a row, or one row is the sum or the mean of them all',
      )
        .choices(['each', 'sum', 'mean'])
        .default('each'),
    )
    .option('--zones <file>', "GeoJSON of polygons; the spec's own when absent")
    .option('--zone-id <property>', 'property of the GeoJSON that tells zones apart')
    .option('--zone-name <property>', 'property of the GeoJSON that names them')
    .addOption(
      new Option(
        '--weights <rule>',
        'a pixel belongs to the zone that holds its centre, or by its share of the area',
      )
        .choices(['centre', 'coverage'])
        .default('centre'),
    )
    .addOption(
      new Option('--format <format>', 'how to say it').choices(['table', 'csv', 'json']).default('table'),
    )
    .addOption(
      new Option(
        '--classes <rule>',
        'by class of land cover: the majority of each pixel, or the fractions in it',
      ).choices(['majority', 'fractions']),
    )
    .option('--cover <file>', "of --classes: GeoTIFF of another land cover than the product's own")
    .option(
      '--legend <name>',
      'of --cover: glc-fcs30, worldcover, igbp, or a JSON or YAML file {code: class}',
    )
    .option('--renormalise', 'with fractions: a mixed pixel goes to its classes but water and snow')
    .option('--out <file>', 'write it there instead of printing it')
    .option('--chart <file>', 'also draw the means through time, PNG')
    .option('--zone <id>', 'of --chart: one zone; all together when absent')
    .action(async (name: string, options: Options) => {
      const { showStats } = await import('../actions/stats.ts');
      await showStats(name, options, program.opts().store);
    });
}
