import { describe, expect, it } from 'vitest';

interface Config {
  app(input: { stage: string }): { removal: string; protect: boolean; name: string };
}

/** The very file that SST reads, which calls a global. */
async function config(): Promise<Config> {
  Object.assign(globalThis, { $config: (said: Config) => said });
  const file = new URL('../../sst.config.ts', import.meta.url).href;
  return ((await import(/* @vite-ignore */ file)) as { default: Config }).default;
}

describe('a stage', () => {
  it('in production cannot be removed, and would leave its buckets behind', async () => {
    expect((await config()).app({ stage: 'production' })).toMatchObject({ removal: 'retain', protect: true });
  });

  it.each(['test', 'anna', 'Production'])('elsewhere goes away whole: %s', async (stage) => {
    expect((await config()).app({ stage })).toMatchObject({ removal: 'remove', protect: false });
  });
});
