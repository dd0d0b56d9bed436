import { parse, YAMLParseError } from 'yaml';
import { BadRequest } from '../errors.ts';

/**
 * Reads YAML, or JSON, which is YAML too.
 * @throws BadRequest naming the text and the line, where it is neither or a key stands twice
 */
export function parseYaml(text: string, name: string): unknown {
  try {
    return parse(text, { uniqueKeys: true });
  } catch (error) {
    if (error instanceof YAMLParseError) throw new BadRequest(name, error.message, { cause: error });
    throw error;
  }
}
