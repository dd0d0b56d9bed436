/**
 * `npm run bench`: every part, one after the other, as a table and as JSON.
 *
 *   npm run bench -- --only kernel,end-to-end      some parts
 *   npm run bench -- --json                        JSON alone, on standard output
 *   npm run bench -- --out bench.json              where the JSON goes otherwise (out/bench.json)
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';

/** Files of this folder, and the function in each that measures; in the order in which they run. */
const PARTS = {
  kernel: 'benchKernel',
  beps: 'benchBeps',
  cog: 'benchCog',
  zarr: 'benchZarr',
  warp: 'benchWarp',
  api: 'benchApi',
  zonal: 'benchZonal',
  events: 'benchEvents',
  'end-to-end': 'benchEndToEnd',
} as const;
type Part = keyof typeof PARTS;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    out: { type: 'string', default: 'out/bench.json' },
  },
});

function wanted(): readonly Part[] {
  const names = options.only?.split(',') ?? Object.keys(PARTS);
  const unknown = names.find((name) => !(name in PARTS));
  if (unknown === undefined) return names as Part[];
  console.error(`There is no part "${unknown}"; there are ${Object.keys(PARTS).join(', ')}.`);
  process.exit(2);
}

interface Measured {
  readonly seconds: number;
  readonly load: { readonly before: number; readonly after: number };
  readonly result: unknown;
}

/** Each part in a process of its own: a neighbour's heap and compiled code do not weigh on it. */
function measure(part: Part): Measured {
  const file = new URL(`./${part}.ts`, import.meta.url).href;
  const code = `import { ${PARTS[part]} as bench } from ${JSON.stringify(file)}; console.log(JSON.stringify(await bench()));`;
  const [before = 0] = loadavg();
  const start = performance.now();
  const text = execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 24,
  });
  const [after = 0] = loadavg();
  return { seconds: (performance.now() - start) / 1000, load: { before, after }, result: JSON.parse(text) };
}

/** Leaves of a measurement as lines of name and value. */
function* lines(value: unknown, name = ''): Generator<readonly [string, string]> {
  if (value === null || typeof value !== 'object') {
    yield [name, String(value)];
    return;
  }
  for (const [key, child] of Object.entries(value)) yield* lines(child, name ? `${name}.${key}` : key);
}

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
};
const parts: Record<string, Measured> = {};
for (const part of wanted()) {
  if (!options.json) console.log(`\n${part}`);
  const measured = measure(part);
  parts[part] = measured;
  if (options.json) continue;
  for (const [name, value] of lines(measured.result)) console.log(`  ${name.padEnd(52)} ${value}`);
  const { load } = measured;
  console.log(
    `  (${measured.seconds.toFixed(0)} s; load ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after)`,
  );
}
const text = `${JSON.stringify({ machine, parts }, null, 2)}\n`;
if (options.json) process.stdout.write(text);
else {
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(options.out, text);
  console.log(`\n${options.out}`);
}
