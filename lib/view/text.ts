import { type Attributes, el, escapeXml, INK, px } from './svg.ts';

/** Advance widths of U+0020 to U+007E in DejaVu Sans Condensed 2.37, thousandths of the size. */
const REGULAR =
  '286,360,414,754,572,855,702,247,351,351,450,754,286,325,286,303,572,572,572,572,572,572,572,572,572,572,303,303,754,754,754,478,900,615,617,628,693,568,518,697,677,265,265,590,501,776,673,708,542,708,625,571,549,659,615,890,616,549,616,351,303,351,754,450,450,551,571,495,571,554,316,571,570,250,250,521,250,876,570,550,571,571,370,469,353,570,532,736,532,532,472,572,303,572,754'
    .split(',')
    .map(Number);
/** The same of the bold face. */
const BOLD =
  '313,410,469,754,626,901,785,275,411,411,470,754,342,374,342,329,626,626,626,626,626,626,626,626,626,626,360,360,754,754,754,522,900,696,686,660,747,615,615,738,753,334,334,697,573,896,753,765,659,765,693,648,614,730,696,993,694,651,652,411,329,411,754,450,450,607,644,533,644,610,391,644,641,308,308,598,308,938,641,618,644,644,444,536,430,641,586,831,580,586,523,641,329,641,754'
    .split(',')
    .map(Number);
const OTHERS: Readonly<Record<string, number>> = {
  '⁻': 475,
  '¹': 360,
  '²': 360,
  '³': 360,
  '°': 450,
  '·': 286,
  '−': 754,
};
const USUAL = 620;

/** Width of one line in pixels. */
export function textWidth(text: string, size: number, bold = false): number {
  const widths = bold ? BOLD : REGULAR;
  let sum = 0;
  for (const c of text) sum += widths[c.codePointAt(0)! - 32] ?? OTHERS[c] ?? USUAL;
  return (sum * size) / 1000;
}

/** The line, cut with an ellipsis where it is wider than it may be. */
export function fitText(text: string, size: number, width: number, bold = false): string {
  if (textWidth(text, size, bold) <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && textWidth(`${letters.join('')}…`, size, bold) > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

/** The text in lines of at most `width`, broken between words; a longer word stands alone, cut. */
export function wrapText(text: string, size: number, width: number, bold = false): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && textWidth(longer, size, bold) <= width) lines[lines.length - 1] = longer;
    else lines.push(fitText(word, size, width, bold));
  }
  return lines;
}

/** Scripts that the bundled font draws; Han, Kana and Hangul are not among them. */
const DRAWN = /^[\u0020-\u05ff\u0e80-\u0eff\u10a0-\u10ff\u1d00-\u22ff\u2500-\u27bf]*$/;

/** The text, or its substitute when the bundled font lacks a letter of it. */
export const drawable = (text: string, substitute: string): string => (DRAWN.test(text) ? text : substitute);

export interface TextStyle {
  readonly size: number;
  readonly bold?: boolean;
  readonly fill?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** A pale rim, so that the text can be read on any colour. */
  readonly halo?: boolean;
}

/** One line; `y` is its baseline. */
export function text(x: number, y: number, line: string, style: TextStyle): string {
  const attributes: Attributes = {
    x,
    y,
    'font-size': px(style.size),
    'font-weight': style.bold ? 'bold' : undefined,
    fill: style.fill ?? INK,
    'text-anchor': style.anchor === 'start' ? undefined : style.anchor,
  };
  const shape = el('text', attributes, escapeXml(line));
  if (!style.halo) return shape;
  const rim = { stroke: '#ffffff', 'stroke-width': 3.2, 'stroke-linejoin': 'round', 'stroke-opacity': 0.92 };
  return el('text', { ...attributes, ...rim }, escapeXml(line)) + shape;
}
