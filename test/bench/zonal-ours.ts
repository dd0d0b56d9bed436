/**
 * Our side of `zonal.ts`, in a process of its own: an API that runs is asked, round by round; it keeps no pixel. Within
 * the clock are the text of the request and the bytes of the answer; to write the one and to read the other is the
 * client's work.
 */
import { readFileSync } from 'node:fs';
import { createApp } from '../../functions/api/app.ts';
import { openWorld } from '../../functions/entry/local/open-job.ts';

const job = JSON.parse(readFileSync(process.argv[2]!, 'utf8'));
const root = `/products/${job.product}`;
/** A server's code is compiled, as the peers' is. */
const WARM_ROUNDS = job.task === 'series' ? 2 : 20;

interface Answer {
  readonly zones: { periods: { validArea: number; variables: Record<string, { mean: number | null }> }[] }[];
}

const app = createApp(openWorld({ store: job.store, inputs: job.store }), {
  freshMs: 60_000,
  limits: { timeoutMs: 600_000 },
});

const body = JSON.stringify({
  variables: job.variables,
  zones: job.polygons,
  ...(job.time && { time: job.time }),
  ...(job.path && { path: job.path }),
});

async function ask(): Promise<ArrayBuffer> {
  const response = await (job.task === 'point'
    ? app.request(`${root}/series/${job.point}?variable=${job.variables[0]}`)
    : app.request(`${root}/reductions`, {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/json' },
      }));
  if (response.status !== 200) throw new Error(await response.text());
  return response.arrayBuffer();
}

function numbersIn(bytes: ArrayBuffer): { means: (number | null)[][]; area: number } {
  const answer = JSON.parse(new TextDecoder().decode(bytes));
  if (job.task === 'point') return { means: [answer.values], area: Number.NaN };
  const { zones } = answer as Answer;
  const names = job.variables as string[];
  return {
    means: zones.map(({ periods }) =>
      periods.flatMap(({ variables }) => names.map((name) => variables[name]!.mean)),
    ),
    area: zones.reduce((sum, { periods }) => sum + (periods[0]?.validArea ?? 0), 0),
  };
}

const cpu: number[] = [];
const wall: number[] = [];
let answer = await ask();
for (let i = 1; i < WARM_ROUNDS; i++) answer = await ask();
for (let i = 0; i < job.rounds; i++) {
  const [before, start] = [process.cpuUsage(), performance.now()];
  answer = await ask();
  const { user, system } = process.cpuUsage(before);
  wall.push((performance.now() - start) / 1000);
  cpu.push((user + system) / 1e6);
}
console.log(JSON.stringify({ cpu, wall, ...numbersIn(answer) }));
