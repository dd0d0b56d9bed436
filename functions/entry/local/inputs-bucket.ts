import { BadRequest } from '../../../lib/errors.ts';

/** The one bucket of the local cloud. */
export const BUCKET = 'inputs';

/** What one upload may have, bytes. */
const LARGEST_UPLOAD = 2 ** 31;
/** Requests with these in their query speak of an object, but put none. */
const NO_OBJECT = /[?&](partNumber|tagging|acl|uploads|retention|legal-hold)\b/;

export interface InputsBucket {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * An S3 server on loopback with one bucket, in memory, that tells of each object that was put as S3 does. Its
 * credentials are not looked at: it listens on this machine alone.
 *
 * @param told is given the body of a notification
 * @throws BadRequest when the port is taken
 */
export async function openInputsBucket(port: number, told: (body: string) => void): Promise<InputsBucket> {
  const { buildApp } = await import('fauxqs'); // half of all modules there are: other commands start without
  const app = buildApp({ logger: false });
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LARGEST_UPLOAD }, (_request, body, done) =>
    done(null, body),
  );
  app.addHook('onResponse', async ({ method, url, headers }, { statusCode }) => {
    const key = statusCode === 200 ? putKey(method, url, headers.host ?? '') : undefined;
    if (key !== undefined) told(notification(key));
  });
  const url = await app.listen({ port, host: '127.0.0.1' }).catch((cause: Error) => {
    const problem = `cannot listen on 127.0.0.1:${port} (${cause.message}); 0 takes a free one`;
    throw new BadRequest('--s3-port', problem, { cause });
  });
  const made = await fetch(`${url}/${BUCKET}`, { method: 'PUT' });
  if (!made.ok) throw new Error(`the bucket could not be made: ${made.status}`);
  return { url, close: async () => void (await app.close()) };
}

/** The key of an object that a request has put, as S3 writes it in events; undefined for other requests. */
function putKey(method: string, url: string, host: string): string | undefined {
  const isPut = method === 'PUT' && !NO_OBJECT.test(url);
  const isWhole = method === 'POST' && /[?&]uploadId=/.test(url);
  if (!isPut && !isWhole) return undefined;
  const path = url.split('?')[0]!.slice(1);
  const own = host.startsWith(`${BUCKET}.`) ? `${BUCKET}/${path}` : path;
  const [bucket, ...key] = own.split('/');
  return bucket === BUCKET && key.join('/') !== '' ? key.join('/') : undefined;
}

const notification = (key: string): string =>
  JSON.stringify({
    Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: BUCKET }, object: { key } } }],
  });
