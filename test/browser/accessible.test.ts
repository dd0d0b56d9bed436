import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launch, openPage, type Watched, WHERE } from './chromium.ts';
import { type ServedPage, servePage } from './served-page.ts';

const SLOWLY = { timeout: 15_000 };
const POLYGON = 'polygon=11,46;11.8,46.1;11.5,46.9';
/** Corners on the map, in shares of its size. */
const TRIANGLE = [
  [0.3, 0.4],
  [0.7, 0.45],
  [0.5, 0.7],
] as const;
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

/** What axe-core has against a page by WCAG 2.2 A and AA and its own best practices, a line each. */
async function violationsOf(page: Page): Promise<string[]> {
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await axe.run()).violations;
  });
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
}

describe.skipIf(!CHROMIUM)(
  `the map page for everybody ${WHERE}`,
  () => {
    let server: ServedPage;
    let browser: Browser;
    let axe: string;
    const opened: Watched[] = [];
    /** One stays open: opening is what takes time. */
    let page: Page;

    beforeAll(async () => {
      [server, browser, axe] = await Promise.all([servePage(), launch(), readFile(AXE, 'utf8')]);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    async function open(hash: string, options: Parameters<typeof openPage>[2]): Promise<Page> {
      const watched = await openPage(browser, `${server.url}/#product=tiny&${hash}`, options);
      opened.push(watched);
      await watched.page.evaluate(axe);
      return watched.page;
    }
    const go = (page: Page, hash: string) =>
      page.evaluate((to) => {
        Object.assign(globalThis, { location: to });
      }, `#product=tiny&${hash}`);

    for (const colorScheme of ['light', 'dark'] as const) {
      it(`has nothing against it by axe-core, ${colorScheme}: readings, zones, state, classes, a comparison, a dialog`, async () => {
        await page?.context().close();
        page = await open(`variable=nep&time=2021-07&${POLYGON}`, { colorScheme });
        await page.locator('.figure-value data').waitFor();
        await expect
          .poll(() => page.locator('#spoken').textContent(), SLOWLY)
          .toMatch(/^Total NEP, July 2021.*C$/);
        await page.getByText('Numbers', { exact: true }).click();
        expect(await violationsOf(page)).toEqual([]);

        await go(page, 'variable=flag_a&time=2021&tab=zones&against=2022');
        await page.locator('.zone-table').waitFor();
        await page.locator('.swipe').waitFor();
        expect(await violationsOf(page)).toEqual([]);

        await page.getByRole('tab', { name: 'State' }).click();
        await page.locator('.state-list').waitFor();
        expect(await violationsOf(page)).toEqual([]);

        await page.getByRole('button', { name: /^Bring zones/ }).click();
        await page.getByRole('button', { name: 'Show on the map' }).click();
        await page.getByText('There is nothing in it yet').waitFor();
        expect(await violationsOf(page)).toEqual([]);
        await page.getByRole('button', { name: 'Cancel' }).click();
      });
    }

    it('fits a phone: nothing wider than the screen or smaller than a finger, a polygon drawn by taps', async () => {
      const page = await open(`variable=nep&time=2021-07&${POLYGON}`, {
        viewport: { width: 390, height: 844 },
        hasTouch: true,
        isMobile: true,
      });
      await page.locator('.figure-value data').waitFor();
      expect(await widthOf(page)).toBe(390);
      expect(await smallTargets(page)).toEqual([]);
      await page.getByRole('button', { name: 'Draw a polygon' }).tap();
      await page.getByText('Click the corners').waitFor();
      const box = (await page.locator('#map').boundingBox())!;
      const tap = ([x, y]: readonly [number, number]) =>
        page.touchscreen.tap(box.x + x * box.width, box.y + y * box.height);
      for (const corner of [...TRIANGLE, TRIANGLE[0]]) await tap(corner);
      await expect
        .poll(() => page.locator('.here-head h2').textContent(), SLOWLY)
        .toBe('Polygon of 3 corners');
      expect(new URL(page.url()).hash).not.toContain(POLYGON);
      await page.getByRole('tab', { name: 'Zones' }).click();
      await page.locator('.zone-table').waitFor();
      expect(await widthOf(page)).toBe(390);
      expect(await smallTargets(page)).toEqual([]);
      expect(await violationsOf(page)).toEqual([]);
      await page.setViewportSize({ width: 320, height: 740 });
      const tools = (await page.locator('#tools').boundingBox())!;
      expect(tools.x + tools.width).toBeLessThanOrEqual(320);
      const [map, time] = await Promise.all(
        ['#map', '.time'].map((part) => page.locator(part).boundingBox()),
      );
      expect(map!.y + map!.height, 'the time covers no scale').toBeLessThanOrEqual(time!.y + 1);
    });

    it('has readable words of balance, whichever', async () => {
      const page = await open(`variable=nep&time=2021-07&${POLYGON}`, { colorScheme: 'light' });
      await page.locator('.flag').waitFor();
      for (const balance of ['sink', 'at-risk', 'source']) {
        await page.locator('.flag').evaluate((flag, to) => {
          flag.className = `flag flag-${to}`;
        }, balance);
        expect(await violationsOf(page), balance).toEqual([]);
      }
      await page.context().close();
    });

    it('keeps every part of it in reach on a low screen, as at a zoom of 200 %', async () => {
      await page.setViewportSize({ width: 800, height: 400 });
      await go(page, 'variable=nep&time=2021-07&tab=zones');
      await page.getByRole('heading', { name: '2 zones, July 2021' }).waitFor();
      await page.getByRole('button', { name: 'Export as CSV' }).scrollIntoViewIfNeeded();
      const box = (await page.getByRole('button', { name: 'Export as CSV' }).boundingBox())!;
      expect(box.y + box.height).toBeLessThan(401); // scrolled to the pixel
      expect((await page.locator('#map').boundingBox())!.height).toBeGreaterThan(200);
    });

    it('tells how far the keyboard has come: every stop has a ring', async () => {
      await page.setViewportSize({ width: 1000, height: 640 });
      await go(page, 'variable=nep&time=2021-07&place=11.5,46.5');
      await page.locator('.figure-value data').waitFor();
      const [names, bare]: string[][] = [[], []];
      await page.getByRole('link', { name: 'Skip to the readings' }).focus();
      for (;;) {
        await page.keyboard.press('Tab');
        const focused = page.locator(':focus');
        if ((await focused.count()) === 0 || names!.length > 60) break;
        const { name, ring } = await focused.evaluate(ringOf);
        names!.push(name);
        if (!ring) bare!.push(name);
      }
      expect(names!.length).toBeGreaterThan(15);
      expect(bare).toEqual([]);
    });

    it('has no error on the console', () => {
      expect(opened.flatMap(({ problems }) => problems)).toEqual([]);
    });
  },
  90_000,
);

const widthOf = (page: Page): Promise<number> => page.locator('html').evaluate((html) => html.scrollWidth);

/** Things to press that are smaller than 24 px either way, the least of WCAG 2.2; words in a line may be. */
const smallTargets = (page: Page): Promise<string[]> =>
  page.locator('button, select, summary, input:not([type=radio])').evaluateAll((all) =>
    all
      .filter((one) => one.checkVisibility() && !one.closest('label'))
      .map((one) => ({ one, box: one.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 24 || box.height < 24)
      .map(({ one, box }) => `${one.outerHTML.slice(0, 80)} ${box.width} x ${box.height}`),
  );

/** Runs in the page: whether the element with the focus, or what stands for it, has an outline. */
function ringOf(one: OnPage): { readonly name: string; readonly ring: boolean } {
  const stand = [one, one.nextElementSibling, one.parentElement].filter((e) => e !== null);
  const ring = stand.some((e) =>
    [undefined, '::after'].some((part) => {
      const { outlineStyle, outlineWidth } = e.ownerDocument.defaultView.getComputedStyle(e, part);
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2;
    }),
  );
  return { name: one.outerHTML.slice(0, 90), ring };
}

/** As much of an element as is looked at; the names of the DOM do not exist here. */
interface OnPage {
  readonly outerHTML: string;
  readonly nextElementSibling: OnPage | null;
  readonly parentElement: OnPage | null;
  readonly ownerDocument: {
    readonly defaultView: {
      getComputedStyle(
        of: OnPage,
        part?: string,
      ): { readonly outlineStyle: string; readonly outlineWidth: string };
    };
  };
}
