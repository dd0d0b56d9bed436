import { watch } from 'node:fs';
import { relative, resolve } from 'node:path';

/** Changes of folders, many at once seen as one. */
export interface Changes {
  /** Resolves after the next change, once nothing more has changed for a moment; at once if one came meanwhile. */
  next(): Promise<void>;
  close(): void;
}

/** Files come in pieces and in bursts. */
const QUIET_MS = 400;

/**
 * Watches folders and all below them.
 * @param except folders below them that are not looked at: our own output
 */
export function watchFolders(
  folders: readonly string[],
  except: readonly string[],
  signal: AbortSignal,
): Changes {
  let changed = false;
  let timer: NodeJS.Timeout | undefined;
  let wake = () => {};
  const isOwn = (path: string) => except.some((own) => isWithin(own, path));
  const note = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      changed = true;
      wake();
    }, QUIET_MS);
  };
  const watchers = [...new Set(folders)].map((folder) =>
    watch(folder, { recursive: true, signal }, (_event, name) => {
      if (name === null || !isOwn(resolve(folder, name))) note();
    }),
  );
  return {
    async next() {
      await new Promise<void>((done, fail) => {
        if (changed) return done();
        wake = done;
        signal.addEventListener('abort', () => fail(signal.reason), { once: true });
        if (signal.aborted) fail(signal.reason);
      });
      changed = false;
    },
    close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way.startsWith('..') || resolve(way) === way);
}
