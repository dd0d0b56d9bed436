import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const answers = new Map<string, string | undefined>();

/** How to get what the interop tests need; for the titles of tests that are left out. */
export const PYTHON_HINT = 'needs .venv, see test/interop/requirements.txt';

/** The interpreter that the environment names (`CHUNKFLUX_PYTHON`), else that of `.venv` in the repository. */
function interpreter(): string | undefined {
  const named = process.env.CHUNKFLUX_PYTHON;
  if (named) return named;
  const local = `${root}.venv/bin/python`;
  return existsSync(local) ? local : undefined;
}

/**
 * The path of a Python in which every one of these modules imports, else undefined:
 *
 *     const python = pythonWith('xarray', 'zarr');
 *     it.skipIf(!python)(`opens in xarray (${PYTHON_HINT})`, () => { … });
 *
 * The modules are really imported (a wheel may be there and not load), once for each test file.
 */
export function pythonWith(...modules: string[]): string | undefined {
  const wanted = modules.join(',');
  if (!answers.has(wanted)) answers.set(wanted, imports(interpreter(), wanted));
  return answers.get(wanted);
}

function imports(python: string | undefined, modules: string): string | undefined {
  if (!python) return undefined;
  const { status } = spawnSync(python, ['-c', modules ? `import ${modules}` : ''], {
    stdio: 'ignore',
    timeout: 300_000,
  });
  return status === 0 ? python : undefined;
}
