/** Round the year and back to its start: blue in winter, green in spring, red in autumn. */
const MONTH_COLORS: Readonly<Record<string, string>> = {
  january: '#2c4b9b',
  february: '#3f7fc0',
  march: '#4fb0a5',
  april: '#6cc06a',
  may: '#a5d04f',
  june: '#e0d848',
  july: '#f2b134',
  august: '#ea7f34',
  september: '#d24d3e',
  october: '#a8386b',
  november: '#7a3a8f',
  december: '#4f3b9a',
};

/**
 * Colours that readers of land-cover maps expect, by a word of the class's name; further classes of a word take its
 * further shades. Lightness differs along with hue, for readers with colour-blindness.
 */
const BY_WORD: readonly (readonly [word: RegExp, shades: readonly string[]])[] = [
  // Nothing to say of a pixel: what is said of others has to stand out.
  [/^none$/, ['#cfe8d5']],
  [/evergreen needle/, ['#0b3d2e', '#14532d']],
  [/deciduous needle/, ['#4d7c0f']],
  [/evergreen broad/, ['#166534']],
  [/deciduous broad/, ['#65a30d']],
  [/mixed/, ['#3f8f6b', '#7fbf7b']],
  [/mangrove/, ['#0f766e']],
  [/forest|tree/, ['#1b7837', '#5aae61']],
  [/shrub/, ['#b08d3c', '#8c6d31']],
  [/grass|savanna|herb|pasture/, ['#c7e077', '#a6d96a']],
  [/crop|farm|agricult/, ['#f2c14e', '#e0a526']],
  [/built|urban|imperv|settle|artificial/, ['#b5446e']],
  [/wetland|marsh|swamp/, ['#5ab4ac']],
  [/water|sea|lake/, ['#3b7cb8']],
  [/snow|ice/, ['#eaf6fb']],
  [/bare|barren|desert|sparse/, ['#cdb79e', '#b7a084']],
  [/moss|lichen|tundra/, ['#9fb89a']],
];

/** Okabe and Ito's colours, then Tol's muted ones. */
const OTHERS = [
  '#009e73',
  '#e69f00',
  '#56b4e9',
  '#d55e00',
  '#0072b2',
  '#cc79a7',
  '#f0e442',
  '#882255',
  '#44aa99',
  '#999933',
  '#332288',
  '#ddcc77',
];

/** One colour a class, all different while the tables last. */
export function classColors(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, i) => {
    const month = MONTH_COLORS[name.toLowerCase()];
    if (month) return month;
    const shades = BY_WORD.find(([word]) => word.test(name.toLowerCase()))?.[1] ?? [];
    const color = [...shades, ...OTHERS].find((c) => !taken.has(c)) ?? OTHERS[i % OTHERS.length]!;
    taken.add(color);
    return color;
  });
}
