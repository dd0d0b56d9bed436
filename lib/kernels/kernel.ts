/**
 * Kernels: inner loops in WebAssembly SIMD, compiled from assembly/ by `npm run kernels` (ADR 0016). A kernel works in a
 * memory of its own; arrays that are made in it are read and written in place.
 */

/** Numbers in, numbers out; addresses count bytes in the kernel's memory. */
export type KernelExports = Readonly<Record<string, (...args: number[]) => unknown>>;

/** The part of WebAssembly's JavaScript interface that is used here. */
interface WasmInterface {
  validate(code: Uint8Array): boolean;
  readonly Module: new (code: Uint8Array) => object;
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

const wasm = (globalThis as unknown as { readonly WebAssembly?: WasmInterface }).WebAssembly;

const PAGE_BYTES = 65_536;
/** Constants of the code lie below; the compiler refuses more (`--lowMemoryLimit`). */
const FIRST_FREE = 16_384;
const LINE_BYTES = 64;
/**
 * Left free behind each array. Arrays of a power of two of bytes would otherwise share the same few sets of the first
 * cache, and loops over a dozen of them evict each other's lines.
 */
const GAP_BYTES = 5 * LINE_BYTES;

/** Bytes of a memory with room for arrays of so many bytes. */
export const memoryBytes = (lengths: readonly number[]): number =>
  lengths.reduce((sum, bytes) => sum + roomOf(bytes), FIRST_FREE);

const roomOf = (bytes: number): number => Math.ceil(bytes / LINE_BYTES) * LINE_BYTES + GAP_BYTES;

/** Memory that kernels work in, of fixed size and zero at first, and the arrays in it, which live as long as it does. */
export class KernelMemory {
  readonly memory: { readonly buffer: ArrayBuffer };
  #free = FIRST_FREE;

  /** @param bytes see `memoryBytes` */
  constructor(bytes: number) {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    this.memory = new wasm!.Memory({ initial: pages, maximum: pages });
  }

  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** @throws RangeError when the memory is used up */
  float64(length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.memory.buffer, this.#take(8 * length), length);
  }

  float32(length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.memory.buffer, this.#take(4 * length), length);
  }

  int32(length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.memory.buffer, this.#take(4 * length), length);
  }

  uint32(length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.memory.buffer, this.#take(4 * length), length);
  }

  int16(length: number): Int16Array<ArrayBuffer> {
    return new Int16Array(this.memory.buffer, this.#take(2 * length), length);
  }

  int8(length: number): Int8Array<ArrayBuffer> {
    return new Int8Array(this.memory.buffer, this.#take(length), length);
  }

  uint8(length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.memory.buffer, this.#take(length), length);
  }

  /** Whether an array lies here, so that its `byteOffset` is its address. */
  holds(array: { readonly buffer: ArrayBufferLike }): boolean {
    return array.buffer === this.memory.buffer;
  }

  #take(bytes: number): number {
    const at = this.#free;
    if (at + bytes > this.bytes)
      throw new RangeError(`The kernels' memory of ${this.bytes} bytes has no room for ${bytes} at ${at}.`);
    this.#free = at + roomOf(bytes);
    return at;
  }
}

/** Code of a kernel, decoded and compiled once a thread, when it is first needed. */
export class KernelCode<E extends KernelExports> {
  readonly #base64: string;
  /** null where this runtime cannot run it. */
  #module: object | null | undefined;

  constructor(base64: string) {
    this.#base64 = base64;
  }

  /** Without WebAssembly SIMD the TypeScript loops do the work. */
  get isSupported(): boolean {
    return this.#compiled() !== null;
  }

  /**
   * Its functions, working in a memory. Constants lie at one address in all kernels that have any: one memory serves
   * one of those.
   * @throws TypeError where the runtime lacks WebAssembly SIMD
   */
  on({ memory }: KernelMemory): E {
    const module = this.#compiled();
    if (!module) throw new TypeError('This runtime has no WebAssembly SIMD.');
    return new wasm!.Instance(module, { env: { memory } }).exports as E;
  }

  #compiled(): object | null {
    this.#module ??= compile(this.#base64);
    return this.#module;
  }
}

function compile(base64: string): object | null {
  const code = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return wasm?.validate(code) ? new wasm.Module(code) : null;
}
