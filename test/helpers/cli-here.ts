import { vi } from 'vitest';
import { chunkflux } from '../../functions/entry/local/program.ts';

/** Runs a command line in this process. @returns what it printed */
export async function say(...args: readonly string[]): Promise<string> {
  const said: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((text) => void said.push(String(text)));
  const progress = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    await chunkflux()
      .exitOverride()
      .configureOutput({ writeErr: (text) => void said.push(text) })
      .parseAsync([...args], { from: 'user' });
    return said.join('\n');
  } finally {
    log.mockRestore();
    progress.mockRestore();
  }
}
