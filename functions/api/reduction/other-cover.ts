import { BadRequest } from '../../../lib/errors.ts';
import type { Cells } from '../../../lib/grid/cells.ts';
import { checkOverlap } from '../../../lib/job/binding.ts';
import type { DoorContext, DoorInput } from '../../../lib/job/door.ts';
import { classDoor, fractionDoor } from '../../../lib/job/door-classes.ts';
import type { World } from '../../../lib/job/world.ts';
import type { Layer } from '../../../lib/raster/layer.ts';
import { VEGTYPE } from '../../../lib/science/casa/inputs.ts';
import {
  parseType,
  REPORTING_CLASSES,
  type ReportingClass,
  reportingClass,
} from '../../../lib/science/landcover/classes.ts';
import { codesOf, legendOf } from '../../../lib/science/landcover/legends.ts';
import type { ClassScheme } from '../../../lib/science/model.ts';
import { overlayStore } from '../../../lib/store/overlay.ts';
import type { ServedProduct } from '../served-product.ts';
import { byShare, type ClassCover, type CoverAsked, checkCover, wholly } from './class-cover.ts';

const indexOfClass = (name: ReportingClass): number => REPORTING_CLASSES.indexOf(name);

/** Maps read into the classes that totals are reported by: their order decides where two have equally many pixels. */
const REPORTED: ClassScheme = {
  id: 'reporting-classes',
  names: REPORTING_CLASSES,
  codes: (legend, field) => codesOf(legendOf(legend, field), (type) => indexOfClass(reportingClass(type))),
  index: (name, field) => indexOfClass(reportingClass(parseType(field, name))),
};

export interface OtherMap {
  /** Of a file whose store is `world.inputs`. */
  readonly layer: Layer;
  readonly legend: string | Readonly<Record<string, string>>;
}

export interface OtherCover {
  readonly cover: ClassCover;
  /** Fine pixels by codes that the legend does not know, of the places looked at so far. */
  unknownCodes(): Readonly<Record<string, number>>;
}

/**
 * The land cover of another map than the one that a product ran with, e.g. of the year and finer. Counted anew each time;
 * nothing is stored.
 *
 * @throws BadRequest for a legend that nobody knows
 * @throws GridMismatch for a map that lies elsewhere
 * @see spec casa.md 1.7, 5.2
 */
export function otherCover(
  world: World,
  served: ServedProduct,
  { layer, legend }: OtherMap,
  { by, renormalise }: Omit<CoverAsked, 'windows'>,
): OtherCover {
  checkCover({ by, renormalise });
  const { facts } = layer;
  if (facts.dtype !== 'uint8' && facts.dtype !== 'uint16')
    throw new BadRequest(
      'cover',
      `${facts.title} holds ${facts.dtype}; codes of classes are uint8 or uint16`,
    );
  const { product } = served;
  checkOverlap(product, facts);
  const binding = {
    name: 'landcover',
    variable: { ...VEGTYPE, classes: REPORTED },
    source: { kind: 'classes', facts, legend: REPORTED.codes(legend, 'legend') },
  } as const;
  const trial = { ...world, store: overlayStore(world.store) };
  const contextOf = (place: Place): DoorContext => ({
    world: trial,
    product,
    window: product.windows[0]!,
    region: { ...served.chunkRegion(0, { t: 0, ...place }), t0: 0, t1: 1 },
    plan: {},
    open: () => layer,
    resamplings: new Map(),
    daysRead: new Map(),
  });
  const unknown = new Map<string, Readonly<Record<string, number>>>();
  const sharesAt = async (place: Place): Promise<Float64Array> => {
    const context = contextOf(place);
    const read = by === 'majority' ? classDoor : fractionDoor;
    const door: DoorInput = await read(context, binding);
    unknown.set(`${place.y}/${place.x}`, door.counts().unknownCodes ?? {});
    const cells: Cells = door.strip(0, context.region.y1 - context.region.y0);
    return by === 'majority'
      ? wholly(cells as Uint8Array, AS_THEY_ARE)
      : byShare(cells as Float64Array, AS_THEY_ARE, renormalise);
  };
  return {
    cover: { rule: by, renormalise, map: facts.title, sharesAt, mapYears: () => [] },
    unknownCodes: () => addUp([...unknown.values()]),
  };
}

type Place = { readonly y: number; readonly x: number };

const AS_THEY_ARE = REPORTING_CLASSES.map((_, index) => index);

function addUp(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const each of counts) for (const [code, n] of Object.entries(each)) all[code] = (all[code] ?? 0) + n;
  return all;
}
