import { BadRequest } from '../lib/errors.ts';
import { isKey } from '../lib/store/object-key.ts';

/** Where the inputs lie: the only place whose events are listened to. */
export interface InputsPlace {
  readonly bucket: string;
  /** Without a slash at its end; empty for the whole bucket. */
  readonly prefix: string;
}

/** What a message of S3 tells: keys of the inputs, from their root, and what was not listened to. */
export interface Told {
  readonly keys: readonly string[];
  readonly ignored: readonly { readonly what: string; readonly why: string }[];
}

/** Nothing longer fits a queue of AWS. */
const LONGEST_MESSAGE = 2 ** 20;

interface S3Record {
  readonly eventName?: unknown;
  readonly s3?: {
    readonly bucket?: { readonly name?: unknown };
    readonly object?: { readonly key?: unknown };
  };
}

/** Splits `s3://bucket/prefix`. */
export function inputsPlace(location: string): InputsPlace {
  const [bucket = '', ...parts] = location.replace(/^s3:\/\//, '').split('/');
  return { bucket, prefix: parts.join('/').replace(/\/+$/, '') };
}

/**
 * The keys that a notification of S3 names. Only creations count: a deleted input takes nothing away that was computed.
 * @throws BadRequest when it is no notification
 */
export function keysOfS3Event(body: string, place: InputsPlace): Told {
  const event = parse(body);
  if (event.Event === 's3:TestEvent') return { keys: [], ignored: [{ what: 's3:TestEvent', why: 'a test' }] };
  if (!Array.isArray(event.Records))
    throw new BadRequest('message', 'is no notification of S3: it has no Records');
  const keys: string[] = [];
  const ignored: { what: string; why: string }[] = [];
  for (const record of event.Records as S3Record[]) {
    const heard = keyOf(record, place);
    if (typeof heard === 'string') keys.push(heard);
    else ignored.push(heard);
  }
  return { keys, ignored };
}

function parse(body: string): { readonly Event?: unknown; readonly Records?: unknown } {
  if (body.length > LONGEST_MESSAGE)
    throw new BadRequest('message', `${body.length} characters are no notification`);
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch (cause) {
    throw new BadRequest('message', 'is not JSON', { cause });
  }
  if (event === null || typeof event !== 'object')
    throw new BadRequest('message', 'is no notification of S3');
  return event;
}

function keyOf(record: S3Record | null, { bucket, prefix }: InputsPlace): string | Told['ignored'][number] {
  const what = String(record?.eventName);
  const from = record?.s3?.bucket?.name;
  const said = record?.s3?.object?.key;
  if (typeof said !== 'string' || typeof from !== 'string') return { what, why: 'it names no object' };
  if (from !== bucket) return { what: `${what} ${from}`, why: `only ${bucket} is listened to` };
  if (!/^(s3:)?ObjectCreated:/.test(what)) return { what: `${what} ${said}`, why: 'only creations count' };
  const key = decodeKey(said);
  const root = prefix && `${prefix}/`;
  if (!key.startsWith(root)) return { what: `${what} ${said}`, why: `it lies outside ${root}` };
  const own = key.slice(root.length);
  return isKey(own) ? own : { what: `${what} ${said}`, why: 'it is no key that a store could hold' };
}

/** S3 writes keys as in a form: "+" for a blank, the rest in percent. Some servers write them as they are. */
function decodeKey(said: string): string {
  try {
    return decodeURIComponent(said.replaceAll('+', ' '));
  } catch {
    return said;
  }
}
