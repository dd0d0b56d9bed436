import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../functions/api/app.ts';
import { builtPage } from '../../functions/api/page/build-page.ts';
import { listen, type RunningServer } from '../../functions/entry/local/listen.ts';
import type { World } from '../../lib/job/world.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { putTinyInputs, tinyInputs } from '../helpers/tiny-inputs.ts';
import { quickSpec, runTiny, tinyWorld } from '../helpers/tiny-product.ts';
import { CHROMIUM, launch, openPage, WHERE } from './chromium.ts';

describe.skipIf(!CHROMIUM)(
  `the page of a server without products ${WHERE}`,
  () => {
    let world: World;
    let server: RunningServer;
    let browser: Browser;

    beforeAll(async () => {
      const inputs = memoryStore('inputs');
      await putTinyInputs(inputs, tinyInputs());
      world = tinyWorld(inputs);
      const app = createApp(world, { page: builtPage(), freshMs: 0, auth: { loopback: true } });
      [server, browser] = await Promise.all([listen(app.fetch, '127.0.0.1', 0), launch()]);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    it('says what to do, and opens the first product by itself when it is there', async () => {
      const { page, problems } = await openPage(browser, server.url, {}, 'stopped');
      await page.getByRole('heading', { name: 'No products yet' }).waitFor();
      await runTiny(world, quickSpec());
      await page.locator('#app[data-state=ready]').waitFor({ timeout: 20_000 });
      expect(await page.locator('#product-select').inputValue()).toBe('tiny');
      expect(problems).toEqual([]);
    });
  },
  60_000,
);
