import { basename, dirname, resolve } from 'node:path';
import { BadRequest } from '../../../../lib/errors.ts';
import { MONTH_NAMES } from '../../../../lib/grid/calendar.ts';
import type { Layer } from '../../../../lib/raster/layer.ts';
import { modelNamed } from '../../../../lib/science/models.ts';
import { drawMap } from '../../../../lib/view/draw-map.ts';
import { drawYear } from '../../../../lib/view/draw-year.ts';
import type { LegendVariable } from '../../../../lib/view/legend.ts';
import { readField } from '../../../../lib/view/read-field.ts';
import { openStore } from '../../../runtime/stores.ts';
import { type OpenProduct, openProduct } from '../open-product.ts';
import { type Steps, stepsOf } from '../period-option.ts';
import { featuresOf, outlinesOf } from '../zones.ts';

export interface Options {
  readonly variable: string;
  readonly time?: string;
  readonly year?: boolean;
  readonly zones?: string;
  readonly out?: string;
}

/** Pixels that a picture reads at most; finer ones would not be seen. */
const MAP_PIXELS = 4_000_000;
const PANEL_PIXELS = 500_000;

export async function drawPreview(name: string, options: Options, store: string): Promise<void> {
  const product = await openProduct(name, store);
  const layer = await product.layer(options.variable);
  const steps = stepsOf(layer, options.time);
  const png = await draw(product, layer, steps, options);
  const out = options.out ?? `${product.id}_${options.variable}_${steps.label}.png`;
  await openStore(dirname(resolve(out))).put(basename(out), png);
  console.log(out);
}

async function draw(product: OpenProduct, layer: Layer, steps: Steps, options: Options): Promise<Uint8Array> {
  const variable = legendVariable(product, options.variable, layer);
  const zones = outlinesOf(await featuresOf(product, options));
  const { missing, recorded } = await product.gaps();
  const gaps = missing > 0 ? ` · ${missing} of ${recorded} chunks are missing` : '';
  const about = {
    variable,
    zones,
    title: variable.title,
    subtitle: `${product.spec.title}${product.spec.title.endsWith(steps.label) ? '' : ` · ${steps.label}`}${gaps}`,
    ...(attribution(product) && { attribution: attribution(product)! }),
  };
  const kind = variable.flags ? 'class' : 'mean';
  if (options.year) return drawMonths(layer, steps, about, kind);
  if (steps.t1 - steps.t0 > 1) {
    throw new BadRequest(
      '--time',
      `${steps.label} has ${steps.t1 - steps.t0} steps of ${options.variable}; say a month, or --year`,
    );
  }
  const { values, grid } = await readField(layer, { step: steps.t0, kind, maxPixels: MAP_PIXELS });
  return drawMap({ ...about, values, grid });
}

async function drawMonths(
  layer: Layer,
  { t0, t1, label }: Steps,
  about: Omit<Parameters<typeof drawYear>[0], 'panels' | 'grid'>,
  kind: 'class' | 'mean',
): Promise<Uint8Array> {
  if (t1 - t0 !== 12)
    throw new BadRequest(
      '--year',
      `${label} has ${t1 - t0 === 1 ? 'one step' : `${t1 - t0} steps`} of ${about.variable.name}, not twelve months; say a year by --time and a monthly variable`,
    );
  const fields = [];
  for (let step = t0; step < t1; step++)
    fields.push(await readField(layer, { step, kind, maxPixels: PANEL_PIXELS }));
  const panels = fields.map(({ values }, i) => ({ label: MONTH_NAMES[i]!, values }));
  return drawYear({ ...about, grid: fields[0]!.grid, panels });
}

/** What the model declares of an output, by its short name; what the file says where it is none. */
function legendVariable({ spec }: OpenProduct, name: string, { facts }: Layer): LegendVariable {
  const output = modelNamed(spec.model).outputs[name];
  const title = (output?.title ?? facts.longName ?? name).replace(/[,;].*/, '');
  if (!output) return { name, title, units: facts.units ?? '1' };
  const { units, flags } = output;
  return { name, title, units, ...(flags && { flags }) };
}

const attribution = ({ spec }: OpenProduct): string | undefined =>
  [spec.about.references, spec.about.comment].filter(Boolean).join('. ') || undefined;
