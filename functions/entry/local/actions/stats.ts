import { basename, dirname, resolve } from 'node:path';
import { BadRequest } from '../../../../lib/errors.ts';
import type { GeoGrid } from '../../../../lib/grid/geo-grid.ts';
import { type Zone, zonesOnGrid } from '../../../../lib/grid/zone.ts';
import { modelNamed } from '../../../../lib/science/models.ts';
import { shareCsv, shareJson, shareTable } from '../../../../lib/view/class-share-tables.ts';
import { reduceClassShares } from '../../../../lib/view/class-shares.ts';
import type { Over, Reduction } from '../../../../lib/view/reduce.ts';
import { zoneCsv, zoneJson, zoneTable } from '../../../../lib/view/tables.ts';
import type { TableOptions } from '../../../../lib/view/text-table.ts';
import type { CoverRule } from '../../../api/reduction/class-cover.ts';
import { openStore } from '../../../runtime/stores.ts';
import { checkedLines } from '../checked.ts';
import { landCoverStats } from '../land-cover-stats.ts';
import { type OpenProduct, openProduct } from '../open-product.ts';
import { stepsOf } from '../period-option.ts';
import { reduceProduct } from '../reduce-product.ts';
import { seriesChart } from '../series-chart.ts';
import { tableOptions } from '../terminal.ts';
import { readZoneText } from '../zones.ts';

export interface Options {
  readonly variable: string[];
  readonly time?: string;
  readonly zones?: string;
  readonly zoneId?: string;
  readonly zoneName?: string;
  readonly weights: 'centre' | 'coverage';
  readonly over: Over;
  readonly format: 'table' | 'csv' | 'json';
  readonly classes?: CoverRule;
  readonly renormalise?: true;
  readonly cover?: string;
  readonly legend?: string;
  readonly out?: string;
  readonly chart?: string;
  readonly zone?: string;
}

export async function showStats(name: string, options: Options, store: string): Promise<void> {
  if (options.renormalise && options.classes !== 'fractions')
    throw new BadRequest('--renormalise', 'is for --classes fractions');
  if (options.cover !== undefined && !options.classes)
    throw new BadRequest('--cover', 'tells classes apart; say --classes majority or fractions, too');
  if (options.legend !== undefined && options.cover === undefined)
    throw new BadRequest('--legend', 'is of --cover; give it a file, too');
  if (options.zone !== undefined && !options.chart)
    throw new BadRequest('--zone', 'chooses what --chart draws; give --chart a file, too');
  const product = await openProduct(name, store);
  if (options.classes) return sayClasses(product, { ...options, classes: options.classes });
  const zones = await readZoneText(product, options);
  if (!zones) throw new BadRequest('--zones', 'the spec names none; give a GeoJSON file by --zones');
  const onGrid: OnGrid = (grid) => zonesOnGrid(zones.text, grid, zones.names);
  const say = options.out ? {} : tableOptions();
  const classes = classVariable(product, options.variable);
  const reduction = classes ? undefined : await reduceProduct(product, onGrid, options);
  const text = reduction
    ? await fluxText(product, reduction, options, say)
    : await classText(product, classes!, onGrid, options, say);
  await sayText(text, options);
  if (reduction) await sayChecks(product, zones.text, onGrid, reduction, options);
  const { missing, recorded } = await product.gaps();
  if (missing > 0)
    console.error(`${missing} of ${recorded} chunks are missing or failed; their area counts as not valid.`);
}

async function sayText(text: string, { out }: Options): Promise<void> {
  if (!out) return console.log(text.replace(/\r?\n$/, ''));
  await save(out, new TextEncoder().encode(text));
  console.log(out);
}

/** Of the spec's own zones: others are not what its checks speak of. */
async function sayChecks(
  { spec, layer }: OpenProduct,
  geojson: string,
  onGrid: OnGrid,
  reduction: Reduction,
  { zones, zoneId, variable }: Options,
): Promise<void> {
  if (!spec.checks || zones !== undefined || zoneId !== undefined) return;
  const { facts } = await layer(variable[0]!);
  const lines = checkedLines(spec.checks, geojson, onGrid(facts.grid), reduction, variable);
  for (const line of lines) console.error(line);
}

type OnGrid = (grid: GeoGrid) => Zone[];

async function fluxText(
  product: OpenProduct,
  reduction: Reduction,
  options: Options,
  say: TableOptions,
): Promise<string> {
  if (options.chart) await save(options.chart, seriesChart(reduction, product.spec.title, options.zone));
  return { table: zoneTable, csv: zoneCsv, json: zoneJson }[options.format](reduction, say);
}

/** The one class variable that is asked for: classes have areas, no mean. @throws BadRequest when mixed with others */
function classVariable({ spec }: OpenProduct, names: readonly string[]): string | undefined {
  const { outputs } = modelNamed(spec.model);
  const classes = names.filter((name) => outputs[name]?.flags);
  if (classes.length === 0) return undefined;
  if (names.length === 1) return classes[0];
  throw new BadRequest('--variable', `${classes[0]} is a class, not a quantity; name it alone`);
}

async function classText(
  product: OpenProduct,
  name: string,
  onGrid: OnGrid,
  options: Options,
  say: TableOptions,
): Promise<string> {
  if (options.chart) throw new BadRequest('--chart', `${name} is a class; charts are of fluxes`);
  if (options.over !== 'each')
    throw new BadRequest('--over', `${name} is a class; it has no ${options.over}`);
  const layer = await product.layer(name);
  const count = layer.facts.times?.length ?? 1;
  const steps = options.time === undefined ? { t0: 0, t1: count } : stepsOf(layer, options.time);
  const variable = { name, ...modelNamed(product.spec.model).outputs[name]! };
  const zones = onGrid(layer.facts.grid);
  const shares = await reduceClassShares({ layer, variable, zones, membership: options.weights, steps });
  return { table: shareTable, csv: shareCsv, json: shareJson }[options.format](shares, say);
}

/** The product as a whole, or within the zones of a file. */
async function sayClasses(product: OpenProduct, options: Options & { classes: CoverRule }): Promise<void> {
  const within = options.zones === undefined ? undefined : await readZoneText(product, options);
  await sayText(await landCoverStats(product, within?.text, options), options);
}

const save = (file: string, bytes: Uint8Array) =>
  openStore(dirname(resolve(file))).put(basename(file), bytes);
