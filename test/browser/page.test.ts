import { readFile } from 'node:fs/promises';
import { decode } from 'fast-png';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launch, openPage, type Watched, WHERE } from './chromium.ts';
import { type ServedPage, servePage, type Totals, totalOfLink } from './served-page.ts';

/** A busy machine draws without a graphics card. */
const SLOWLY = { timeout: 15_000 };

/** Colour of the map at a place, in shares of its size. */
async function colorAt(page: Page, x: number, y: number): Promise<string> {
  const box = (await page.locator('#map').boundingBox())!;
  const clip = { x: box.x + x * box.width, y: box.y + y * box.height, width: 4, height: 4 };
  return decode(await page.screenshot({ clip }))
    .data.slice(0, 3)
    .join();
}

/** Beyond the product: the Adriatic, and Switzerland. */
const [SEA, LAND] = [
  [0.97, 0.85],
  [0.01, 0.4],
] as const;

describe.skipIf(!CHROMIUM)(
  `the map page ${WHERE}`,
  () => {
    let server: ServedPage;
    let browser: Browser;
    let page: Page;
    const pages: Watched[] = [];

    beforeAll(async () => {
      [server, browser] = await Promise.all([servePage(), launch()]);
      page = await open();
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    async function open(hash = ''): Promise<Page> {
      const watched = await openPage(browser, `${server.url}/${hash}`);
      pages.push(watched);
      return watched.page;
    }
    /** Somebody puts another link into the address bar. */
    const go = (hash: string) =>
      page.evaluate((to) => {
        Object.assign(globalThis, { location: to });
      }, `#${hash}`);
    const hashOf = (page: Page): string => new URL(page.url()).hash;
    /** The number behind the headline, once it is there. */
    const total = async (page: Page): Promise<number> =>
      Number(await page.locator('#panel-here .figure-value data').getAttribute('value'));

    it('tells the total of a drawn polygon as the API does, at any month, and again from the link', async () => {
      await page.getByText('Months', { exact: true }).click();
      await page.locator('#time-slider').fill('6');
      expect(await page.locator('#time-name').inputValue()).toBe('2021-07');

      await page.getByRole('button', { name: 'Draw a polygon' }).click();
      const box = (await page.locator('#map').boundingBox())!;
      for (const [x, y] of [
        [0.3, 0.3],
        [0.62, 0.34],
        [0.55, 0.7],
      ] as const)
        await page.mouse.click(box.x + x * box.width, box.y + y * box.height, { delay: 20 });
      await page.keyboard.press('Enter');

      const july = await total(page);
      expect(july).toBe(await totalOfLink(server.url, hashOf(page), 'nep'));

      const drawn = hashOf(page);
      await page.mouse.move(box.x + 0.55 * box.width, box.y + 0.7 * box.height);
      await page.mouse.down();
      await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.6 * box.height, { steps: 4 });
      await page.mouse.up();
      await expect.poll(() => hashOf(page), SLOWLY).not.toBe(drawn);
      await expect.poll(() => total(page), SLOWLY).not.toBe(july);
      expect(await total(page)).toBe(await totalOfLink(server.url, hashOf(page), 'nep'));

      await page.getByRole('button', { name: 'Step after' }).click();
      await expect.poll(() => page.locator('.figure-label').textContent(), SLOWLY).toContain('August 2021');
      const august = await total(page);
      expect(august).not.toBe(july);
      expect(august).toBe(await totalOfLink(server.url, hashOf(page), 'nep'));

      const again = await open(hashOf(page));
      expect(await total(again)).toBe(august);
      expect(await again.locator('#time-name').inputValue()).toBe('2021-08');
      expect(hashOf(again)).toBe(hashOf(page));
      await again.context().close();
    });

    it('adds up the zones, sorts them, and gives them away as the API writes them', async () => {
      await go('product=tiny&variable=nep_a&time=2022&tab=zones');
      const names = () => page.locator('.zone-name').allTextContents();
      await expect.poll(names, SLOWLY).toEqual(['Eastland', 'Westland']);
      await page.getByRole('button', { name: 'Zone', exact: true }).click();
      await expect.poll(names, SLOWLY).toEqual(['Westland', 'Eastland']);
      await page.getByText('source: RH at or above NPP').waitFor();
      await page.getByText('Pixels count by the share of their area inside a zone').waitFor();
      for (const form of ['CSV', 'JSON'] as const) {
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name: `Export as ${form}`, exact: true }).click(),
        ]);
        const f = form.toLowerCase();
        const query = `set=zones&variables=npp_a,rh_a,nep_a&time=2022&f=${f}`;
        const said = await (await fetch(`${server.url}/products/tiny/reductions?${query}`)).text();
        expect(download.suggestedFilename()).toBe(`tiny-zones-2022.${f}`);
        expect(await readFile(await download.path(), 'utf8')).toBe(said);
        expect(said).toContain('Westland');
      }
    });

    it('takes zones from a file, and shows the series of each', async () => {
      const ring = [
        [11, 46],
        [11.9, 46],
        [11.5, 46.8],
        [11, 46],
      ];
      const geometry = { type: 'Polygon', coordinates: [ring] };
      const one = (name: string) => ({ type: 'Feature', properties: { name }, geometry });
      const collection = { type: 'FeatureCollection', features: [one('North'), one('South')] };
      await page.getByRole('button', { name: /^Bring zones/ }).click();
      await page.getByLabel('Or a GeoJSON file').setInputFiles({
        name: 'mine.geojson',
        mimeType: 'application/geo+json',
        buffer: Buffer.from(JSON.stringify(collection)),
      });
      await page.getByRole('button', { name: 'South' }).click();
      await expect.poll(() => page.locator('.here-head h2').textContent(), SLOWLY).toBe('South');
      const body = { variables: ['npp_a', 'rh_a', 'nep_a'], zones: geometry };
      const answer = await fetch(`${server.url}/products/tiny/reductions`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json' },
      });
      const { periods } = ((await answer.json()) as Totals).zones[0]!;
      expect(await total(page)).toBe(periods[1]!.variables.nep_a!.total.gC);
      await page.getByText('Numbers', { exact: true }).click();
      await expect.poll(() => page.locator('.chart-table tbody tr').count(), SLOWLY).toBe(2);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save as CSV' }).click(),
      ]);
      const [, ...rows] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
      expect(rows.map((row) => row.split(',')[0])).toEqual(['2021', '2022']);
    });

    it('plays through time until it is stopped', async () => {
      await go('product=tiny&variable=nep&time=2021-07');
      await expect.poll(() => page.locator('#time-name').inputValue(), SLOWLY).toBe('2021-07');
      await page.getByRole('button', { name: 'Play through time' }).click();
      await expect.poll(() => page.locator('#time-name').inputValue(), SLOWLY).toBe('2021-09');
      await page.getByRole('button', { name: 'Pause' }).click();
      const stopped = await page.locator('#time-name').inputValue();
      await page.waitForTimeout(1500);
      expect(await page.locator('#time-name').inputValue()).toBe(stopped);
    });

    it('is worked by keyboard alone: a place is read under the crosshair, a polygon drawn there', async () => {
      await go('product=tiny&variable=nep&time=2021-07');
      await page.locator('.maplibregl-canvas').focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('.here-head h2').textContent(), SLOWLY).toMatch(/° N, .*° E/);
      await page.getByRole('button', { name: 'Draw a polygon' }).press('Enter');
      await page.getByText('Click the corners').waitFor();
      for (const key of ['ArrowUp', 'ArrowRight', 'ArrowDown']) {
        await page.keyboard.press(key);
        await page.keyboard.press(' ');
      }
      await page.keyboard.press('Enter');
      await expect
        .poll(() => page.locator('.here-head h2').textContent(), SLOWLY)
        .toBe('Polygon of 3 corners');
      expect(await total(page)).toBe(await totalOfLink(server.url, hashOf(page), 'nep'));
    });

    it('compares two dates on both sides of a line', async () => {
      await go('product=tiny&variable=npp&time=2021-07');
      await expect.poll(() => page.locator('#time-name').inputValue(), SLOWLY).toBe('2021-07');
      await page.getByLabel('Compare with').selectOption('2021-12');
      const labels = () => page.locator('.swipe-label').allTextContents();
      expect(await labels()).toEqual(['July 2021', 'December 2021']);
      await page.getByLabel('Compare with').selectOption('2021-02');
      expect(await labels()).toEqual(['February 2021', 'July 2021']);
      const line = page.getByRole('slider', { name: 'Line between the two dates' });
      await line.press('ArrowRight');
      expect(await line.getAttribute('aria-valuenow')).toBe('52');
      await page.getByLabel('Compare with').selectOption('');
      expect(await line.count()).toBe(0);
      // Given up before it is there, it leaves nothing behind.
      await page.getByLabel('Compare with').selectOption('2022-03');
      await page.getByLabel('Compare with').selectOption('');
      await expect.poll(() => page.locator('#loading').isHidden(), SLOWLY).toBe(true);
    });

    it('draws land and sea under both dates', async () => {
      const other = await open('#product=tiny&variable=npp&time=2021-07');
      const land = await colorAt(other, ...LAND);
      await expect.poll(() => colorAt(other, ...SEA), SLOWLY).not.toBe(land);
      const sea = await colorAt(other, ...SEA);
      await other.getByLabel('Compare with').selectOption('2021-12');
      await other.locator('.map-second').waitFor();
      await expect.poll(() => colorAt(other, ...SEA), SLOWLY).toBe(sea);
      await other.context().close();
    });

    it('shows a daily model: days by date, vegetation types, water apart from carbon', async () => {
      await server.addDaily();
      await go('product=daily&variable=nep&time=1984-07&place=11.1,47.4');
      const captions = page.locator('.chart figcaption');
      await expect
        .poll(() => captions.allTextContents(), SLOWLY)
        .toEqual(['Series of this place: carbong C m⁻² month⁻¹', 'Series of this place: ETmm month⁻¹']);
      const key = () => page.locator('.chart-key').first().textContent();
      expect(await key()).toMatch(/GPP.*Ra.*NPP.*RH.*NEP/);

      await page.getByText('Days', { exact: true }).click();
      await expect.poll(() => page.locator('#time-name').getAttribute('type'), SLOWLY).toBe('date');
      await page.locator('#time-name').fill('1983-02-03');
      await expect
        .poll(() => page.locator('.figure-label').textContent(), SLOWLY)
        .toBe('NEP, 3 February 1983');

      await page.getByText('Years', { exact: true }).click();
      await page.getByLabel('Vegetation').selectOption('enf');
      await expect.poll(() => hashOf(page), SLOWLY).toContain('variable=nep_a_enf&time=1983');
    });

    it('follows an update while it is open: numbers, tiles and the count of chunks', async () => {
      await go('product=tiny&variable=npp_a&time=2021&zone=west&tab=state');
      await expect.poll(() => page.locator('.here-head h2').textContent(), SLOWLY).toBe('Westland');
      const before = await total(page);
      const tiles = () => pages[0]!.requested.filter(({ pathname }) => pathname.includes('/tiles/')).length;
      const asked = tiles();
      await expect.poll(() => page.locator('.live').textContent(), SLOWLY).toContain('watching');
      await server.update();
      await expect.poll(() => total(page), SLOWLY).not.toBe(before);
      await expect.poll(() => page.locator('.live').textContent(), SLOWLY).toMatch(/\d+ of 32 updated/);
      await expect.poll(tiles, SLOWLY).toBeGreaterThan(asked);
    });

    it('has no error on the console, and asks nobody but its own server', () => {
      expect(pages.flatMap(({ problems }) => problems)).toEqual([]);
      const hosts = pages
        .flatMap(({ requested }) => requested)
        .filter(({ protocol }) => protocol !== 'blob:');
      expect(hosts.length).toBeGreaterThan(50);
      expect([...new Set(hosts.map(({ origin }) => origin))]).toEqual([server.url]);
    });
  },
  60_000,
);
