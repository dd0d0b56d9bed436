import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder of a test file's own, gone when its tests are done. To be asked for outside of tests and hooks. */
export function tempFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `chunkflux-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
