import type { BigIntStats, Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from './file-errors.ts';
import { compareUtf8, isKey } from './object-key.ts';

const STATS_AT_ONCE = 64;

export interface FoundFile {
  readonly key: string;
  readonly stat: BigIntStats;
}

/**
 * Every file under `root` whose key starts with `prefix`, in UTF-8 order of the whole key. Links are followed, circles
 * of links are not. Names that are no keys (our own temporary files, a backslash) are left out.
 */
export function walk(root: string, prefix: string): AsyncGenerator<FoundFile> {
  return walkFolder(root, prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix, new Set());
}

/** @param folder '' or a key ending in "/"   @param above the folders that lead here, by device and inode */
async function* walkFolder(
  root: string,
  folder: string,
  prefix: string,
  above: ReadonlySet<string>,
): AsyncGenerator<FoundFile> {
  const here = await statOf(join(root, folder));
  if (!here || (folder && !here.isDirectory())) return;
  const id = `${here.dev}:${here.ino}`;
  if (above.has(id)) return;
  const keys = (await keysIn(root, folder)).filter((key) => key.startsWith(prefix) || prefix.startsWith(key));
  for (let i = 0; i < keys.length; i += STATS_AT_ONCE) {
    const batch = keys.slice(i, i + STATS_AT_ONCE);
    const stats = await Promise.all(
      batch.map((key) => (key.endsWith('/') ? undefined : statOf(join(root, key)))),
    );
    for (const [n, key] of batch.entries()) {
      const found = stats[n];
      if (key.endsWith('/')) yield* walkFolder(root, key, prefix, new Set([...above, id]));
      else if (found?.isFile() && key.startsWith(prefix)) yield { key, stat: found };
    }
  }
}

/**
 * Keys right inside a folder. Folders carry their "/" and so sort where the keys inside them belong:
 * `a-b` < `a/b` < `a0`.
 */
async function keysIn(root: string, folder: string): Promise<string[]> {
  const entries = (await entriesOf(join(root, folder))).filter((entry) => isKey(folder + entry.name));
  const isFolder = await Promise.all(
    entries.map((entry) => leadsToFolder(join(root, folder, entry.name), entry)),
  );
  return entries.map((entry, n) => `${folder}${entry.name}${isFolder[n] ? '/' : ''}`).sort(compareUtf8);
}

async function leadsToFolder(path: string, entry: Dirent): Promise<boolean> {
  return entry.isSymbolicLink() ? Boolean((await statOf(path))?.isDirectory()) : entry.isDirectory();
}

async function entriesOf(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return []; // removed while we walk
    throw error;
  }
}

export async function statOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** Nothing is there, or something on the way is no folder. */
export function isAbsence(error: unknown): boolean {
  return errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR';
}
