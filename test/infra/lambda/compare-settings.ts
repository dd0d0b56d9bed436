import type { AwsHere } from './aws-here.ts';
import { doPlaces, putSpec } from './bench-product.ts';

const TURNS = 3;

type Variables = Readonly<Record<string, string | undefined>>;

/** As on the command line, functions/entry/local/chunkflux.mjs. */
const MALLOC: Variables = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '1048576' };
const LAMBDAS_OWN: Variables = { NODE_OPTIONS: undefined };

/** What the deploy sets, the same without it, and each with what malloc is told on the command line. */
const SETTINGS: Readonly<Record<string, Variables>> = {
  'as deployed': {},
  'that, and malloc is told': MALLOC,
  "V8 by Lambda's own": LAMBDAS_OWN,
  'that, and malloc is told as well': { ...LAMBDAS_OWN, ...MALLOC },
};

interface Taken {
  readonly planMs: number;
  readonly planMB: number;
  readonly placesMs: number;
  readonly placesMB: number;
}

/** Plans and computes the same product under each of the settings, in turns; medians, of processor time and peaks. */
export async function compareSettings(aws: AwsHere, bucket: string): Promise<void> {
  const taken = Object.keys(SETTINGS).map(() => [] as Taken[]);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [i, environment] of Object.values(SETTINGS).entries())
      taken[i]!.push(await take(aws, bucket, `bench-${i}-${turn}`, environment));
  }
  console.log('\n| settings | planning ms | MB | all places ms | MB |');
  console.log('|---|---:|---:|---:|---:|');
  for (const [i, name] of Object.keys(SETTINGS).entries()) {
    const row = (['planMs', 'planMB', 'placesMs', 'placesMB'] as const).map((what) =>
      median(taken[i]!.map((each) => each[what])).toFixed(0),
    );
    console.log(`| ${[name, ...row].join(' | ')} |`);
  }
}

async function take(aws: AwsHere, bucket: string, product: string, environment: Variables): Promise<Taken> {
  const upload = await putSpec(aws, bucket, product);
  const input = await aws.open('Input', { environment });
  await input.invoke(upload);
  const plan = { planMs: input.cpuMs(), planMB: input.peakMB };
  await input.close();
  const chunks = await aws.open('Chunks', { environment });
  let placesMs = 0;
  for await (const { cpuMs } of doPlaces(aws, chunks)) placesMs += cpuMs;
  const placesMB = chunks.peakMB;
  await chunks.close();
  return { ...plan, placesMs, placesMB };
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
