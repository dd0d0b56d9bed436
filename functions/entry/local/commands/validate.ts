import { basename, dirname, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseGeoJson } from '../../../../lib/grid/geojson.ts';
import { openCog } from '../../../../lib/raster/cog.ts';
import type { ReferenceForm } from '../../../../lib/view/validate.ts';
import { validationTable } from '../../../../lib/view/validation-table.ts';
import { toJson } from '../../../api/reply.ts';
import { Shelf } from '../../../api/shelf.ts';
import { pointsCsv, toAnswer, validateProduct } from '../../../api/validation.ts';
import { openStore } from '../../../runtime/stores.ts';
import { openProduct } from '../open-product.ts';
import { readZoneText } from '../zones.ts';

interface Options {
  readonly reference: string;
  readonly form: ReferenceForm;
  readonly variable: string;
  readonly time?: string;
  readonly zones?: string;
  readonly everywhere?: true;
  readonly sample: number;
  readonly seed: number;
  readonly seeds: number;
  readonly format: 'table' | 'json' | 'csv';
}

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
      const { reference: file, everywhere, format, zones: _, ...asked } = options;
      const opened = await openProduct(name, program.opts().store);
      const product = await new Shelf().open(opened.world, opened.id);
      const zones = everywhere ? undefined : await readZoneText(opened, options);
      const folder = file.startsWith('s3://') ? file.slice(0, file.lastIndexOf('/')) : dirname(resolve(file));
      const answer = await validateProduct(opened.world, product, {
        ...asked,
        reference: await openCog(openStore(folder), basename(file)),
        ...(zones && { zones: parseGeoJson(zones.text) }),
      });
      if (format === 'csv') process.stdout.write(pointsCsv(answer.validation));
      else if (format === 'json') console.log(toJson(toAnswer(answer)));
      else console.log(validationTable(answer.validation, answer.classes));
    });
}

function whole(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is no whole number.');
}
