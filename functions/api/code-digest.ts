import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

let known: string | undefined;

/** Names the code that answers: of all files of the bundle that it runs from, or of all sources. */
export function codeDigest(): string {
  known ??= digestOfFiles(
    import.meta.url.endsWith('/functions/api/code-digest.ts') ? sources() : bundled(import.meta.url),
  );
  return known;
}

/** A bundle is split: what is loaded late lies beside the file that we are in. */
function bundled(file: string): string[] {
  const names = readdirSync(new URL('./', file)).filter((name) => name.endsWith('.mjs'));
  return names.sort().map((name) => new URL(name, file).href);
}

function sources(): string[] {
  return ['lib/', 'functions/'].flatMap((folder) => {
    const root = new URL(`../../${folder}`, import.meta.url);
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    return names.sort().map((name) => new URL(name, root).href);
  });
}

function digestOfFiles(urls: readonly string[]): string {
  const hash = createHash('sha256');
  for (const url of urls) hash.update(readFileSync(fileURLToPath(url)));
  return hash.digest('hex').slice(0, 32);
}
