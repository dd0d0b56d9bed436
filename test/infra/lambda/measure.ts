/**
 * Measures the functions of a deploy on this machine, for docs/bench-aws.md: `node test/infra/lambda/measure.ts`. Needs
 * SST and the runtime client (`npm run iac:install`, `npm ci --prefix test/infra/runtime`). Nothing is asked of AWS.
 */
import { readdirSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Deploy } from '../offline/deploy.ts';
import { planStage } from '../offline/plan.ts';
import { AwsHere, get } from './aws-here.ts';
import { doPlaces, putInputs, putSpec } from './bench-product.ts';
import { compareSettings, median } from './compare-settings.ts';

const COLD_STARTS = 7;
const WARM_CALLS = 50;
const NOTHING = { Records: [] };
const KB = 1024;

const deploy = new Deploy(await planStage('bench'));
const aws = await AwsHere.start(deploy);
const bucket = deploy.bucket('Inputs').outputs.bucket;
try {
  console.log(`${cpus().length} x ${cpus()[0]!.model}, Node ${process.version}\n`);
  console.log('| function | code KB | zip KB | cold ms | of processor | warm ms | memory MB |');
  console.log('|---|---:|---:|---:|---:|---:|---:|');
  await measure('Input', NOTHING);
  await measure('Chunks', NOTHING);
  await measure('Finish', { kind: 'sweep' });
  await measure('Api', get('/healthz'));
  await measureChunks();
  await compareSettings(aws, bucket);
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
  const bundle = codeSize(deploy.plan.codeOf(fn)) / KB;
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

function codeSize(folder: string): number {
  const names = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  return names.reduce((size, name) => size + statSync(join(folder, name)).size, 0);
}

async function measureChunks(): Promise<void> {
  await putInputs(aws);
  const upload = await putSpec(aws, bucket, 'bench');
  const input = await aws.open('Input');
  const planned = await input.invoke(upload);
  console.log(
    `\nplanning: ${planned.ms.toFixed(0)} ms cold, ${input.cpuMs()} ms of processor, ${input.peakMB.toFixed(0)} MB\n`,
  );
  console.log(`of ${await plannedMB()} MB that the plan allows a place\n`);
  console.log('| place | ms | of processor | memory MB |');
  console.log('|---|---:|---:|---:|');
  const chunks = await aws.open('Chunks');
  for await (const { body, cold, ms, cpuMs, peakMB } of doPlaces(aws, chunks)) {
    const row = [ms.toFixed(0), cpuMs, peakMB.toFixed(0)];
    console.log(`| ${body}${cold ? ', cold' : ''} | ${row.join(' | ')} |`);
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
