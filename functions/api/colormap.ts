import { BadRequest } from '../../lib/errors.ts';
import type { LegendOptions, Swatch } from '../../lib/view/legend.ts';

type Colours = Pick<LegendOptions, 'colors' | 'classes'>;

const ENTRIES = 256;
const MOST_INTERVALS = 250;
const HEX = /^#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i;

/**
 * TiTiler's `colormap`: colours by place on the range, `{"0": "#440154", "255": [253, 231, 37, 255]}`, or by value,
 * `[[[0, 400], "#d8b365"], [[400, 900], "#5ab4ac"]]`. Of the first form all entries that are not said are transparent,
 * as there; for a variable of classes its keys are their values.
 * @throws BadRequest that says what is wrong with it
 */
export function readColormap(text: string, classes: boolean): Colours {
  const map = parse(text);
  if (Array.isArray(map)) return { classes: map.map(intervalOf) };
  if (typeof map !== 'object' || map === null) throw wrong('is neither an object nor a list');
  const entries = Object.entries(map).map(([key, color]) => [Number(key), colorOf(color)] as const);
  if (entries.length === 0) throw wrong('holds no colour');
  if (classes) return { classes: entries.map(([value, color]) => ({ value, label: String(value), color })) };
  const colors = new Array<string>(ENTRIES).fill('#00000000');
  for (const [place, color] of entries) {
    if (!(Number.isInteger(place) && place >= 0 && place < ENTRIES))
      throw wrong(`has a key ${place}; places on the range are 0 to 255, or write intervals`);
    colors[place] = color;
  }
  return { colors };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong('is no JSON');
  }
}

function intervalOf(entry: unknown, _: number, { length }: readonly unknown[]): Swatch {
  if (length > MOST_INTERVALS) throw wrong(`has more than ${MOST_INTERVALS} intervals`);
  const [span, color] = Array.isArray(entry) ? entry : [];
  const [from, to] = Array.isArray(span) ? span.map(Number) : [];
  if (!(from! < to!)) throw wrong('has an entry that is not [[low, high], colour]');
  return { value: from!, to: to!, label: `${from} to ${to}`, color: colorOf(color) };
}

/** `#rrggbb`, or three or four numbers of 0 to 255. */
function colorOf(color: unknown): string {
  if (typeof color === 'string' && HEX.test(color)) return color.toLowerCase();
  const isByte = (part: unknown): boolean =>
    Number.isInteger(part) && Number(part) >= 0 && Number(part) <= 255;
  if (Array.isArray(color) && (color.length === 3 || color.length === 4) && color.every(isByte))
    return `#${color.map((part: number) => part.toString(16).padStart(2, '0')).join('')}`;
  throw wrong('has a colour that is neither #rrggbb nor [red, green, blue, alpha]');
}

const wrong = (what: string): BadRequest =>
  new BadRequest(
    'colormap',
    `${what}; write {"0": "#440154", "255": "#fde725"} or [[[0, 400], "#d8b365"]], or a colormap_name of /colorMaps`,
  );
