import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Options } from '../actions/validate.ts';

export function addValidate(program: Command): void {
  program
    .command('validate')
    .description('agreement of an annual variable with a reference map: R2, RMSE, slope, bias')
    .argument('<product>', 'name of the product, or its spec file')
    .requiredOption('--reference <file>', 'GeoTIFF whose pixels are whole squares of those of the product')
    .addOption(
      new Option('--form <form>', 'Npp_500m of MOD17A3HGF as it is stored, or plain gC m-2 a-1')
        .choices(['mod17', 'plain'])
        .default('mod17'),
    )
    .option('--variable <name>', 'annual variable', 'npp_a')
    .option('--time <year>', 'the last one when absent')
    .option('--zones <file>', "GeoJSON to draw within; the spec's own when absent")
    .option('--everywhere', 'draw from the whole of what both maps cover')
    .option('--sample <number>', 'points to draw', whole, 2395)
    .option('--seed <number>', 'of the sample: equal seeds draw the same points', whole, 1)
    .option('--seeds <number>', 'seeds over which the scores spread', whole, 100)
    .addOption(
      new Option('--format <format>', 'csv lists the drawn points')
        .choices(['table', 'json', 'csv'])
        .default('table'),
    )
    .action(async (name: string, options: Options) => {
      const { showAgreement } = await import('../actions/validate.ts');
      await showAgreement(name, options, program.opts().store);
    });
}

function whole(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is no whole number.');
}
