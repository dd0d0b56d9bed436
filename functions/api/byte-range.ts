import { Refusal } from './errors.ts';

/**
 * The bytes that a `Range` header asks for. Several ranges at once, and units other than bytes, are answered whole, as
 * RFC 9110 allows.
 * @throws Refusal 416 when the range lies outside an object of `size` bytes
 */
export function rangeOf(
  header: string | undefined,
  size: number,
): { offset: number; length: number } | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [first, last] = [match[1]!, match[2]!];
  const offset = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (first !== '' && last !== '' && Number(last) < offset) return undefined;
  if (offset >= size || offset >= end) {
    throw new Refusal('RangeNotSatisfiable', `The object has ${size} bytes.`, {
      'Content-Range': `bytes */${size}`,
    });
  }
  return { offset, length: end - offset };
}
