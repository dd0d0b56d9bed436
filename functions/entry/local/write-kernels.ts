import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { compiledFile, compiledModule, compileKernel, kernelNames, kernelSource } from './compile-kernel.ts';

/** `npm run kernels`: compiles every kernel to the module that is committed. */
for (const name of kernelNames()) {
  const code = await compileKernel(kernelSource(name));
  const file = compiledFile(name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, compiledModule(name, code));
  console.log(`${name}: ${code.length} bytes`);
}
