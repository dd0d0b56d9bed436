/** One value of a CSV file: `undefined`, `null` and NaN are empty, because they are no numbers. */
export type CsvValue = string | number | boolean | null | undefined;

/**
 * A table as RFC 4180 wants it: CRLF after every line, and quotes around a text that has a comma, a quote or a line
 * break in it. Numbers keep all the digits that bring back the same double.
 */
export function csv(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [header, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(value: CsvValue): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
