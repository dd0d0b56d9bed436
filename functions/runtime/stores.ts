import { BadRequest } from '../../lib/errors.ts';
import { type FileStoreOptions, fileStore } from '../../lib/store/file.ts';
import { isKey } from '../../lib/store/object-key.ts';
import { s3Store } from '../../lib/store/s3.ts';
import type { Store } from '../../lib/store/store.ts';

/**
 * The store at a location: a folder's path, or `s3://bucket/prefix`. For S3, credentials, region and endpoint come
 * from the standard variables (AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, …).
 * Nothing is asked of the folder or server yet.
 *
 * @param options of a folder
 * @throws BadRequest for an empty location, another scheme, or a name that is no bucket
 */
export function openStore(location: string, options: FileStoreOptions = {}): Store {
  if (location.trim() === '' || location.includes('\0')) {
    throw new BadRequest('store', 'is empty; give the path of a folder, or s3://bucket/prefix');
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(location)?.[1];
  if (/^s3:(?!\/\/)/.test(location)) throw new BadRequest('store', `"${location}": write s3://bucket/prefix`);
  if (!scheme) return fileStore(location, options);
  if (scheme !== 's3') {
    throw new BadRequest(
      'store',
      `"${location}": ${scheme}:// is not known; give a folder, or s3://bucket/prefix`,
    );
  }
  return openBucket(location, process.env);
}

function openBucket(location: string, env: NodeJS.ProcessEnv): Store {
  const [bucket = '', ...parts] = location.slice('s3://'.length).split('/');
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new BadRequest(
      'store',
      `"${location}": "${bucket}" is no name of a bucket (3 to 63 of a-z, 0-9, "-", ".")`,
    );
  }
  const prefix = parts.join('/').replace(/\/+$/, '');
  if (prefix && !isKey(prefix)) {
    throw new BadRequest(
      'store',
      `"${location}": "${prefix}" is no prefix (an empty part, "..", "\\\\" or the like)`,
    );
  }
  const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL;
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || (endpoint && 'us-east-1');
  return s3Store({
    bucket,
    ...(prefix && { prefix }),
    ...(endpoint && { endpoint }),
    ...(region && { region }),
  });
}
