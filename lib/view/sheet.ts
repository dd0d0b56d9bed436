import { SOFT_INK } from './svg.ts';
import { drawable, fitText, text, wrapText } from './text.ts';

export const MARGIN = 28;

export interface Titles {
  readonly title: string;
  /** Period, product, source. */
  readonly subtitle?: string;
  /** Who made the data that are shown. */
  readonly attribution?: string;
}

export interface Block {
  readonly parts: readonly string[];
  /** Room that it takes, free space around it included. */
  readonly height: number;
}

const TITLE = 21;
const SUBTITLE = 14;

const MOST_LINES = 2;

/** Title and subtitle from `left` on, in lines of at most `width` pixels. */
export function header({ title, subtitle }: Titles, left: number, width: number): Block {
  const lines = wrapText(drawable(title, '(title in a script that the font lacks)'), TITLE, width, true);
  let y = MARGIN + TITLE * 0.76;
  const parts: string[] = [];
  for (const [i, line] of lines.slice(0, MOST_LINES).entries()) {
    if (i > 0) y += TITLE * 1.3;
    const cut = i === MOST_LINES - 1 && lines.length > MOST_LINES ? `${line} …` : line;
    parts.push(text(left, y, fitText(cut, TITLE, width, true), { size: TITLE, bold: true }));
  }
  if (!subtitle) return { parts, height: y + 18 };
  for (const line of wrapText(drawable(subtitle, ''), SUBTITLE, width).slice(0, MOST_LINES)) {
    y += SUBTITLE + 9;
    parts.push(text(left, y, line, { size: SUBTITLE, fill: SOFT_INK }));
  }
  return { parts, height: y + 16 };
}

const SMALL = 11;
const LINE_HEIGHT = 15;

/** Attribution under content that ends at `y`, in as many lines as it needs; licences ask for all of it. */
export function footer({ attribution }: Titles, left: number, y: number, width: number): Block {
  if (!attribution) return { parts: [], height: 0 };
  const lines = wrapText(drawable(attribution, ''), SMALL, width);
  const parts = lines.map((line, i) =>
    text(left, y + 24 + i * LINE_HEIGHT, line, { size: SMALL, fill: SOFT_INK }),
  );
  return { parts, height: 15 + lines.length * LINE_HEIGHT };
}
