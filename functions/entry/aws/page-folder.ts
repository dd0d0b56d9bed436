import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { Asset, Page, PageAssets } from '../../api/page/assets.ts';

/** What `files.json` says of each file of the folder; `name.gz` lies beside those that have a gzip. */
interface Listed {
  readonly name: string;
  readonly type: string;
  readonly etag: string;
  readonly gzip: boolean;
}

const LIST = 'files.json';

/** Keeps a built page in a folder, which a deploy puts beside the code: what builds it is too large for a function. */
export async function writePage(folder: URL, assets: PageAssets): Promise<void> {
  await mkdir(folder, { recursive: true });
  const listed: Listed[] = [];
  for (const [name, { bytes, gzip, type, etag }] of assets) {
    listed.push({ name, type, etag, gzip: gzip !== undefined });
    await writeFile(new URL(name, folder), bytes);
    if (gzip) await writeFile(new URL(`${name}.gz`, folder), gzip);
  }
  await writeFile(new URL(LIST, folder), JSON.stringify(listed));
}

/** The page of a folder, read when somebody first looks; undefined where there is none. */
export function pageIn(folder: URL): Page | undefined {
  if (!existsSync(new URL(LIST, folder))) return undefined;
  let read: Promise<PageAssets> | undefined;
  return () => {
    read ??= readPage(folder).catch((error) => {
      read = undefined; // the next one tries again
      throw error;
    });
    return read;
  };
}

async function readPage(folder: URL): Promise<PageAssets> {
  const listed: Listed[] = JSON.parse(await readFile(new URL(LIST, folder), 'utf8'));
  const assets = listed.map(async ({ name, type, etag, gzip }): Promise<[string, Asset]> => {
    const bytes = await readFile(new URL(name, folder));
    return [
      name,
      { bytes, ...(gzip && { gzip: await readFile(new URL(`${name}.gz`, folder)) }), type, etag },
    ];
  });
  return new Map(await Promise.all(assets));
}
