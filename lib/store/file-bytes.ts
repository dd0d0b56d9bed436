import { type BigIntStats, constants } from 'node:fs';
import { open, stat, utimes } from 'node:fs/promises';
import { StaleInput, StoreFailure } from '../errors.ts';
import { allocate, resolveRange } from './byte-range.ts';
import { checkGet } from './condition.ts';
import type { OpenFile, OpenToRead } from './file-calls.ts';
import { isAbsence } from './file-list.ts';
import type { GetOptions, ObjectHead, StoredObject } from './store.ts';

const PIECE = 16 << 20; // bytes a system call is asked for: an abort is noticed, and 2 GiB a call is the most there is

/** What a file's metadata says of it. No byte is read: a run with nothing to do must not touch its inputs' pixels. */
export function headOf(key: string, { size, mtimeNs, ino }: BigIntStats): ObjectHead {
  return {
    key,
    etag: `${size.toString(36)}-${mtimeNs.toString(36)}-${ino.toString(36)}`,
    size: Number(size),
  };
}

/** Reads a file or a part of it. Metadata is looked at before and after, so bytes of two versions never mix. */
export async function readObject(
  path: string,
  key: string,
  what: string,
  options: GetOptions,
  openToRead: OpenToRead,
): Promise<StoredObject | undefined> {
  const file = await openIfThere(path, openToRead);
  if (!file) return undefined;
  try {
    const found = await file.stat();
    if (found.isDirectory()) return undefined;
    if (!found.isFile()) throw new StoreFailure(`${what} is a pipe, socket or device, not a file.`, false);
    const head = headOf(key, found);
    checkGet(what, head, options);
    const [start, end] = resolveRange(options.range, head.size, what);
    const bytes = await readBytes(file, start, end, what, options.signal);
    const { etag } = headOf(key, await file.stat());
    checkGet(what, { ...head, etag }, { ifMatch: head.etag });
    return { ...head, bytes };
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string, openToRead: OpenToRead): Promise<OpenFile | undefined> {
  try {
    return await openToRead(path, constants.O_RDONLY | constants.O_NONBLOCK); // or a pipe would wait for a writer
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

async function readBytes(
  file: OpenFile,
  start: number,
  end: number,
  what: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = allocate(end - start, what);
  for (let at = 0; at < bytes.length; ) {
    signal?.throwIfAborted();
    const read = await file.read(bytes, at, Math.min(PIECE, bytes.length - at), start + at);
    if (read === 0) throw new StaleInput(`${what} was cut short while it was read. Plan again.`);
    at += read;
  }
  return bytes;
}

/**
 * Writes a new file and waits for the disk. Without the sync, a power cut could leave a name without bytes behind it,
 * and a record that calls them computed; measured, it costs about half a millisecond an object on a virtual disk.
 */
export async function writeNew(
  path: string,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    for (let at = 0; at < bytes.length; ) {
      signal?.throwIfAborted();
      at += (await handle.write(bytes, at, Math.min(PIECE, bytes.length - at))).bytesWritten;
    }
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/**
 * Gives a file the time of now, but later than `before`, so that no two versions under one key share an etag: the
 * kernel's own clock stands still for 4 ms, and a freed inode is used again at once. The steps are for file systems
 * that keep times coarsely.
 */
export async function stampAfter(path: string, before: bigint | undefined): Promise<BigIntStats> {
  const now = (performance.timeOrigin + performance.now()) / 1000;
  let stamped = await stampAt(path, now);
  for (const step of [2e-6, 0.02, 4]) {
    if (before === undefined || stamped.mtimeNs > before) break;
    stamped = await stampAt(path, Number(before) / 1e9 + step);
  }
  return stamped;
}

async function stampAt(path: string, seconds: number): Promise<BigIntStats> {
  await utimes(path, seconds, seconds);
  return stat(path, { bigint: true });
}
