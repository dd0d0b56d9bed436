import { BadRequest, UnsupportedInput } from '../../../lib/errors.ts';
import { cellsOf } from '../../../lib/grid/region.ts';
import type { Binding } from '../../../lib/job/binding.ts';
import { type ClassSource, isClassInput, schemeOf } from '../../../lib/job/binding-classes.ts';
import { readClassMap } from '../../../lib/job/class-map.ts';
import type { DoorContext } from '../../../lib/job/door.ts';
import { classDoor, fractionDoor } from '../../../lib/job/door-classes.ts';
import { worldOf } from '../../../lib/job/inputs-of.ts';
import type { Product } from '../../../lib/job/product.ts';
import { isWritten } from '../../../lib/job/spec.ts';
import { readPlanInput } from '../../../lib/job/start.ts';
import type { World } from '../../../lib/job/world.ts';
import { reopenLayer } from '../../../lib/raster/read.ts';
import {
  EXCLUDED_CLASSES,
  REPORTING_CLASSES,
  type ReportingClass,
  reportingClass,
  VEGETATION_TYPES,
} from '../../../lib/science/landcover/classes.ts';
import { VEGETATION_SCHEME } from '../../../lib/science/landcover/legends.ts';
import type { ServedProduct } from '../served-product.ts';

/** How a pixel belongs to classes: wholly to the one that most of it has, or to each by its share. */
export type CoverRule = 'majority' | 'fractions';

/** Classes, and behind them what has none: the parts that make up each pixel. */
export const COVER_CLASSES = [...REPORTING_CLASSES, 'unclassified'] as const;
export type CoverClass = (typeof COVER_CLASSES)[number];
const CLASSES = COVER_CLASSES.length;
const NONE = REPORTING_CLASSES.length;

/** Water and snow are in no share, nor is what has no class. @see spec casa.md 5.2 */
export const isDropped = (name: CoverClass): boolean =>
  name === 'unclassified' || EXCLUDED_CLASSES.includes(name);

/** Index of the class that a vegetation type is reported by. */
const CLASS_OF = VEGETATION_TYPES.map((type) =>
  REPORTING_CLASSES.indexOf(reportingClass(type) as ReportingClass),
);

export interface ClassCover {
  readonly rule: CoverRule;
  readonly renormalise: boolean;
  /** Name of the map, where it is another than the one that the product ran with. */
  readonly map?: string;
  /**
   * Share of each of `COVER_CLASSES` in each pixel of a chunk, `[class][pixel]`; they add up to 1.
   * @throws BadRequest when the windows that are asked for ran with maps of different years
   */
  sharesAt(place: { readonly y: number; readonly x: number }): Promise<Float64Array>;
  /** Years of the maps that shares came from so far, where the product reads a map a year. */
  mapYears(): readonly number[];
}

export interface CoverAsked {
  readonly by: CoverRule;
  /** Spread a mixed pixel over its classes that are not excluded, instead of dropping the excluded part. */
  readonly renormalise: boolean;
  /** Numbers of the windows of time that are asked for: their map is meant. */
  readonly windows: readonly number[];
}

/** @throws BadRequest where a majority is to be spread */
export function checkCover({ by, renormalise }: Omit<CoverAsked, 'windows'>): void {
  if (renormalise && by !== 'fractions')
    throw new BadRequest('renormalise', 'is for by=fractions: a majority has no parts to spread');
}

/** The land cover that the product's model ran with, on its own pixels. */
export function classCover(
  world: World,
  product: ServedProduct,
  { by, renormalise, windows }: CoverAsked,
): ClassCover {
  checkCover({ by, renormalise });
  let source: Promise<ClassInput> | undefined;
  const fromInputs = () => (source ??= openClasses(world, product));
  const years = new Set<number>();
  const sharesAt: ClassCover['sharesAt'] = async (place) => {
    const map = await mapAt(world, product, place, windows);
    if (map.year !== undefined) years.add(map.year);
    return by === 'majority'
      ? wholly(await typesAt(world, product, place, map, fromInputs), CLASS_OF)
      : byShare(await fractionsAt(place, map, await fromInputs()), CLASS_OF, renormalise);
  };
  return { rule: by, renormalise, sharesAt, mapYears: () => [...years].sort((a, b) => a - b) };
}

/** The map that a chunk ran with: of a year, where there is one a year, and a window that reads it. */
interface CoverMap {
  readonly window: number;
  readonly year?: number;
}

const classInputOf = ({ product: { inputs } }: ServedProduct): string | undefined =>
  Object.entries(inputs).find(([, { resampling }]) => resampling === 'majority')?.[0];

/** As the chunk's records tell. @throws BadRequest when the windows read different maps */
async function mapAt(
  world: World,
  product: ServedProduct,
  place: Place,
  windows: readonly number[],
): Promise<CoverMap> {
  const input = classInputOf(product);
  let found: CoverMap | undefined;
  for (const window of windows) {
    const record = await product.record(world, 0, { t: window, ...place });
    const year = input === undefined ? undefined : record?.inputs[input]?.mapOf;
    if (year === undefined) continue;
    if (found && found.year !== year) {
      throw new BadRequest(
        'time',
        `${product.id} has a map of land cover a year, and those of ${found.year} and ${year} differ: tell its classes apart a year at a time`,
      );
    }
    found ??= { window, year };
  }
  return found ?? { window: windows[0] ?? 0 };
}

type Place = { readonly y: number; readonly x: number };

/** As the product keeps them; where it does not, as its map is not finer than its pixels, from the map. */
async function typesAt(
  world: World,
  product: ServedProduct,
  place: Place,
  { window, year }: CoverMap,
  fromInputs: () => Promise<ClassInput>,
): Promise<Uint8Array> {
  const input = classInputOf(product);
  const kept = input && (await readClassMap(world.store, product.id, input, place, year));
  if (kept) return kept;
  const { binding, context } = await fromInputs();
  const here = context(place, window);
  const door = await classDoor(here, binding);
  return door.strip(0, here.region.y1 - here.region.y0) as Uint8Array;
}

async function fractionsAt(
  place: Place,
  { window }: CoverMap,
  { binding, context }: ClassInput,
): Promise<Float64Array> {
  const here = context(place, window);
  const door = await fractionDoor(here, binding);
  return door.strip(0, here.region.y1 - here.region.y0) as Float64Array;
}

interface ClassInput {
  readonly binding: Binding & { readonly source: ClassSource };
  context(place: Place, window: number): DoorContext;
}

/** Whether a product is made with a map of land cover: not where one type is written into the spec. */
export const mapsLandCover = ({ inputs, spec }: Product): boolean =>
  Object.entries(inputs).some(([name, variable]) => {
    const source = spec.sources[name];
    return source && !isWritten(source) && isClassInput(variable) && schemeOf(variable) === VEGETATION_SCHEME;
  });

const withoutMap = ({ id }: ServedProduct): UnsupportedInput =>
  new UnsupportedInput(`${id} is made without a map of land cover. Reduce over polygons instead.`);

/** @throws UnsupportedInput when the map is not at hand, or the product has none */
async function openClasses(world: World, served: ServedProduct): Promise<ClassInput> {
  if (!mapsLandCover(served.product)) throw withoutMap(served);
  const own = worldOf(world, served.product.spec);
  const { product, bindings } = await readPlanInput(own, served.product.spec, Number.POSITIVE_INFINITY).catch(
    (cause: unknown) => {
      throw new UnsupportedInput(
        `${served.id}: its land-cover map is not to be read from here. Start the server with --inputs, give stats the spec file instead of a name, or reduce over polygons.`,
        { cause },
      );
    },
  );
  const binding = bindings.find(({ source }) => source.kind === 'classes');
  if (binding?.source.kind !== 'classes') throw withoutMap(served);
  return {
    binding: { ...binding, source: binding.source },
    context: (place, window) => ({
      world: own,
      product,
      window: product.windows[window]!,
      region: { ...served.chunkRegion(0, { t: 0, ...place }), t0: 0, t1: 1 },
      plan: {},
      open: (facts) => reopenLayer(own.inputs, facts),
      resamplings: new Map(),
      daysRead: new Map(),
    }),
  };
}

/** @param classOf index of the class that a type is reported by */
export function wholly(types: Uint8Array, classOf: readonly number[]): Float64Array {
  const shares = new Float64Array(CLASSES * types.length);
  for (let i = 0; i < types.length; i++) {
    const index = classOf[types[i]!] ?? -1;
    shares[(index < 0 ? NONE : index) * types.length + i] = 1;
  }
  return shares;
}

/**
 * @param fractions `[type][pixel]`, NaN where too little of the pixel has a class
 * @param classOf as above, of all types
 */
export function byShare(
  fractions: Float64Array,
  classOf: readonly number[],
  renormalise: boolean,
): Float64Array {
  const pixels = fractions.length / classOf.length;
  const shares = new Float64Array(CLASSES * pixels);
  for (const [type, index] of classOf.entries())
    for (let i = 0; i < pixels; i++) {
      const share = fractions[type * pixels + i]!;
      shares[(index < 0 ? NONE : index) * pixels + i]! += Number.isNaN(share) ? 0 : share;
    }
  for (let i = 0; i < pixels; i++) if (Number.isNaN(fractions[i]!)) shares[NONE * pixels + i] = 1;
  if (renormalise) spread(shares, pixels);
  return shares;
}

/** The excluded part of a pixel goes to its other classes, by their shares; where there are none it stays. */
function spread(shares: Float64Array, pixels: number): void {
  const excluded = EXCLUDED_CLASSES.map((name) => REPORTING_CLASSES.indexOf(name));
  for (let i = 0; i < pixels; i++) {
    const out = excluded.reduce((sum, c) => sum + shares[c * pixels + i]!, 0);
    if (out <= 0 || out >= 1) continue;
    for (let c = 0; c < CLASSES; c++)
      shares[c * pixels + i] = excluded.includes(c) ? 0 : shares[c * pixels + i]! / (1 - out);
  }
}

/** Cells of a chunk's part `window`, of one class, row-major. */
export function sharesIn(
  shares: Float64Array,
  cover: number,
  region: { readonly y0: number; readonly y1: number; readonly x0: number; readonly x1: number },
  window: { readonly y0: number; readonly y1: number; readonly x0: number; readonly x1: number },
): Float64Array {
  const width = region.x1 - region.x0;
  const cols = window.x1 - window.x0;
  const first = cover * cellsOf({ ...region, t0: 0, t1: 1 });
  const out = new Float64Array(cols * (window.y1 - window.y0));
  for (let y = window.y0; y < window.y1; y++) {
    const from = first + (y - region.y0) * width + (window.x0 - region.x0);
    out.set(shares.subarray(from, from + cols), (y - window.y0) * cols);
  }
  return out;
}
