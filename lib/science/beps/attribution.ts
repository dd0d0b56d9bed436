/** What land-cover conversion adds to NEP: equations 5 to 9 of Peng et al. 2025 (spec beps.md 8.3, 9.1, 10). */

/** Radius of the sphere that cells are measured on, m. */
export const EARTH_RADIUS = 6_371_008.8;

/** Width of a cell, degrees: 4950 around the globe. */
export const CELL_DEG = 360 / 4950;

/** A 0.01 degree pixel and a cell, in 1/1100 degree. */
const PIXEL_UNITS = 11;
const CELL_UNITS = 80;

/** Share of a pixel that lies in a cell, along one axis, exact; both count from the same edge. */
export function pixelShare(pixel: number, cell: number): number {
  const from = Math.max(PIXEL_UNITS * pixel, CELL_UNITS * cell);
  const to = Math.min(PIXEL_UNITS * (pixel + 1), CELL_UNITS * (cell + 1));
  return Math.max(0, to - from) / PIXEL_UNITS;
}

/** First and one past the last pixel that touch a cell. */
export const pixelsOfCell = (cell: number): readonly [number, number] => [
  Math.floor((CELL_UNITS * cell) / PIXEL_UNITS),
  Math.ceil((CELL_UNITS * (cell + 1)) / PIXEL_UNITS),
];

/** Age of a forest in a year, given that of 2010; never below 0. @see Peng et al. 2025 eq. 9 */
export const forestAge = (age2010: number, year: number): number => Math.max(0, age2010 + (year - 2010));

/**
 * Equation 5: NEP that a conversion from class i to j adds in a year, gC m-2 of cell.
 *
 * @param share of the cell that was i in 1981 and is j now
 * @param now NEP of j with dynamic land cover (S2), @param before NEP of i with that of 1981 (S1), gC m-2 yr-1
 */
export const conversionNep = (share: number, now: number, before: number): number => share * (now - before);

/** A block of cells over years: shares of conversions, and NEP by class. */
export interface Conversions {
  readonly cells: number;
  readonly years: number;
  readonly classes: number;
  /** `[year][cell][from][to]`, 1. */
  readonly shares: Float64Array;
  /** `[year][cell][class]`, gC m-2 yr-1. */
  readonly fixed: Float64Array;
  readonly dynamic: Float64Array;
  /** m2 */
  readonly areas: Float64Array;
}

export interface Attribution {
  /** Sum over years, gC m-2 of cell. */
  readonly byCell: Float64Array;
  /** gC by year, and by `[from][to]` over all years; the diagonal is 0. */
  readonly byYear: Float64Array;
  readonly byConversion: Float64Array;
  /** Gains and losses where each cell, year and pair counts by itself, gC. */
  readonly gain: number;
  readonly loss: number;
}

/** Equations 5 to 7, off the diagonal. */
export function attribute(block: Conversions): Attribution {
  const { cells, years, classes, areas } = block;
  const byCell = new Float64Array(cells);
  const byYear = new Float64Array(years);
  const byConversion = new Float64Array(classes * classes);
  let gain = 0;
  let loss = 0;
  for (let year = 0; year < years; year++)
    for (let cell = 0; cell < cells; cell++)
      for (let pair = 0; pair < classes * classes; pair++) {
        const added = ofPair(block, year, cell, pair);
        const carbon = added * areas[cell]!;
        byCell[cell]! += added;
        byYear[year]! += carbon;
        byConversion[pair]! += carbon;
        if (carbon > 0) gain += carbon;
        else loss += carbon;
      }
  return { byCell, byYear, byConversion, gain, loss };
}

/** Equation 5 in one cell and year; nothing where a class stays what it is. */
function ofPair(
  { cells, classes, shares, fixed, dynamic }: Conversions,
  year: number,
  cell: number,
  pair: number,
): number {
  const from = Math.floor(pair / classes);
  const to = pair % classes;
  if (from === to) return 0;
  const at = year * cells + cell;
  return conversionNep(
    shares[at * classes * classes + pair]!,
    dynamic[at * classes + to]!,
    fixed[at * classes + from]!,
  );
}

/** Area that each class gained and lost since 1981, by year, `[year][class]`, m2. */
export interface AreaChanges {
  readonly gain: Float64Array;
  readonly loss: Float64Array;
}

/** Gross gains and losses of area: what became a class, and what was one. @see spec beps.md 8.2 */
export function areaChanges({ cells, years, classes, shares, areas }: Conversions): AreaChanges {
  const gain = new Float64Array(years * classes);
  const loss = new Float64Array(years * classes);
  for (let at = 0; at < years * cells; at++)
    for (let pair = 0; pair < classes * classes; pair++) {
      const from = Math.floor(pair / classes);
      const to = pair % classes;
      if (from === to) continue;
      const area = shares[at * classes * classes + pair]! * areas[at % cells]!;
      const year = Math.floor(at / cells) * classes;
      gain[year + to]! += area;
      loss[year + from]! += area;
    }
  return { gain, loss };
}
