/**
 * Measures the functions of a deploy on this machine, for docs/bench-aws.md: `node test/infra/lambda/measure.ts`. Needs
 * SST and the runtime client (`npm run iac:install`, `npm ci --prefix test/infra/runtime`). Nothing is asked of AWS.
 */
import { statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { putTinyInputs, tinyInputs } from '../../helpers/tiny-inputs.ts';
import { tinyFields } from '../../helpers/tiny-product.ts';
import { Deploy } from '../offline/deploy.ts';
import { planStage } from '../offline/plan.ts';
import { AwsHere, get, messageOf, uploaded } from './aws-here.ts';

const COLD_STARTS = 7;
const WARM_CALLS = 50;
const NOTHING = { Records: [] };
const KB = 1024;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const deploy = new Deploy(await planStage('bench'));
const aws = await AwsHere.start(deploy);
try {
  console.log(`${cpus().length} x ${cpus()[0]!.model}, Node ${process.version}\n`);
  console.log('| function | bundle KB | zip KB | cold ms | of processor | warm ms | memory MB |');
  console.log('|---|---:|---:|---:|---:|---:|---:|');
  await measure('Input', NOTHING);
  await measure('Chunks', NOTHING);
  await measure('Finish', { kind: 'sweep' });
  await measure('Api', get('/healthz'));
  await measureChunks();
} finally {
  await aws.stop();
  deploy.plan.remove();
}

/** From starting the process to the answer of an event that asks for nothing; then the same event again. */
async function measure(name: string, event: unknown): Promise<void> {
  const fn = deploy.lambda(name);
  const cold: number[] = [];
  const cpu: number[] = [];
  const warm: number[] = [];
  let memory = 0;
  for (let i = 0; i < COLD_STARTS; i++) {
    const sandbox = await aws.open(name);
    cold.push((await sandbox.invoke(event)).ms);
    cpu.push(sandbox.cpuMs());
    for (let j = 0; i === 0 && j < WARM_CALLS; j++) warm.push((await sandbox.invoke(event)).ms);
    memory = Math.max(memory, sandbox.peakMB);
    await sandbox.close();
  }
  const bundle = statSync(join(deploy.plan.codeOf(fn), 'bundle.mjs')).size / KB;
  const zip = statSync(deploy.plan.zipOf(fn)).size / KB;
  const row = [
    bundle.toFixed(0),
    zip.toFixed(0),
    median(cold).toFixed(0),
    median(cpu).toFixed(0),
    median(warm).toFixed(1),
    memory.toFixed(0),
  ];
  console.log(`| ${[name, ...row].join(' | ')} |`);
}

/** A year of CASA on 768 x 512 pixels: a full chunk of 512 x 512, and a part of one. */
async function measureChunks(): Promise<void> {
  const country = tinyInputs({ rows: 768, cols: 512, pixel: 0.0025, years: [2021], perMonth: 1 });
  await putTinyInputs(aws.inputs, country);
  const time = { from: '2021-01', to: '2021-12' };
  const spec = { ...tinyFields(), product: 'bench', grid: { like: 'ndvi' }, time, inputs: '..' };
  await aws.inputs.put('specs/bench.yaml', new TextEncoder().encode(stringify(spec)));
  const input = await aws.open('Input');
  const bucket = deploy.bucket('Inputs').outputs.bucket;
  const planned = await input.invoke({
    Records: [messageOf(uploaded(bucket, 'specs/bench.yaml'), 'upload')],
  });
  console.log(
    `\nplanning: ${planned.ms.toFixed(0)} ms cold, ${input.cpuMs()} ms of processor, ${input.peakMB.toFixed(0)} MB\n`,
  );
  console.log(`of ${await plannedMB()} MB that the plan allows a place\n`);
  console.log('| place | ms | of processor | memory MB |');
  console.log('|---|---:|---:|---:|');
  const chunks = await aws.open('Chunks');
  let before = 0;
  for (let event = await aws.receive('Chunks'); event.Records.length; event = await aws.receive('Chunks')) {
    for (const message of event.Records) {
      const { ms, cold, payload, error } = await chunks.invoke({ Records: [message] });
      if (error || JSON.stringify(payload) !== '{"batchItemFailures":[]}')
        throw new Error(JSON.stringify(error ?? payload));
      const used = chunks.cpuMs();
      const row = [ms.toFixed(0), used - before, chunks.peakMB.toFixed(0)];
      console.log(`| ${message.body}${cold ? ', cold' : ''} | ${row.join(' | ')} |`);
      before = used;
    }
  }
}

async function plannedMB(): Promise<string> {
  for await (const { key } of aws.store.list('runs/2')) {
    if (!key.includes('-bench-') || !key.endsWith('/tasks/0.json')) continue;
    const tasks = JSON.parse(new TextDecoder().decode((await aws.store.get(key))!.bytes));
    return (Math.max(...tasks.map(({ memory }: { memory: number }) => memory)) / 2 ** 20).toFixed(0);
  }
  throw new Error('the upload made no plan');
}
