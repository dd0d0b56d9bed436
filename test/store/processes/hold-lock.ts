import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { withFileLock } from '../../../lib/store/file-lock.ts';

/** Takes the lock of a key as a put does, says where it is, and keeps it until it is killed. */
const [root, key] = process.argv.slice(2) as [string, string];
const lock = join(root, '.chunkflux/locks', createHash('sha1').update(key).digest('hex'));
await withFileLock(lock, async () => {
  console.log(lock);
  await new Promise((done) => setTimeout(done, 60_000));
});
