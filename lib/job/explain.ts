import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { BadRequest } from '../errors.ts';

type Path = readonly PropertyKey[];

/**
 * Everything that is wrong with what a person wrote, a line each.
 *
 * @param name how the whole is called; paths of fields start with it
 * @param raw what was written, parsed
 * @param known names of the fields that there are at a path
 */
export function refusal(
  name: string,
  raw: unknown,
  error: z.ZodError,
  known: (path: Path) => readonly string[],
): BadRequest {
  const [first, ...others] = error.issues
    .toSorted((a, b) => rank(a) - rank(b))
    .map((issue) => [[name, ...issue.path].join('.'), explain(issue, raw, known(issue.path))] as const);
  const more = others.map(([field, problem]) => `\n${field}: ${problem}`).join('');
  return new BadRequest(first![0], first![1] + more, { cause: error });
}

/** A misspelt name first: the missing field that it causes is the lesser news. */
const rank = (issue: z.core.$ZodIssue): number => (issue.code === 'unrecognized_keys' ? 0 : 1);

/**
 * One thing that is wrong with a spec as a person would say it: what was found, what it may be, and the nearest known
 * name for a misspelt one.
 *
 * @param raw what was parsed
 * @param known names that there are at the issue's path
 */
function explain(issue: z.core.$ZodIssue, raw: unknown, known: readonly string[]): string {
  const found = valueAt(raw, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(key, known)).join('; ');
    case 'invalid_value':
      return notOneOf(found, issue.values.map(String));
    case 'invalid_type':
      return found === undefined
        ? 'missing'
        : `${quoted(found)} is no ${NAMES[issue.expected] ?? issue.expected}`;
    default:
      return found === undefined || issue.code === 'custom'
        ? issue.message
        : `${issue.message}; not ${quoted(found)}`;
  }
}

const NAMES: Readonly<Record<string, string>> = {
  record: 'group of named fields',
  object: 'group of fields',
  array: 'list',
  tuple: 'list',
  string: 'text',
  int: 'whole number',
};

function unknownField(key: string, known: readonly string[]): string {
  // Kinds of one thing have fields of their own; `known` are those of all kinds.
  if (known.includes(key)) return `"${key}" does not go with the other fields`;
  const near = nearest(key, known);
  if (near) return `unknown field "${key}"; did you mean "${near}"?`;
  return known.length > 0
    ? `unknown field "${key}"; known are: ${known.join(', ')}`
    : `unknown field "${key}"`;
}

function notOneOf(found: unknown, allowed: readonly string[]): string {
  if (found === undefined) return `missing; say one of: ${allowed.join(', ')}`;
  const near = nearest(String(found), allowed);
  return `${quoted(found)} is none of: ${allowed.join(', ')}${near ? `; did you mean "${near}"?` : ''}`;
}

const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

const valueAt = (raw: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    raw,
  );

/** The names of fields that a schema has at a path; none where it is not a group of named fields. */
export function fieldsAt(schema: unknown, path: Path): string[] {
  let at = unwrapped(schema);
  for (const key of path) at = at instanceof z.ZodObject ? unwrapped(at.shape[String(key)]) : undefined;
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

/** What is inside `optional`, `default` and `prefault`. */
function unwrapped(schema: unknown): unknown {
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return isWrapped ? unwrapped(schema.unwrap()) : schema;
}

/** The known name within two edits, if there is one. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const name = closest(word, known);
  return distance(word, name) <= 2 ? name : undefined;
}
