import { BadRequest, CorruptInput, MissingInput } from '../errors.ts';
import { daysFromCivil, daysInMonth } from '../grid/time.ts';
import type { ObjectHead, Store } from '../store/store.ts';

/** A file of a series and its date. */
export interface DatedObject {
  readonly object: ObjectHead;
  /** Days since 1970-01-01. */
  readonly day: number;
}

/** A file-name pattern with dates, ready to match keys. */
export interface FilePattern {
  readonly text: string;
  /** Everything before the first token or wildcard: what is listed. */
  readonly prefix: string;
  /** Day of a key; undefined when the key is not of the series. @throws CorruptInput for an impossible date */
  dayOf(key: string): number | undefined;
}

const TOKENS: Readonly<Record<string, string>> = {
  '{YYYY}': '(?<year>\\d{4})',
  '{MM}': '(?<month>\\d{2})',
  '{DDD}': '(?<dayOfYear>\\d{3})',
  '{DD}': '(?<day>\\d{2})',
  '*': '[^/]*',
};

/**
 * Reads a pattern such as `mod09a1/ndvi_{YYYY}{DDD}.tif` or `MOD13Q1.A{YYYY}{DDD}.h28v06.*.tif`: year alone (its first
 * day), with month, with month and day, or with day of year; `*` stands for parts of a name that differ and say nothing.
 *
 * @throws BadRequest naming the pattern
 */
export function parseFilePattern(text: string): FilePattern {
  const parts = text.split(/(\{[^}]*\}|\*)/);
  const used = new Set<string>();
  const source = parts.map((part, i) => (i % 2 === 0 ? escapeRegExp(part) : tokenSource(text, part, used)));
  const has = (token: string) => used.has(token);
  if (!has('{YYYY}') || (has('{DDD}') && has('{MM}')) || (has('{DD}') && !has('{MM}'))) {
    throw new BadRequest(
      'pattern',
      `"${text}" needs {YYYY}, alone, with {DDD}, with {MM}, or with {MM} and {DD}.`,
    );
  }
  const matcher = new RegExp(`^${source.join('')}$`);
  return { text, prefix: parts[0]!, dayOf: (key) => dayOfMatch(key, matcher.exec(key)?.groups) };
}

/** True when a path names a series of files instead of one file. */
export const isFilePattern = (text: string): boolean => /\{[A-Z]+\}/.test(text);

function tokenSource(pattern: string, token: string, used: Set<string>): string {
  const source = TOKENS[token];
  if (!source) {
    throw new BadRequest(
      'pattern',
      `"${pattern}": ${token} is not known; use {YYYY}, {MM}, {DD}, {DDD} or *.`,
    );
  }
  if (token === '*') return source;
  if (used.has(token)) return `\\k<${/<(\w+)>/.exec(source)![1]}>`; // a folder and a name with the same year
  used.add(token);
  return source;
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function dayOfMatch(key: string, groups: Record<string, string> | undefined): number | undefined {
  if (!groups) return undefined;
  const year = Number(groups.year);
  if (groups.dayOfYear !== undefined) {
    const days = daysFromCivil(year + 1, 1, 1) - daysFromCivil(year, 1, 1);
    const nth = inRange(key, 'day of year', Number(groups.dayOfYear), days);
    return daysFromCivil(year, 1, 1) + nth - 1;
  }
  if (groups.month === undefined) return daysFromCivil(year, 1, 1);
  const month = inRange(key, 'month', Number(groups.month), 12);
  const day =
    groups.day === undefined ? 1 : inRange(key, 'day', Number(groups.day), daysInMonth(year, month));
  return daysFromCivil(year, month, day);
}

function inRange(key: string, what: string, value: number, most: number): number {
  if (value >= 1 && value <= most) return value;
  throw new CorruptInput(`${key}: its name says ${what} ${value}, which does not exist.`);
}

/**
 * Finds the files of a series, in order of time.
 *
 * @throws MissingInput when no file matches, CorruptInput when two files have the same date
 */
export async function listSeries(
  store: Store,
  pattern: FilePattern,
  signal?: AbortSignal,
): Promise<DatedObject[]> {
  const found: DatedObject[] = [];
  let other: string | undefined;
  for await (const object of store.list(pattern.prefix, signal ? { signal } : {})) {
    other ??= object.key;
    const day = pattern.dayOf(object.key);
    if (day !== undefined) found.push({ object, day });
  }
  if (found.length === 0) {
    const there = other ? `There is ${other}` : `Nothing there begins with "${pattern.prefix}"`;
    throw new MissingInput(
      `no file in ${store.name} matches "${pattern.text}". ${there}. Mend the pattern or inputs.`,
    );
  }
  found.sort((a, b) => a.day - b.day);
  found.forEach(({ object, day }, i) => {
    const before = found[i - 1];
    if (before?.day !== day) return;
    throw new CorruptInput(
      `${before.object.key} and ${object.key} have the same date by "${pattern.text}"; keep one, or narrow the pattern.`,
    );
  });
  return found;
}
