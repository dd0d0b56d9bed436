import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreFailure } from '../errors.ts';
import { errno } from './file-errors.ts';

/** A lock is held for a stat and a rename, milliseconds. One seen unchanged for this long has lost its owner. */
const LEASE_MS = 5_000;
const PATIENCE_MS = 30_000;

/** Says whether the lock may still be relied on; ask right before the one step that must not happen twice. */
export type StillMine = () => void;

/**
 * Runs `critical` while a file at `path` says that nobody else does, across threads and processes.
 *
 * Node has no flock, so a lock outlives a killed owner. It is broken when its owner is a dead process of this host, or
 * when this waiter has seen the same owner for a lease (no clocks of two machines are compared). An owner that was
 * held up for half a lease gives up by itself (`StillMine`), so that it does not write what it no longer guards.
 *
 * @throws StoreFailure (transient) when the lock cannot be had, or was held for too long
 */
export async function withFileLock<T>(
  path: string,
  critical: (stillMine: StillMine) => Promise<T>,
): Promise<T> {
  await acquire(path);
  const since = Date.now();
  const isMine = () => Math.abs(Date.now() - since) < LEASE_MS / 2;
  try {
    return await critical(() => {
      if (!isMine())
        throw new StoreFailure(`${path}: this process was held up while it had the lock. Try again.`, true);
    });
  } finally {
    if (isMine()) await rm(path, { force: true }); // later, it may be another's: left to those who wait
  }
}

async function acquire(path: string): Promise<void> {
  const started = Date.now();
  let seen: string | undefined;
  let seenAt = started;
  while (!(await tryCreate(path))) {
    const owner = await readOwner(path);
    if (owner !== seen) [seen, seenAt] = [owner, Date.now()];
    if (owner !== undefined && (isDead(owner) || Date.now() - seenAt > LEASE_MS))
      await breakLock(path, owner);
    else if (Date.now() - started > PATIENCE_MS) {
      throw new StoreFailure(
        `${path} is locked by ${owner} and stays so. Stop that process, or try again.`,
        true,
      );
    } else await sleep(1 + Math.random() * 7);
  }
}

async function tryCreate(path: string): Promise<boolean> {
  try {
    await writeFile(path, `${hostname()} ${process.pid} ${randomUUID()}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errno(error) === 'EEXIST') return false;
    if (errno(error) === 'ENOSPC' || errno(error) === 'EDQUOT') await rm(path, { force: true }); // made, not filled
    throw error;
  }
}

async function readOwner(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** An owner that cannot be judged from here (another host, or killed before it wrote its name) is given its lease. */
function isDead(owner: string): boolean {
  const [host, pid] = owner.split(' ');
  if (host !== hostname() || !pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return errno(error) === 'ESRCH';
  }
}

/** Under a lock of its own: of two breakers, the slower would else remove the lock that the faster has just taken. */
async function breakLock(path: string, owner: string): Promise<void> {
  await withFileLock(`${path}.break`, async () => {
    if ((await readOwner(path)) === owner) await rm(path, { force: true });
  });
}
