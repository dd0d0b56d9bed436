import { parse as parseYaml, YAMLParseError } from 'yaml';
import { BadRequest } from '../errors.ts';

/**
 * Reads what the codes of a map mean from YAML or JSON text.
 * @throws BadRequest naming the file, where it is no table from code to class
 */
export function parseLegend(text: string, name: string): Readonly<Record<string, string>> {
  let raw: unknown;
  try {
    raw = parseYaml(text, { uniqueKeys: true });
  } catch (error) {
    if (error instanceof YAMLParseError) throw new BadRequest(name, error.message, { cause: error });
    throw error;
  }
  const isTable = typeof raw === 'object' && raw !== null && !Array.isArray(raw);
  const entries = isTable ? Object.entries(raw as object) : [];
  if (entries.length === 0 || !entries.every(([, type]) => typeof type === 'string'))
    throw new BadRequest(name, 'a legend is a table from code to class, such as 10: forest');
  return Object.fromEntries(entries) as Record<string, string>;
}
