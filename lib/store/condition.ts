import { Conflict, StaleInput } from '../errors.ts';
import type { GetOptions, ObjectHead, PutOptions } from './store.ts';

/** Whether `found` is the version that a reader insists on. @throws StaleInput */
export function checkGet(what: string, found: ObjectHead, { ifMatch }: GetOptions): void {
  if (ifMatch !== undefined && ifMatch !== found.etag) {
    throw new StaleInput(`${what} changed: it is ${found.etag}, no longer ${ifMatch}. Plan again.`);
  }
}

/** Whether a delete may go ahead; where nothing is, nothing is to be done. @throws Conflict */
export function checkDelete(what: string, found: ObjectHead | undefined, ifMatch: string | undefined): void {
  if (ifMatch === undefined || !found || ifMatch === found.etag) return;
  throw new Conflict(`${what} is ${found.etag}, no longer ${ifMatch}. Read it again.`);
}

/** Whether a put may go ahead over `found`. @throws Conflict */
export function checkPut(
  what: string,
  found: ObjectHead | undefined,
  { onlyIfAbsent, ifMatch }: PutOptions,
): void {
  if (onlyIfAbsent && found) throw new Conflict(`${what} is there already. Read it again.`);
  if (ifMatch !== undefined && ifMatch !== found?.etag) {
    throw new Conflict(`${what} is ${found?.etag ?? 'gone'}, no longer ${ifMatch}. Read it again.`);
  }
}
