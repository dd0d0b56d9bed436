import { BadRequest } from '../../../lib/errors.ts';
import type { World } from '../../../lib/job/world.ts';
import type { Limits } from '../options.ts';
import type { ServedProduct } from '../served-product.ts';
import type { ServedVariable } from '../served-variable.ts';
import { type StepRange, stepRange } from '../step-axis.ts';
import { type ClassCover, classCover } from './class-cover.ts';
import { byClass, PER_ZONE, wholeMap } from './cover-zones.ts';
import { planReduction, type ReductionPlan, stepWindows } from './plan.ts';
import type { Body } from './request.ts';
import { readStoredZones, setVersion, weightedZones } from './stored-zones.ts';
import { type AskedZone, boxGeoJson, featuresOf, pointZone, zonesFrom } from './zones.ts';

/** The balance of the year, where the product has it. */
const USUAL = [
  ['npp_a', 'rh_a', 'nep_a'],
  ['npp', 'rh', 'nep'],
];

/** Of a reduction that is done in parts: the zones, by their places in the list, and the steps of this part. */
export interface PartAsked {
  readonly only?: readonly number[];
  readonly range?: StepRange;
  /** Of another map than the product's own; `classes` of the request is its rule. */
  readonly cover?: ClassCover;
}

/** Everything that a request asks for, looked up and measured; no pixel is read yet. */
export async function prepareReduction(
  world: World,
  limits: Limits,
  product: ServedProduct,
  body: Body,
  part: PartAsked = {},
): Promise<ReductionPlan> {
  const variables = variablesOf(product, body.variables);
  const range = part.range ?? stepRange(variables[0]!.axis, body.time);
  if (body.set !== undefined && !body.classes && body.weights === 'coverage') {
    const { zones: all, kept } = await weightedZones(
      world,
      limits,
      await setVersion(world, product, body.set),
    );
    const zones = body.f === 'geojson' ? await withFeatures(world, product, body, all) : all;
    return planReduction({ product, variables, range, zones, asked: body, ...(kept && { kept }) }, limits);
  }
  const zones = await zonesOf(world, limits, product, body, part.only);
  const whole = stepRange(variables[0]!.axis, body.time); // a part of a run is of the same land cover as the others
  const windows = stepWindows({ range: whole, variables }).map(({ t }) => t);
  const cover =
    part.cover ??
    (body.classes &&
      classCover(world, product, { by: body.classes, renormalise: body.renormalise, windows }));
  return planReduction({ product, variables, range, zones, asked: body, ...(cover && { cover }) }, limits);
}

function variablesOf(product: ServedProduct, names: readonly string[] | undefined): ServedVariable[] {
  const usual = USUAL.map((set) => set.filter((name) => product.variables.has(name))).find(
    (set) => set.length > 0,
  );
  const firstFlux = [...product.variables.values()].find(({ dtype }) => dtype === 'float32')?.name;
  const wanted = [...new Set(names ?? usual ?? (firstFlux ? [firstFlux] : []))];
  const variables = wanted.map((name) => product.variable(name));
  for (const { name, dtype, axis } of variables) {
    if (dtype !== 'float32')
      throw new BadRequest('variables', `${name} is a map of classes or flags: it has no mean`);
    if (axis.kind !== variables[0]!.axis.kind)
      throw new BadRequest(
        'variables',
        `${name} has a value a ${axis.kind}, ${variables[0]!.name} a ${variables[0]!.axis.kind}: ask for them apart`,
      );
  }
  if (variables.length === 0) throw new BadRequest('variables', `${product.id} has no variable with numbers`);
  return variables;
}

async function zonesOf(
  world: World,
  limits: Limits,
  product: ServedProduct,
  body: Body,
  only: readonly number[] | undefined,
): Promise<AskedZone[]> {
  const grid = product.grid();
  const geojson = await geoJsonOf(world, product, body);
  if (!body.classes)
    return body.point ? [pointZone(body.point, grid)] : zonesFrom(geojson, grid, body.weights, limits, only);
  if (body.point) throw new BadRequest('classes', 'a point has one class; leave out classes or point');
  if (geojson === undefined) return byClass([wholeMap(grid, product.id)], only);
  const bases = only && [...new Set(only.map((i) => Math.floor(i / PER_ZONE)))];
  return byClass(zonesFrom(geojson, grid, body.weights, limits, bases), only);
}

/** What is kept has no geometry: an answer that sends it back needs it. */
async function withFeatures(
  world: World,
  product: ServedProduct,
  body: Body,
  zones: readonly AskedZone[],
): Promise<AskedZone[]> {
  const sent = featuresOf(await geoJsonOf(world, product, body));
  return zones.map((zone) => ({ ...zone, feature: sent[zone.index] as AskedZone['feature'] }));
}

/** The polygons that a request means, as GeoJSON; undefined when it means none. */
export async function geoJsonOf(world: World, product: ServedProduct, body: Body): Promise<unknown> {
  if (body.set !== undefined) return (await readStoredZones(world, product, body.set)).geojson;
  return body.bbox ? boxGeoJson(body.bbox) : body.zones;
}
