/** Text and attributes of SVG, with nothing in them that could end a tag. */
export const escapeXml = (text: string): string =>
  [...text]
    .filter((c) => c >= ' ' || c === '\n')
    .join('')
    .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element; numbers are cut to a hundredth of a pixel. */
export function el(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? px(value) : escapeXml(value!)}"`)
    .join('');
  return content ? `<${name}${written}>${content}</${name}>` : `<${name}${written}/>`;
}

export const px = (value: number): string => String(Math.round(value * 100) / 100);

export const group = (x: number, y: number, parts: readonly string[]): string =>
  `<g transform="translate(${px(x)} ${px(y)})">${parts.join('')}</g>`;

/** Points as path data; NaN lifts the pen. */
export function pathData(points: readonly (readonly [number, number])[], close = false): string {
  let data = '';
  let down = false;
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      down = false;
      continue;
    }
    data += `${down ? 'L' : 'M'}${px(x)} ${px(y)}`;
    down = true;
  }
  return close && data ? `${data}Z` : data;
}

export const svgDocument = (width: number, height: number, parts: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
  `font-family="DejaVu Sans Condensed, DejaVu Sans, sans-serif">` +
  `<rect width="${width}" height="${height}" fill="${PAPER}"/>${parts.join('')}</svg>`;

export const PAPER = '#ffffff';
export const INK = '#1f2933';
export const SOFT_INK = '#5b6670';
export const LINE = '#a3acb5';

/** Paper and inks of a dark page. */
const DARK: Readonly<Record<string, string>> = {
  [PAPER]: '#1b2129',
  [INK]: '#e6eaee',
  [SOFT_INK]: '#a9b4bf',
  [LINE]: '#66717d',
};

/** The same drawing for a dark page; the colours of the data stay as they are. */
export const onDark = (svg: string): string =>
  svg.replace(/"(#[0-9a-f]{6})"/g, (whole, color: string) => (DARK[color] ? `"${DARK[color]}"` : whole));
