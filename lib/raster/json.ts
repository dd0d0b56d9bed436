import { CorruptInput, UnsupportedInput } from '../errors.ts';

/** Attributes, or any other JSON object. */
export type Json = Readonly<Record<string, unknown>>;

const MAX_DOCUMENT_BYTES = 64 * 2 ** 20;

/**
 * Reads a JSON document; Python's bare NaN and Infinity become the strings that Zarr v3 writes for them.
 * @throws CorruptInput, UnsupportedInput (over 64 MiB) naming `key`
 */
export function parseJson(bytes: Uint8Array, key: string): unknown {
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    throw new UnsupportedInput(`${key}: a JSON document of ${bytes.length} bytes is not read.`);
  }
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch (strictError) {
    const bareNumbers = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;
    try {
      return JSON.parse(text.replace(bareNumbers, (token) => (token.startsWith('"') ? token : `"${token}"`)));
    } catch {
      throw new CorruptInput(`${key}: not a JSON document.`, { cause: strictError });
    }
  }
}

/** A JSON document in ASCII: zarr-python 2 reads nothing else. */
export function asciiJson(value: unknown): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(value, undefined, 2);
  const escaped = text.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return new TextEncoder().encode(escaped);
}

/** A value in a message, shortened. */
export function brief(value: unknown): string {
  const text = jsonOf(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'a value nested too deep to show';
  }
}
