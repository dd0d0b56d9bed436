import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import { allocate, type Cells } from '../../lib/grid/cells.ts';
import { cStrides } from '../../lib/raster/codecs.ts';
import { ZarrArray } from '../../lib/raster/zarr-array.ts';
import { cellType } from '../../lib/raster/zarr-meta.ts';
import { joinKey, openTree } from '../../lib/raster/zarr-tree.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';

/** The folder of third-party stores; absent outside the project's machines. */
export const shelf = fileURLToPath(new URL('../../../shared/data/zarr/', import.meta.url));
export const hasShelf = existsSync(shelf);

/** Every file of the shelf, and of the zip files on it, in memory: `manzt+zarrita.js/…`, `…zip!/data.zarr/…`. */
export async function shelfStore(): Promise<Store> {
  const store = memoryStore();
  for (const entry of readdirSync(shelf, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = `${entry.parentPath}/${entry.name}`.slice(shelf.length).replace(/^\//, '');
    const bytes = readFileSync(`${shelf}${path}`);
    if (path.endsWith('.zip'))
      for (const [name, body] of unzip(bytes)) await store.put(`${path}!/${name}`, body);
    else await store.put(path, bytes);
  }
  return store;
}

/** Files of a zip archive, stored or deflated, by its central directory. */
export function* unzip(zip: Buffer): Generator<[string, Uint8Array]> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const count = zip.readUInt16LE(end + 10);
  for (let i = 0, at = zip.readUInt32LE(end + 16); i < count; i++) {
    const [method, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [nameLength, extra, comment] = [28, 30, 32].map((o) => zip.readUInt16LE(at + o)) as [
      number,
      number,
      number,
    ];
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const body = zip.subarray(start, start + size);
    if (!name.endsWith('/')) yield [name, method === 8 ? zlib.inflateRawSync(body) : body];
    at += 46 + nameLength + extra + comment;
  }
}

/** All cells of one array, in C order. */
export async function readWhole(
  store: Store,
  path: string,
  absentChunks: 'error' | 'fill' = 'fill',
): Promise<{ shape: readonly number[]; cells: Cells }> {
  const meta = await (await openTree(store, path)).array('');
  if (!meta) throw new Error(`${path} is a group`);
  const heads = new Map();
  for await (const head of store.list(`${path}/`)) heads.set(head.key, head);
  const array = new ZarrArray(store, joinKey(path), meta, { title: path, heads, absentChunks });
  const count = meta.shape.reduce((n, d) => n * d, 1);
  if (count > 2 ** 26) throw new Error(`${path} has ${count} cells`);
  const cells = allocate(cellType(meta.type), count);
  const box = { start: meta.shape.map(() => 0), stop: meta.shape };
  await array.read(box, { cells, offset: 0, strides: cStrides(meta.shape) });
  return { shape: meta.shape, cells };
}
