import Bunzip from 'seek-bzip';

/** @throws Error when it is no bzip2, ends too soon, or would be longer than `most` bytes */
export function bunzip(bytes: Uint8Array, most: number): Uint8Array<ArrayBuffer> {
  const source = new ByteSource(bytes);
  const sink = new ByteSink(most);
  Bunzip.decode(source, sink, false);
  return sink.bytes();
}

class ByteSource {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  readByte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new Error('the bzip2 stream ends too soon');
    return byte;
  }

  /** @returns how many bytes were there */
  read(into: Uint8Array, offset: number, length: number): number {
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    into.set(part, offset);
    this.#at += part.length;
    return part.length;
  }
}

class ByteSink {
  readonly #most: number;
  #buffer = new Uint8Array(2 ** 16);
  #at = 0;

  constructor(most: number) {
    this.#most = most;
  }

  writeByte(byte: number): void {
    if (this.#at >= this.#most) throw new Error(`the bzip2 stream holds more than ${this.#most} bytes`);
    if (this.#at === this.#buffer.length) {
      const larger = new Uint8Array(2 * this.#at);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer[this.#at++] = byte;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#at);
  }
}
