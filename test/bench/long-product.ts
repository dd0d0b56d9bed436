/** Twenty years of the small scene: its two computed years, again and again, under a spec that says twenty. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Shelf } from '../../functions/api/shelf.ts';
import { openWorld } from '../../functions/entry/local/open-job.ts';
import { writeMetadata } from '../../lib/job/outputs.ts';
import { resolveProduct } from '../../lib/job/product.ts';
import { type ChunkRecord, encodeJson } from '../../lib/job/record.ts';
import { acceptProduct } from '../../lib/job/start.ts';
import { recordKey } from '../../lib/store/keys.ts';
import { MAP } from './tile-servers.ts';

const YEARS = 20;
const NAME = 'prd-long';

/** @returns the store that holds it, beside the given one; made once and kept */
export async function longStore(store: string): Promise<string> {
  const folder = join(store, '..', 'long');
  if (existsSync(join(folder, 'products', NAME, 'records'))) return folder;
  const from = openWorld({ store, inputs: store });
  const to = openWorld({ store: folder, inputs: folder });
  const { product: short } = await new Shelf().open(from, MAP.product);
  const spec = {
    ...short.spec,
    product: NAME,
    outputs: ['npp', 'npp_a'],
    checks: [],
    time: { from: '2021-01', to: `${2020 + YEARS}-12` },
  };
  const product = resolveProduct(spec, short.grid);
  await acceptProduct(to, product);
  await writeMetadata(to, product);
  for (const { level, shards } of product.levels) {
    for (let y = 0; y < shards.height; y++) {
      for (let x = 0; x < shards.width; x++) {
        for (let t = 0; t < YEARS; t++) await copyChunk(level, { t, y, x });
      }
    }
  }
  return folder;

  async function copyChunk(level: number, at: { t: number; y: number; x: number }): Promise<void> {
    const old = { ...at, t: at.t % short.windows.length };
    const record = await from.store.get(recordKey(MAP.product, level, old));
    if (!record)
      throw new Error(`${MAP.product} has no chunk ${JSON.stringify({ level, ...old })}; run it again`);
    const { sums, ...rest } = JSON.parse(new TextDecoder().decode(record.bytes)) as ChunkRecord;
    for (const name of ['npp', 'npp_a']) {
      for (const array of [name, `${name}_valid_area`]) {
        const key = (id: string, t: number) =>
          `products/${id}/data.zarr/${level}/${array}/c/${t}/${at.y}/${at.x}`;
        const shard = await from.store.get(key(MAP.product, old.t));
        if (shard) await to.store.put(key(NAME, at.t), shard.bytes);
      }
    }
    const kept = Object.fromEntries(
      Object.entries(sums).filter(([name]) => name === 'npp' || name === 'npp_a'),
    );
    await to.store.put(
      recordKey(NAME, level, at),
      encodeJson({ ...rest, at, sums: kept, digest: `${rest.digest}${at.t}` }),
    );
  }
}
