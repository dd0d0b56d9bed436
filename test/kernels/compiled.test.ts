import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  compiledFile,
  compiledModule,
  compileKernel,
  kernelNames,
  kernelSource,
} from '../../functions/entry/local/compile-kernel.ts';
import { KernelCode, KernelMemory, memoryBytes } from '../../lib/kernels/kernel.ts';

describe('The kernels that are committed', () => {
  it.each(kernelNames())('%s is what its source compiles to, byte by byte', async (name) => {
    const compiled = compiledModule(name, await compileKernel(kernelSource(name)));
    expect(await readFile(compiledFile(name), 'utf8'), 'run `npm run kernels`').toBe(compiled);
  });

  it('refuse a source that does not compile, with its place', async () => {
    await expect(compileKernel('test/science/kernels/assembly/wrong.ts')).rejects.toThrow(/wrong\.ts.*\(2,/s);
  });
});

describe('The memory of a kernel', () => {
  it('has room for the arrays that it was asked for, and says when it is used up', () => {
    const memory = new KernelMemory(memoryBytes([8 * 1001, 4 * 3, 77]));
    const arrays = [memory.float64(1001), memory.float32(3), memory.uint8(77)];
    for (const array of arrays) {
      expect(array.byteOffset % 64).toBe(0);
      expect(memory.holds(array)).toBe(true);
    }
    expect(memory.holds(new Float64Array(1))).toBe(false);
    expect(() => memory.float64(2 ** 20)).toThrow(/no room for 8388608/);
  });

  it('does without a kernel whose code the runtime cannot run', () => {
    const code = new KernelCode(Buffer.from('no wasm').toString('base64'));
    expect(code.isSupported).toBe(false);
    expect(() => code.on(new KernelMemory(1))).toThrow(TypeError);
  });
});
