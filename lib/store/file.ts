import { hash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { BadRequest, Conflict } from '../errors.ts';
import { checkDelete, checkPut } from './condition.ts';
import { headOf, readObject, stampAfter, writeNew } from './file-bytes.ts';
import { type OpenToRead, openHandedOver, openInPlace } from './file-calls.ts';
import { diskFailure, errno } from './file-errors.ts';
import { statOf, walk } from './file-list.ts';
import { withFileLock } from './file-lock.ts';
import { assertKey, assertPrefix, RESERVED } from './object-key.ts';
import type { DeleteOptions, GetOptions, ObjectHead, PutOptions, Store, StoredObject } from './store.ts';

const PUT_TRIES = 20; // a delete may take the empty folder away just before an object is to come into it
const LEFTOVER_MS = 3_600_000; // a temporary file this old belongs to nobody any more
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']); // exFAT, some network file systems

interface Signal {
  readonly signal?: AbortSignal;
}

/**
 * A folder as an object store: a key is a path. Objects are written beside the tree, in `.chunkflux/tmp`, and get
 * their name in one step, so readers and a full disk never meet half of one. The etag is size, time and inode: it
 * differs after every put, also of equal bytes, and after a copy of the folder.
 *
 * Writes through links that lead out of the folder are refused; reads follow them, so inputs may be linked in.
 */
export function fileStore(root: string, options: FileStoreOptions = {}): Store {
  return new FileStore(resolve(root), options);
}

export interface FileStoreOptions {
  /** Whether the thread may stand still while it reads: where it serves nobody else, that is the faster way. */
  readonly mayWait?: boolean;
}

class FileStore implements Store {
  readonly name: string;
  readonly #root: string;
  readonly #temporary: string;
  readonly #locks: string;
  readonly #open: OpenToRead;
  #ready: Promise<string> | undefined;

  constructor(root: string, { mayWait = false }: FileStoreOptions) {
    this.name = `folder ${root}`;
    this.#root = root;
    this.#temporary = join(root, RESERVED, 'tmp');
    this.#locks = join(root, RESERVED, 'locks');
    this.#open = mayWait ? openInPlace : openHandedOver;
  }

  get(key: string, options: GetOptions = {}): Promise<StoredObject | undefined> {
    return this.#doing('reading', key, options, (path) =>
      readObject(path, key, `${this.name}: ${key}`, options, this.#open),
    );
  }

  head(key: string, options: Signal = {}): Promise<ObjectHead | undefined> {
    return this.#doing('reading', key, options, (path) => headAt(path, key));
  }

  put(key: string, bytes: Uint8Array, options: PutOptions = {}): Promise<ObjectHead> {
    return this.#doing('writing', key, options, async (path) => {
      // A conflict that shows already is said before the bytes are written for nothing.
      if (isConditional(options)) checkPut(`${this.name}: ${key}`, await headAt(path, key), options);
      for (let tries = 0; ; tries++) {
        try {
          return await this.#write(path, key, bytes, options);
        } catch (error) {
          if (errno(error) !== 'ENOENT' || tries === PUT_TRIES) throw error;
          this.#ready = undefined;
        }
      }
    });
  }

  delete(key: string, options: DeleteOptions = {}): Promise<void> {
    return this.#doing('deleting', key, options, async (path) => {
      if (!(await headAt(path, key))) return;
      await this.#makeReady();
      await this.#assertInside(dirname(path), key);
      await withFileLock(this.#lockOf(key), async () => {
        checkDelete(`${this.name}: ${key}`, await headAt(path, key), options.ifMatch);
        await rm(path, { force: true });
      });
      await this.#pruneAbove(path);
    });
  }

  async *list(prefix: string, { signal }: Signal = {}): AsyncGenerator<ObjectHead> {
    assertPrefix(prefix);
    signal?.throwIfAborted();
    try {
      for await (const { key, stat } of walk(this.#root, prefix)) {
        yield headOf(key, stat);
        signal?.throwIfAborted();
      }
    } catch (error) {
      throw diskFailure(error, `${this.name}: listing "${prefix}"`);
    }
  }

  async #doing<T>(
    verb: string,
    key: string,
    { signal }: Signal,
    work: (path: string) => Promise<T>,
  ): Promise<T> {
    assertKey(key);
    signal?.throwIfAborted();
    try {
      return await work(join(this.#root, key));
    } catch (error) {
      throw diskFailure(error, `${this.name}: ${verb} ${key}`);
    }
  }

  async #write(path: string, key: string, bytes: Uint8Array, options: PutOptions): Promise<ObjectHead> {
    await this.#makeReady();
    const temporary = join(this.#temporary, randomUUID());
    try {
      await this.#makeFolder(dirname(path), key);
      await writeNew(temporary, bytes, options.signal);
      if (options.onlyIfAbsent) return await this.#create(temporary, path, key);
      return await this.#replace(temporary, path, key, options);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** A hard link is made only where nothing is: of many racers, one wins, whatever becomes of the lock. */
  async #create(temporary: string, path: string, key: string): Promise<ObjectHead> {
    const head = headOf(key, await stampAfter(temporary, undefined));
    try {
      await link(temporary, path);
      return head;
    } catch (error) {
      if (NO_LINKS.has(errno(error) ?? ''))
        return this.#replace(temporary, path, key, { onlyIfAbsent: true });
      if (errno(error) !== 'EEXIST' || (await statOf(path))?.isDirectory()) throw error;
      throw new Conflict(`${this.name}: ${key} is there already. Read it again.`, { cause: error });
    }
  }

  #replace(temporary: string, path: string, key: string, options: PutOptions): Promise<ObjectHead> {
    return withFileLock(this.#lockOf(key), async (stillMine) => {
      const found = await statOf(path);
      checkPut(`${this.name}: ${key}`, found && headOf(key, found), options);
      const head = headOf(key, await stampAfter(temporary, found?.mtimeNs));
      stillMine();
      await rename(temporary, path);
      return head;
    });
  }

  #lockOf(key: string): string {
    return join(this.#locks, hash('sha1', key));
  }

  /** Makes the folders that every put needs, and clears what killed processes left there. Gives the root's real path. */
  #makeReady(): Promise<string> {
    const work = async () => {
      await mkdir(this.#temporary, { recursive: true });
      await mkdir(this.#locks, { recursive: true });
      await sweep(this.#temporary);
      await sweep(this.#locks);
      return realpath(this.#root);
    };
    this.#ready ??= work().catch((error) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  async #makeFolder(folder: string, key: string): Promise<void> {
    if (await this.#assertInside(folder, key)) return;
    for (let above = dirname(folder); !(await this.#assertInside(above, key)); above = dirname(above));
    await mkdir(folder, { recursive: true });
  }

  /** Whether the folder is there; if so, its real path must be in the store. @throws BadRequest */
  async #assertInside(folder: string, key: string): Promise<boolean> {
    const root = await this.#makeReady();
    let real: string;
    try {
      real = await realpath(folder);
    } catch (error) {
      if (errno(error) === 'ENOENT') return false;
      throw error;
    }
    if (real === root || real.startsWith(root + sep)) return true;
    throw new BadRequest('key', `"${key}" leads out of ${this.name}, by a link to ${real}`);
  }

  /** Takes away the folders that a delete emptied: on S3 there are none either, and a key may take their name. */
  async #pruneAbove(path: string): Promise<void> {
    for (let folder = dirname(path); folder !== this.#root; folder = dirname(folder)) {
      try {
        await rmdir(folder);
      } catch {
        return; // not empty, or a link, or another process was faster: it stays
      }
    }
  }
}

function isConditional({ onlyIfAbsent, ifMatch }: PutOptions): boolean {
  return Boolean(onlyIfAbsent) || ifMatch !== undefined;
}

async function headAt(path: string, key: string): Promise<ObjectHead | undefined> {
  const found = await statOf(path);
  return found?.isFile() ? headOf(key, found) : undefined;
}

async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await statOf(path);
    if (found && Date.now() - Number(found.mtimeMs) > LEFTOVER_MS) await rm(path, { force: true });
  }
}
