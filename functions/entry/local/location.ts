import { basename, dirname, resolve } from 'node:path';
import type { Store } from '../../../lib/store/store.ts';
import { openStore } from '../../runtime/stores.ts';

/** Whether a location is a URL and no path; which URLs there are is for `openStore` to say. */
export const isRemote = (location: string): boolean => /^([a-z][a-z0-9+.-]*:\/\/|s3:)/i.test(location);

/** A folder's whole path, or the URL as it is. */
export const placeOf = (location: string): string => (isRemote(location) ? location : resolve(location));

/** A file and the store that it lies in: on a disk or in a bucket. */
export function locateFile(path: string): { readonly store: Store; readonly key: string } {
  if (!isRemote(path)) return { store: openStore(dirname(resolve(path))), key: basename(path) };
  const slash = path.lastIndexOf('/');
  return { store: openStore(path.slice(0, slash)), key: path.slice(slash + 1) };
}
