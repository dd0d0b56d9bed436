import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Asset, Page, PageAssets } from './assets.ts';

const APP = new URL('./app/', import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};
const ATLASES = ['countries-50m.json', 'countries-10m.json'];
/** Browsers of 2024: those that group by a key, beside the WebGL 2 that MapLibre asks for. */
const TARGET = ['chrome117', 'firefox119', 'safari17.4'];

/** Bundles the page in memory: program, style, worker of the map, land of Natural Earth. */
export async function buildPage(): Promise<PageAssets> {
  const { build } = await import('esbuild');
  const resolve = createRequire(import.meta.url).resolve;
  const { outputFiles } = await build({
    entryPoints: {
      main: fileURLToPath(new URL('main.ts', APP)),
      style: fileURLToPath(new URL('main.css', APP)),
      worker: resolve('maplibre-gl/dist/maplibre-gl-worker.mjs'),
    },
    outdir: 'page',
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    format: 'esm',
    target: TARGET,
    legalComments: 'eof',
    logLevel: 'error',
  });
  const built = outputFiles.map(({ path, contents }): [string, Uint8Array] => [basename(path), contents]);
  const files = [
    fileURLToPath(new URL('index.html', APP)),
    fileURLToPath(new URL('icon.svg', APP)),
    ...ATLASES.map((name) => resolve(`world-atlas/${name}`)),
  ];
  const read = files.map(
    async (path): Promise<[string, Uint8Array]> => [basename(path), await readFile(path)],
  );
  return new Map(
    [...built, ...(await Promise.all(read))].map(([name, bytes]) => [name, assetOf(name, bytes)]),
  );
}

/** Builds once, when somebody first looks; after a failure, once more. */
export function builtPage(): Page {
  let built: Promise<PageAssets> | undefined;
  return () => {
    built ??= buildPage().catch((error) => {
      built = undefined;
      throw error;
    });
    return built;
  };
}

export function assetOf(name: string, bytes: Uint8Array): Asset {
  const type = TYPES[extname(name)] ?? 'application/octet-stream';
  const etag = `"${createHash('sha1').update(bytes).digest('base64url').slice(0, 22)}"`;
  return { bytes, gzip: gzipSync(bytes), type, etag };
}
