import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Reduction } from '../../lib/view/reduce.ts';
import { say } from '../helpers/cli-here.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const spec = path('examples/munich/product.yaml');
const zones = path('examples/munich/zones.geojson');
const data = path('../shared/data/munich-2022');

describe.skipIf(!existsSync(data))('the example of Munich (needs ../shared/data/munich-2022)', () => {
  let store: string;
  let said: string;
  beforeAll(async () => {
    vi.stubEnv('CHUNKFLUX_THREADS', '1');
    store = await mkdtemp(join(tmpdir(), 'chunkflux-munich-'));
    said = await say('run', spec, '--store', store);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(store, { recursive: true, force: true });
  });
  const reduced = async (...args: string[]): Promise<Reduction> =>
    JSON.parse(await say('stats', spec, '--zones', zones, '--store', store, '--format', 'json', ...args));

  it('is complete from real files', () => {
    expect(said).toMatch(/^munich-2022 is complete: 4 computed\./);
  });

  it('gives the NEP that its README tells, by zone', async () => {
    const { zones: rows } = await reduced('--variable', 'npp_a', 'rh_a', 'nep_a');
    const nep = rows.map(({ fields }) => Math.round(fields.nep!.mean));
    expect(nep).toEqual([-40, 186, 560, -54]);
    for (const { fields } of rows)
      expect(fields.nep!.mean).toBeCloseTo(fields.npp!.mean - fields.rh!.mean, 4);
  });

  it('is green in summer and breathes in winter, as a year in Bavaria is', async () => {
    const { totals } = await reduced('--variable', 'npp', 'rh', 'nep');
    const of = (name: string) => totals.map(({ fields }) => fields[name]!.mean);
    const [npp, rh] = [of('npp'), of('rh')];
    expect(npp.indexOf(Math.max(...npp)) + 1).toBe(6);
    expect(rh.indexOf(Math.max(...rh)) + 1).toBe(7);
    expect(npp[0]!).toBeLessThan(0.05 * npp[5]!);
    // Plausibility from an independent run with this LSWI scalar: p5/p50/p95 of 220/532/673 gC m-2 a-1.
    expect(npp.reduce((a, b) => a + b, 0)).toBeGreaterThan(220);
    expect(npp.reduce((a, b) => a + b, 0)).toBeLessThan(673);
  });
});
