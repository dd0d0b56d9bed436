import { basename, dirname, resolve } from 'node:path';
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

export interface Options {
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

export async function showAgreement(name: string, options: Options, store: string): Promise<void> {
  const { reference: file, everywhere, format, zones: _, ...asked } = options;
  const opened = await openProduct(name, store);
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
}
