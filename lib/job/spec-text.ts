import { parse as parseYaml, YAMLParseError } from 'yaml';
import { BadRequest } from '../errors.ts';
import { checkSpec, type Spec } from './spec.ts';

/**
 * Reads a spec from YAML or JSON text.
 * @throws BadRequest with the path of the field, what is wrong with it and what it may be
 */
export function parseSpec(text: string, name = 'spec'): Spec {
  let raw: unknown;
  try {
    raw = parseYaml(text, { uniqueKeys: true });
  } catch (error) {
    if (error instanceof YAMLParseError) throw new BadRequest(name, error.message, { cause: error });
    throw error;
  }
  return checkSpec(raw, name);
}
