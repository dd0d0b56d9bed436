import { onInput } from '../../functions/on-input.ts';
import type { ChunkCoord } from '../../lib/grid/region.ts';
import { childrenOf, coarseChunk } from '../../lib/job/coarse-chunk.ts';
import { finishRun } from '../../lib/job/finish.ts';
import { worldOf } from '../../lib/job/inputs-of.ts';
import { type Product, regionOf } from '../../lib/job/product.ts';
import { type ChunkRecord, encodeJson } from '../../lib/job/record.ts';
import { readPlanInput } from '../../lib/job/start.ts';
import { wantedProducts } from '../../lib/job/wanted.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { eventPlatform } from '../helpers/event-platform.ts';
import { putEventInputs, putSpec, respirationFields } from '../helpers/event-products.ts';

/**
 * Plans, and then finishes, `side` x `side` places: `node test/bench/scale-million.ts 1000 plan`, `… finish`. The items go
 * nowhere; the records that finishing reads are made up as it asks for them.
 */
const side = Number(process.argv[2] ?? 1000);
const inputs = await putEventInputs(memoryStore('inputs'));
const pixel = 0.75 / (2 * side);
const shape = [2 * side, 2 * side];
const transform = [pixel, 0, 10, 0, -pixel, 48];
await putSpec(
  inputs,
  respirationFields({ grid: { crs: 'EPSG:4326', transform, shape, shard: [2, 2], chunk: [2, 2] } }),
);
const { world } = eventPlatform(inputs);
let sent = 0;
const queue = {
  async send(items: readonly unknown[]) {
    sent += items.length;
  },
};
let at = performance.now();
const tell = (what: string) => {
  const seconds = (performance.now() - at) / 1000;
  console.log(
    what,
    seconds.toFixed(1),
    's',
    (process.cpuUsage().user / 1e6).toFixed(0),
    's CPU so far, peak',
    Math.round(process.resourceUsage().maxRSS / 1024),
    'MiB',
  );
  at = performance.now();
};

if (process.argv[3] !== 'finish') {
  await onInput({ ...world, queue }, ['specs/spec.yaml']);
  tell(`planned and sent ${sent} tasks`);
}
if (process.argv[3] !== 'plan') {
  const { products } = await wantedProducts(world);
  const { spec } = products[0]!;
  const { product } = await readPlanInput(worldOf(world, spec), spec, world.memoryLimit);
  const finished = { ...world, store: withRecords(world.store, product) };
  at = performance.now();
  const summary = await finishRun(finished, product, 'made-up');
  tell(`finished ${summary.chunks.computed} chunks, ${summary.state},`);
}

/** The store as if every chunk of every level had been computed. */
function withRecords(store: Store, product: Product): Store {
  const { levels } = product;
  const digests: string[][] = [];
  const recordOf = (level: number, { t, y, x }: ChunkCoord): ChunkRecord => ({
    level,
    at: { t, y, x },
    region: regionOf(product, { t, y, x }, level),
    state: 'computed',
    digest: digests[level]?.[y * levels[level]!.shards.width + x] ?? 'd',
    sums: {},
    inputs: {},
  });
  for (const { level, shards } of levels.slice(1)) {
    digests[level] = Array.from({ length: shards.height * shards.width }, (_, i) => {
      const at = { t: 0, y: Math.floor(i / shards.width), x: i % shards.width };
      const children = childrenOf(product, level, at).map((child) => recordOf(level - 1, child));
      return coarseChunk(product, level, at, undefined, children).digest;
    });
  }
  return {
    ...store,
    async get(key, options) {
      const found = /\/records\/(\d+)\/0\/(\d+)\/(\d+)\.json$/.exec(key);
      if (!found) return store.get(key, options);
      const [level, y, x] = found.slice(1).map(Number) as [number, number, number];
      const bytes = new Uint8Array(encodeJson(recordOf(level, { t: 0, y, x })));
      return { key, etag: 'made up', size: bytes.length, bytes };
    },
  };
}
