import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listen, type RunningServer } from '../../functions/entry/local/listen.ts';
import { PYTHON_HINT, pythonWith } from '../helpers/python.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { serveCountry } from './served.ts';

const folder = tempFolder('fuzz');

const python = pythonWith('schemathesis');
let server: RunningServer;
let document: string;
beforeAll(async () => {
  if (!python) return;
  const { app } = await serveCountry({
    auth: { loopback: true },
    limits: { imagePixels: 300_000, cells: 1e7 },
  });
  server = await listen(app.fetch, '127.0.0.1', 0);
  const text = await (await fetch(`${server.url}/api`)).text();
  document = join(folder, 'api.json');
  writeFileSync(document, JSON.stringify(withProducts(JSON.parse(text.replaceAll('prd-small', 'tiny')))));
});
afterAll(() => server?.close());

interface Parameter {
  readonly name: string;
  schema: Record<string, unknown>;
}

/** Made-up names of products would only ever find that there is none: most requests go to the one that is there. */
function withProducts(api: { paths: Record<string, Record<string, { parameters?: Parameter[] }>> }): object {
  for (const operations of Object.values(api.paths)) {
    for (const { parameters = [] } of Object.values(operations)) {
      for (const parameter of parameters) {
        if (parameter.name === 'product')
          parameter.schema = { type: 'string', enum: ['tiny', 'tiny.npp_a', 'tiny.nope', 'no'] };
        if (parameter.name === 'url')
          parameter.schema = { type: 'string', enum: ['tiny', 'tiny.npp_a', 'no'] };
        if (parameter.name === 'tms')
          parameter.schema = { type: 'string', enum: ['WebMercatorQuad', 'native', 'WorldCRS84Quad', 'x'] };
      }
    }
  }
  return api;
}

const ARGUMENTS = [
  '--checks=not_a_server_error',
  '--phases=examples,fuzzing',
  '--max-examples=6',
  '--seed=1',
  '--workers=2',
  '--no-color',
  '--suppress-health-check=all',
  '--request-timeout=20',
  '--generation-database=none',
];

it.skipIf(!python)(
  `answers no 5xx to whatever its own document allows and forbids (${python ? 'schemathesis' : PYTHON_HINT})`,
  async () => {
    const child = spawn(
      python!,
      ['-m', 'schemathesis.cli', 'run', document, `--url=${server.url}`, ...ARGUMENTS],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => (output += bytes.toString()));
    const code = await new Promise<number | null>((done) => child.on('close', done));
    expect(output, output.slice(-6000)).toMatch(/generated|passed/);
    expect(code, output.slice(-8000)).toBe(0);
  },
);
