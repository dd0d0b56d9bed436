import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launch, openPage, type Watched, WHERE } from './chromium.ts';
import { FLUXES, type ServedPage, servePage } from './served-page.ts';

const SLOWLY = { timeout: 15_000 };
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RING = [
  [10.4, 45.4],
  [12.6, 45.6],
  [11.5, 47.3],
] as const;
const POLYGON = `polygon=${RING.map((vertex) => vertex.join(',')).join(';')}`;

interface Answer {
  readonly zones: readonly {
    readonly id: string;
    readonly polygonArea: number;
    readonly periods: readonly [
      {
        readonly variables: Readonly<
          Record<string, { readonly mean: number | null; readonly total: { readonly gC: number | null } }>
        >;
      },
    ];
  }[];
}

describe.skipIf(!CHROMIUM)(
  `fluxes by land cover ${WHERE}`,
  () => {
    let server: ServedPage;
    let browser: Browser;
    let page: Page;
    const opened: Watched[] = [];

    beforeAll(async () => {
      [server, browser] = await Promise.all([servePage(), launch()]);
      page = await open('variable=nep_a&time=2022');
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    async function open(hash: string, options: Parameters<typeof openPage>[2] = {}): Promise<Page> {
      const watched = await openPage(browser, `${server.url}/#product=tiny&${hash}&${POLYGON}`, options);
      opened.push(watched);
      await watched.page.locator('details.cover summary').click();
      await watched.page.locator('.cover-table').first().waitFor();
      return watched.page;
    }

    const ask = async (variables: readonly string[], time: string, f: string): Promise<Response> => {
      const zones = {
        type: 'Feature',
        properties: { name: 'Polygon' },
        geometry: { type: 'Polygon', coordinates: [[...RING, RING[0]]] },
      };
      return fetch(`${server.url}/products/tiny/reductions?f=${f}`, {
        method: 'POST',
        body: JSON.stringify({ variables, time, zones, classes: 'majority' }),
        headers: { 'Content-Type': 'application/json' },
      });
    };

    /** Rows of one of the two tables: name, and the numbers behind what is written. */
    const rowsOf = (nth: number): Promise<[string, ...number[]][]> =>
      page
        .locator('.cover-table')
        .nth(nth)
        .locator('tbody tr')
        .evaluateAll((rows) =>
          rows.map((row) => {
            const numbers = [...row.querySelectorAll('data')].map((data) => Number(data.value));
            return [row.querySelector('th')!.textContent, ...numbers];
          }),
        ) as Promise<[string, ...number[]][]>;

    /** The same of the API's answer. */
    function expected({ zones }: Answer, variables: readonly string[], of: 'total' | 'mean') {
      return zones
        .filter(({ polygonArea }) => polygonArea > 0)
        .map(({ id, polygonArea, periods: [{ variables: found }] }) => [
          id.slice(id.lastIndexOf('/') + 1),
          polygonArea,
          ...variables
            .map((name) => (of === 'total' ? found[name]!.total.gC : found[name]!.mean))
            .filter((value) => value !== null),
        ]);
    }

    it('are those of the API to the last digit, class by class, and follow time and variable', async () => {
      for (const [time, step] of [
        ['2022', '_a'],
        ['2021', '_a'],
        ['2021-07', ''],
      ] as const) {
        const variables = FLUXES.map((name) => name + step);
        const hash = `product=tiny&variable=nep${step}&time=${time}&${POLYGON}`;
        await page.evaluate((to) => Object.assign(globalThis, { location: to }), `#${hash}`);
        const answer = (await (await ask(variables, time, 'json')).json()) as Answer;
        const totals = expected(answer, variables, 'total');
        await expect.poll(() => rowsOf(0), SLOWLY).toEqual(totals);
        expect(await rowsOf(1)).toEqual(expected(answer, variables, 'mean'));
        expect(totals.length).toBeGreaterThan(2);
      }
    });

    it('make up the total of the polygon', async () => {
      const rows = await rowsOf(0);
      const whole = Number(await page.locator('#panel-here .figure-value data').getAttribute('value'));
      const sum = rows.reduce((total, row) => total + (row[4] ?? 0), 0);
      expect(Math.abs(sum - whole)).toBeLessThan(1e-9 * Math.abs(whole));
    });

    it('have the colours of the classes, as wide as their areas', async () => {
      const { landCover } = (await (await fetch(`${server.url}/products/tiny`)).json()) as {
        landCover: { name: string; color: string }[];
      };
      const rows = await rowsOf(0);
      const parts = await page
        .locator('.cover-areas span')
        .evaluateAll((spans) =>
          spans.map((span) => [
            span.ownerDocument.defaultView!.getComputedStyle(span).backgroundColor,
            span.getBoundingClientRect().width,
          ]),
        );
      const rgb = (hex: string) =>
        `rgb(${[1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(', ')})`;
      expect(parts.map(([color]) => color)).toEqual(
        rows.map(([name]) => rgb(landCover.find((one) => one.name === name)!.color)),
      );
      const [areas, widths] = [rows.map((row) => row[1]!), parts.map(([, width]) => width)];
      const share = (list: readonly number[], i: number) => list[i]! / list.reduce((a, b) => a + b, 0);
      for (const i of areas.keys()) expect(share(widths, i)).toBeCloseTo(share(areas, i), 2);
    });

    it('are given away as the API writes them', async () => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save as CSV: land cover' }).click(),
      ]);
      const said = await (await ask(FLUXES, '2021-07', 'csv')).text();
      expect(await readFile(await download.path(), 'utf8')).toBe(said);
      expect(said.split('\r\n').length).toBeGreaterThan(8);
      expect(download.suggestedFilename()).toMatch(/^tiny-land-cover-.*2021-07\.csv$/);
    });

    it.each(['light', 'dark'] as const)(
      'can be read by everybody, %s, on a phone too',
      async (colorScheme) => {
        const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, colorScheme };
        const small = await open('variable=nep_a&time=2022', phone);
        const wide = await small.locator('.cover').evaluate((box) => {
          const edges = [...box.querySelectorAll('*')].map((part) => part.getBoundingClientRect().right);
          return Math.max(...edges) - box.ownerDocument.documentElement.clientWidth;
        });
        expect(wide).toBeLessThanOrEqual(0);
        await small.evaluate(await readFile(AXE, 'utf8'));
        const found = await small.evaluate(async () => {
          const { axe } = globalThis as unknown as {
            axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> };
          };
          return (await axe.run()).violations.map(({ id, nodes }) => [id, nodes[0]!.target.join(' ')]);
        });
        expect(found).toEqual([]);
        await small.context().close();
      },
    );

    it('are not offered for a place, nor where a product has no map of land cover', async () => {
      await page.evaluate(
        (to) => Object.assign(globalThis, { location: to }),
        '#product=tiny&variable=nep_a&time=2022&place=11.4,46.4',
      );
      await page.locator('.figure-value data').waitFor();
      expect(await page.locator('details.cover').count()).toBe(0);
      expect(opened.flatMap(({ problems }) => problems)).toEqual([]);
    });
  },
  120_000,
);
