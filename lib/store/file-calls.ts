import { type BigIntStats, closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';

/** A file that is open to be read. */
export interface OpenFile {
  stat(): Promise<BigIntStats> | BigIntStats;
  /** @returns bytes that were read into `bytes` from `at` on; 0 at the end of the file */
  read(bytes: Uint8Array, at: number, length: number, from: number): Promise<number> | number;
  close(): Promise<void> | void;
}

/** Opens a file. @param flags of `fs.constants` */
export type OpenToRead = (path: string, flags: number) => Promise<OpenFile>;

/** By libuv's threads, while the one that asks goes on with other work, as a server must. */
export const openHandedOver: OpenToRead = async (path, flags) => {
  const handle: FileHandle = await open(path, flags);
  return {
    stat: () => handle.stat({ bigint: true }),
    read: async (...where) => (await handle.read(...where)).bytesRead,
    close: () => handle.close(),
  };
};

/**
 * By the thread that asks, which has little else to do: to hand a call over and be woken takes longer than most reads.
 * Before each file the rest of the thread has its turn, as whoever reads in a loop would else keep it from all.
 */
export const openInPlace: OpenToRead = async (path, flags) => {
  await setImmediate();
  const file = openSync(path, flags);
  return {
    stat: () => fstatSync(file, { bigint: true }),
    read: (...where) => readSync(file, ...where),
    close: () => closeSync(file),
  };
};
