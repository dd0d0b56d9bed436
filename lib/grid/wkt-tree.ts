import { UnsupportedInput } from '../errors.ts';

/** `WORD["text",1,CHILD[…]]`; quoted texts, numbers and bare words (as text) keep their places among `items`. */
export interface WktNode {
  readonly word: string;
  readonly items: readonly (string | number | WktNode)[];
}

const MAX_LENGTH = 100_000;
const MAX_DEPTH = 32;
const TOKEN =
  /\s*(?:"((?:[^"]|"")*)"|([A-Za-z_][\w-]*)|([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([[\](),]))/y;

type Token = { text: string } | { word: string } | { number: number } | { mark: string };

/** @throws UnsupportedInput when the text is not well-formed WKT, or absurdly long or deep */
export function parseWkt(wkt: string): WktNode {
  if (wkt.length > MAX_LENGTH) throw broken(wkt, `has ${wkt.length} characters`);
  const tokens = tokenize(wkt);
  let next = 0;
  const take = (): Token => tokens[next++] ?? fail('ends too early');
  const fail = (why: string): never => {
    throw broken(wkt, why);
  };
  const isMark = (marks: string): boolean => {
    const token = tokens[next];
    return token !== undefined && 'mark' in token && marks.includes(token.mark);
  };
  const node = (depth: number): WktNode => {
    const head = take();
    if (!('word' in head) || depth > MAX_DEPTH || !isMark('[(')) return fail('is not well-formed');
    next++;
    const items: (string | number | WktNode)[] = [];
    while (!isMark('])')) {
      items.push(item(depth));
      if (isMark(',')) next++;
      else if (!isMark('])')) fail('lacks a comma or a bracket');
    }
    next++;
    return { word: head.word.toUpperCase(), items };
  };
  const item = (depth: number): string | number | WktNode => {
    const token = take();
    if ('text' in token) return token.text;
    if ('number' in token) return token.number;
    if (!('word' in token)) return fail('is not well-formed');
    if (!isMark('[(')) return token.word;
    next--;
    return node(depth + 1);
  };
  const root = node(0);
  return next === tokens.length ? root : fail('goes on after its end');
}

function tokenize(wkt: string): Token[] {
  const tokens: Token[] = [];
  const text = wkt.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (!match) throw broken(wkt, 'is not well-formed');
    const [, quoted, word, number, mark] = match;
    if (quoted !== undefined) tokens.push({ text: quoted.replaceAll('""', '"') });
    else if (word !== undefined) tokens.push({ word });
    else if (number !== undefined) tokens.push({ number: Number(number) });
    else tokens.push({ mark: mark! });
  }
  return tokens;
}

const broken = (wkt: string, why: string): UnsupportedInput =>
  new UnsupportedInput(`the WKT "${wkt.slice(0, 40)}" ${why}; give the CRS as an EPSG code.`);

const isNode = (item: string | number | WktNode): item is WktNode => typeof item === 'object';

/** The direct children with such a word. */
export const children = (node: WktNode, word: RegExp): WktNode[] =>
  node.items.filter(isNode).filter((n) => word.test(n.word));

/** The first of them. */
export const child = (node: WktNode, word: RegExp | string): WktNode | undefined =>
  children(node, typeof word === 'string' ? new RegExp(`^${word}$`) : word)[0];

/** The text at a place; '' when something else stands there. */
export function textAt(node: WktNode, index: number): string {
  const item = node.items[index];
  return typeof item === 'string' ? item : '';
}

/** @throws UnsupportedInput when no number stands there */
export function numberAt(node: WktNode, index: number): number {
  const item = node.items[index];
  const value = typeof item === 'string' && item !== '' ? Number(item) : item;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new UnsupportedInput(`the WKT's ${node.word}["${textAt(node, 0)}"] lacks its number.`);
}
