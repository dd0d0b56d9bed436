import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Each has its sources in `assembly/`, and in `compiled/` what is made of them. */
const FOLDERS = ['lib/kernels', 'lib/science/kernels'] as const;

/** Sources that kernels share; every other file there is a kernel. */
const SHARED = ['math.ts'];

const namesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder, 'assembly'))
    .filter((file) => file.endsWith('.ts') && !SHARED.includes(file))
    .map((file) => file.slice(0, -'.ts'.length));

/** Names of the kernels, each a file of an `assembly/`. */
export const kernelNames = (): string[] => FOLDERS.flatMap(namesIn).sort();

const folderOf = (name: string): string => FOLDERS.find((folder) => namesIn(folder).includes(name))!;

export const kernelSource = (name: string): string => `${folderOf(name)}/assembly/${name}.ts`;

/** Where the compiled form of a kernel lies in the repository. */
export const compiledFile = (name: string): string => join(ROOT, folderOf(name), `compiled/${name}.wasm.ts`);

/**
 * Compiles AssemblyScript to WebAssembly: SIMD of 128 bits without the relaxed forms, whose bits depend on the processor;
 * no runtime, memory from outside; constants in its first 16 KiB.
 *
 * @param path of the source, from the root of the repository
 * @throws Error with the compiler's message
 */
export async function compileKernel(path: string): Promise<Uint8Array> {
  let code: Uint8Array | undefined;
  const { error, stderr } = await main(
    [
      path,
      ...['--outFile', 'kernel.wasm', '--runtime', 'stub', '--enable', 'simd'],
      ...['--optimizeLevel', '3', '--noAssert', '--importMemory', '--lowMemoryLimit', '16384'],
    ],
    {
      readFile: (file) => readFile(join(ROOT, file), 'utf8').catch(() => null),
      writeFile: (_name, contents) => {
        code = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error || !code) throw new Error(`${path}: ${stderr}`, { cause: error });
  return code;
}

const LINE = 100;

/** The module that is committed: Node's type stripping and esbuild take it as it is, and nothing has to be built. */
export function compiledModule(name: string, code: Uint8Array): string {
  const lines =
    Buffer.from(code)
      .toString('base64')
      .match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return [
    `/** Made by \`npm run kernels\` from ${kernelSource(name)}: ${code.length} bytes of WebAssembly. */`,
    `export const ${name.toUpperCase().replaceAll('-', '_')}_WASM = \``,
    ...lines,
    '`;',
    '',
  ].join('\n');
}
