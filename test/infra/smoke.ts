/**
 * Asks a deployed stage for everything once: `npm run smoke` after `npm run deploy -- --stage NAME`, with the
 * credentials of the deploy. Uploads the inputs and the spec of a product of 3 x 3 pixels called `smoke`, waits for its
 * run, and looks at it over HTTP. A file of outputs may be named; else it is the one that SST wrote at the last deploy.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { openStore } from '../../functions/runtime/stores.ts';
import type { RunSummary } from '../../lib/job/finish.ts';
import { currentKey, runKey } from '../../lib/store/keys.ts';
import type { Store } from '../../lib/store/store.ts';
import { putEventInputs, respirationFields } from '../helpers/event-products.ts';

interface Outputs {
  /** `s3://bucket`. */
  readonly inputs: string;
  readonly store: string;
  readonly api: string;
}

const PRODUCT = 'smoke';
const PATIENCE_MS = 10 * 60_000;
const LOOK_EVERY_MS = 3000;

const file = process.argv[2] ?? '.sst/outputs.json';
const outputs: Outputs = JSON.parse(readFileSync(file, 'utf8'));
const inputs = openStore(outputs.inputs);
const store = openStore(outputs.store);
const onAws = !process.env.AWS_ENDPOINT_URL && !process.env.AWS_ENDPOINT_URL_S3;

await check('the API is up', async () => expectStatus(await fetch(url('/healthz')), 200));
if (onAws) {
  await check('nobody writes without a key', async () => {
    const refused = await fetch(url(`/products/${PRODUCT}/zones/none`), { method: 'PUT', body: '{}' });
    expectStatus(refused, 401, 403);
  });
  for (const location of [outputs.inputs, outputs.store]) {
    await check(`nobody lists ${location} without rights`, async () =>
      expectStatus(await fetch(`https://${location.slice('s3://'.length)}.s3.amazonaws.com/`), 403),
    );
  }
}
await check('an uploaded spec becomes a product', async () => {
  const before = await currentRun(store);
  await putEventInputs(openStore(`${outputs.inputs}/${PRODUCT}`));
  const spec = respirationFields({
    product: PRODUCT,
    inputs: `../${PRODUCT}`,
    title: `Smoke of ${Date.now()}`,
  });
  await inputs.put(`specs/${PRODUCT}.yaml`, new TextEncoder().encode(stringify(spec)));
  const { state, because } = await endOfRunAfter(before);
  if (state !== 'complete') throw new Error(`its run is ${state}: ${JSON.stringify(because)}`);
});
await check('the API shows it', async () => expectStatus(await fetch(url(`/products/${PRODUCT}`)), 200));

function url(path: string): string {
  return new URL(path, outputs.api).href;
}

async function check(what: string, look: () => Promise<void>): Promise<void> {
  const began = performance.now();
  try {
    await look();
  } catch (error) {
    console.error(`not so: ${what}: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
  console.log(`${what} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
}

function expectStatus({ status, url }: Response, ...wanted: number[]): void {
  if (!wanted.includes(status)) throw new Error(`${url} answered ${status}`);
}

async function currentRun(from: Store): Promise<string | undefined> {
  const current = await from.get(currentKey(PRODUCT));
  return current && JSON.parse(new TextDecoder().decode(current.bytes)).run;
}

/** How the run ended that took the place of another. */
async function endOfRunAfter(before: string | undefined): Promise<RunSummary> {
  for (const last = Date.now() + PATIENCE_MS; Date.now() < last; await pause(LOOK_EVERY_MS)) {
    const run = await currentRun(store);
    const ended = run && run !== before ? await store.get(runKey(run)) : undefined;
    if (ended) return JSON.parse(new TextDecoder().decode(ended.bytes));
  }
  throw new Error(
    `nothing after ${PATIENCE_MS / 60_000} minutes; see the log of the Input function and its dead letters`,
  );
}
