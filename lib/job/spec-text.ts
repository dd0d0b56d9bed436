import { checkSpec, type Spec } from './spec.ts';
import { parseYaml } from './yaml-text.ts';

/**
 * Reads a spec from YAML or JSON text.
 * @throws BadRequest with the path of the field, what is wrong with it and what it may be
 */
export const parseSpec = (text: string, name = 'spec'): Spec => checkSpec(parseYaml(text, name), name);
