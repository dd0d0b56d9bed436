import { type Command, InvalidArgumentError, Option } from 'commander';
import { BadRequest } from '../../../../lib/errors.ts';
import { type NamedColumns, QUANTITIES, type Quantity } from '../../../../lib/science/beps/site-columns.ts';
import type { Texture } from '../../../../lib/science/beps/tile.ts';
import { PFTS } from '../../../../lib/science/pft.ts';
import type { Options, Settings } from '../actions/site.ts';

export function addSite(program: Command): void {
  program
    .command('site')
    .description('run the daily BEPS model on the table of a flux tower: CSV in, CSV and a chart out')
    .argument('<forcing>', 'CSV with a head line: time, temperature, light, humidity, leaf area, …')
    .addOption(new Option('--pft <type>', 'plant functional type').choices([...PFTS]).makeOptionMandatory())
    .requiredOption('--lat <degrees>', 'latitude, degrees north', number)
    .option(
      '--column <quantity=name:unit...>',
      `which column is what, without the unit where its head says it: ${QUANTITIES.join(', ')}; heads such as temp_degC, temp [K], TA_F or vpd_Pa are known`,
      column,
      {},
    )
    .option('--clock-offset <hours>', "hours to add to the table's clock to get local time", number, 0)
    .option('--co2 <ppm>', 'where the table has none', number)
    .option('--texture <clay,silt>', 'of the soil, % of the fine earth', texture)
    .option('--lai <file|number>', 'leaf area from a table of its own, date,lai, or one value for all days')
    .option('--clumping <index>', 'of the leaves, 0.4 to 1', number)
    .option('--mean-temp <degC>', "mean air temperature of many years; the table's own unless given", number)
    .option('--deposition <gN>', 'nitrogen that falls beyond the reference year, gN m-2 yr-1', number)
    .option(
      '--option <name=value...>',
      'of the model: nitrogen=fixed, diurnal=inst, nppClamp=null, …',
      setting,
      {},
    )
    .option('--parameter <name=value...>', "instead of the type's: vcmax25=62.5, …", setting, {})
    .option('--spin-up', 'carbon at rest first: gives AR, NPP, HR and NEP too')
    .option('--pools', 'water, carbon and nitrogen at the end of each day too')
    .option('--out <file>', 'daily results, CSV', 'site.csv')
    .option('--chart <file>', 'sums of the months, PNG')
    .action(async (forcing: string, options: Options) => {
      const { runTower } = await import('../actions/site.ts');
      await runTower(forcing, options);
    });
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('a number');
}

/** `temp=TA_F:degC`, or without the unit where the head says it: it is never guessed. */
function column(text: string, before: NamedColumns): NamedColumns {
  const match = /^(\w+)=(.+?)(?::([^:]+))?$/.exec(text);
  const quantity = QUANTITIES.find((known) => known === match?.[1]) as Quantity | undefined;
  if (!match || !quantity) {
    throw new BadRequest('column', `"${text}"; write quantity=name:unit, one of ${QUANTITIES.join(', ')}`);
  }
  return { ...before, [quantity]: { column: match[2]!, ...(match[3] && { unit: match[3] }) } };
}

function texture(text: string): Texture {
  const [clay, silt, ...more] = text.split(',').map(Number);
  if (more.length > 0 || !(clay! >= 0 && silt! >= 0 && clay! + silt! <= 100))
    throw new InvalidArgumentError('clay and silt in %, together at most 100: 25,35');
  return { clay: clay!, silt: silt! };
}

/** `nppClamp=null`, `nitrogen=fixed`: JSON, or a word. */
function setting(text: string, before: Settings): Settings {
  const match = /^(\w+)=(.+)$/.exec(text);
  if (!match) throw new InvalidArgumentError('write name=value');
  return { ...before, [match[1]!]: jsonOr(match[2]!) };
}

function jsonOr(word: string): unknown {
  try {
    return JSON.parse(word);
  } catch (err) {
    if (err instanceof SyntaxError) return word;
    throw err;
  }
}
