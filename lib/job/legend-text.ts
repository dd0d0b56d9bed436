import { BadRequest } from '../errors.ts';
import { parseYaml } from './yaml-text.ts';

/**
 * Reads what the codes of a map mean from YAML or JSON text.
 * @throws BadRequest naming the file, where it is no table from code to class
 */
export function parseLegend(text: string, name: string): Readonly<Record<string, string>> {
  const raw = parseYaml(text, name);
  const isTable = typeof raw === 'object' && raw !== null && !Array.isArray(raw);
  const entries = isTable ? Object.entries(raw as object) : [];
  if (entries.length === 0 || !entries.every(([, type]) => typeof type === 'string'))
    throw new BadRequest(name, 'a legend is a table from code to class, such as 10: forest');
  return Object.fromEntries(entries) as Record<string, string>;
}
