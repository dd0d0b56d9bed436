import { isFluxError, StoreFailure } from '../errors.ts';

/** The system's code of an error (`ENOENT`), if it has one. */
export function errno(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

interface Cause {
  readonly says: string;
  readonly transient?: boolean;
}

const CAUSES: Readonly<Record<string, Cause>> = {
  ENOSPC: {
    says: 'no space left on the disk. Free some, or choose another store; what was there is unchanged',
  },
  EDQUOT: {
    says: 'the disk quota is used up. Free some, or choose another store; what was there is unchanged',
  },
  EFBIG: {
    says: 'the object is larger than this file system or limit (ulimit -f) allows; what was there is unchanged',
  },
  EROFS: { says: 'the file system is read-only. Choose another store' },
  EACCES: { says: 'permission denied. Give this user access, or choose another store' },
  EPERM: { says: 'operation not permitted. Give this user access, or choose another store' },
  EXDEV: {
    says: 'another file system is mounted inside the store, so a put cannot be atomic. Make it a store of its own',
  },
  ENOTDIR: {
    says: 'a part of this key is an object; in a folder, a key cannot be both an object and a folder',
  },
  EISDIR: { says: 'this key is a folder; in a folder, a key cannot be both an object and a folder' },
  EEXIST: {
    says: 'a part of this key is an object; in a folder, a key cannot be both an object and a folder',
  },
  ENOTEMPTY: { says: 'this key is a folder; in a folder, a key cannot be both an object and a folder' },
  ELOOP: { says: 'symbolic links go round in a circle' },
  EMFILE: { says: 'too many open files in this process (ulimit -n)', transient: true },
  ENFILE: { says: 'too many open files on this machine', transient: true },
  EAGAIN: { says: 'the file system is busy', transient: true },
  EBUSY: { says: 'the file system is busy', transient: true },
  ESTALE: { says: 'the network file system lost track of the file', transient: true },
  ETIMEDOUT: { says: 'the file system did not answer in time', transient: true },
};

/** Names what the disk refused, and what to do. Errors that already have a name, and aborts, pass as they are. */
export function diskFailure(error: unknown, doing: string): unknown {
  const code = errno(error);
  if (isFluxError(error) || typeof code !== 'string' || !/^E(?!RR_)[A-Z0-9]+$/.test(code)) return error;
  const cause = CAUSES[code] ?? { says: (error as Error).message };
  return new StoreFailure(`${doing}: ${cause.says} (${code}).`, cause.transient ?? false, { cause: error });
}
