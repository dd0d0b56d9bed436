import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** A Chromium of this machine, if it has one. */
export const CHROMIUM = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find(isProgram);

/** For titles of tests that need it. */
export const WHERE = CHROMIUM
  ? 'in Chromium'
  : 'in Chromium (skipped: no chromium in PATH; apt-get install chromium)';

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Without a screen or a graphics card, and silent on the network. */
const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM!, args: ARGS });

/** What went wrong on a page, and where its requests went. */
export interface Watched {
  readonly page: Page;
  readonly problems: string[];
  readonly requested: URL[];
}

export async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
  state: 'ready' | 'stopped' = 'ready',
): Promise<Watched> {
  const viewport = { width: 1000, height: 640 }; // few pixels: they are drawn without a graphics card
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const watched: Watched = { page, problems: [], requested: [] };
  page.on('console', (message) => {
    if (message.type() === 'error') watched.problems.push(message.text());
  });
  page.on('pageerror', (error) => watched.problems.push(error.message));
  page.on('request', (request) => watched.requested.push(new URL(request.url())));
  await page.goto(address);
  await page.waitForSelector(`#app[data-state=${state}]`);
  return watched;
}
