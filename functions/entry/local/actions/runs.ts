import { moneyOf } from '../../../../lib/job/cost.ts';
import { refusals } from '../../../../lib/job/refusal.ts';
import type { World } from '../../../../lib/job/world.ts';
import { type Column, textTable } from '../../../../lib/view/text-table.ts';
import { effortLines } from '../cost-table.ts';
import { placeOf } from '../location.ts';
import { openWorld } from '../open-job.ts';
import { type ListedRun, latestRuns, runWithCost } from '../run-list.ts';
import { anewText, summaryText } from '../summary.ts';
import { tableOptions } from '../terminal.ts';

export interface Options {
  readonly json?: boolean;
  readonly count: number;
}

export async function showRuns(
  run: string | undefined,
  { json, count }: Options,
  store: string,
): Promise<void> {
  const at = placeOf(store);
  const world = openWorld({ store: at, inputs: at });
  if (run) await showRun(world, run, json === true);
  else await listRuns(world, count, json === true);
}

async function showRun(world: World, name: string, json: boolean): Promise<void> {
  const run = await runWithCost(world, name);
  if (json) return console.log(JSON.stringify({ ...run, usd: moneyOf(run.cost) }, null, 2));
  console.log(run.summary ? summaryText(run.summary) : `${run.run}: ${stateOf(run)}.`);
  console.log([`anew       ${anewText(run.anew)}`, ...effortLines(run.cost)].join('\n'));
}

async function listRuns(world: World, count: number, json: boolean): Promise<void> {
  const runs = await latestRuns(world, count);
  const refused = [];
  for await (const refusal of refusals(world)) refused.push(refusal);
  if (json) return console.log(JSON.stringify({ runs, refused }, null, 2));
  const table = () => textTable(COLUMNS, runs, tableOptions());
  console.log(runs.length > 0 ? table() : `No runs in ${world.store.name}.`);
  for (const { spec, code, message } of refused) console.log(`refused ${spec}: ${code}: ${message}`);
}

const COLUMNS: readonly Column<ListedRun>[] = [
  { head: 'run', align: 'left', text: ({ run }) => run },
  { head: 'product', align: 'left', text: ({ product }) => product },
  { head: 'state', align: 'left', text: (run) => stateOf(run) },
  { head: 'chunks', align: 'left', text: (run) => chunksOf(run) },
];

const stateOf = ({ summary, overtaken }: ListedRun): string =>
  summary?.state ?? (overtaken ? 'overtaken' : 'not ended');

const chunksOf = ({ summary }: ListedRun): string =>
  Object.entries(summary?.chunks ?? {})
    .filter(([, n]) => n > 0)
    .map(([state, n]) => `${n} ${state}`)
    .join(', ');
