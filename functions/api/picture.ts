import { BadRequest } from '../../lib/errors.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import type { ChunkRecord } from '../../lib/job/record.ts';
import type { World } from '../../lib/job/world.ts';
import type { Legend } from '../../lib/view/legend.ts';
import {
  nearestIndex,
  planTarget,
  type Resampling,
  type TargetPlan,
  takeBilinear,
  takeNearest,
} from '../../lib/view/target-window.ts';
import type { Chosen } from './choose.ts';
import type { ApiContext } from './context.ts';
import { OverLimit } from './errors.ts';
import { legendFor, type StyleQuery, styleOf } from './legends.ts';
import { Lru, shared } from './lru.ts';
import { numberText } from './params.ts';
import { encodePicture, isPainted, PICTURE_TYPES, type PictureFormat } from './picture-form.ts';
import { cacheHeaders, etagOf, sendBytes, unchanged } from './reply.ts';
import type { ServedProduct } from './served-product.ts';
import { stateMask } from './state-mask.ts';

export interface PictureQuery extends StyleQuery {
  readonly resampling?: Resampling | undefined;
  /** TiTiler's name for how a picture is warped. */
  readonly reproject?: Resampling | undefined;
  readonly states?: 'none' | 'hatch' | undefined;
  readonly return_mask?: string | undefined;
  /** One more value that means no data. */
  readonly nodata?: string | undefined;
  readonly empty?: 'blank' | '204' | undefined;
}

/** Values of one step as a target shows them, and everything that they follow from. */
export interface Picture {
  readonly level: number;
  readonly place: TargetPlan;
  readonly values: () => Promise<Float32Array>;
  readonly records: readonly (ChunkRecord | undefined)[];
}

interface Placed extends TargetPlan {
  /** Source pixels by target pixel; absent for bilinear and for empty pictures. */
  readonly index?: Int32Array;
}

const PLACES_BYTES = 48 * 2 ** 20;
const places = new WeakMap<ServedProduct, Lru<Placed>>();

/** Where a target's pixels lie on a product does not change: neighbours in time and other variables share it. */
function placeOf(product: ServedProduct, target: GeoGrid, resampling: Resampling): Promise<Placed> {
  let kept = places.get(product);
  if (!kept) {
    kept = new Lru<Placed>(PLACES_BYTES, ({ index }) => 512 + (index?.byteLength ?? 0));
    places.set(product, kept);
  }
  const key = `${target.crs.name} ${target.transform.join(',')} ${target.width}x${target.height} ${resampling}`;
  return kept.get(key, async () => {
    const plan = planTarget(
      target,
      product.product.levels.map(({ grid }) => grid),
      resampling,
    );
    if (!plan.window || resampling === 'bilinear') return plan;
    return { ...plan, index: nearestIndex(target, product.grid(plan.level), plan) };
  });
}

/** Looks up what a picture will be made from; no pixel is read before `values` is called. */
export async function planPicture(
  world: World,
  { product, variable, step }: Chosen,
  target: GeoGrid,
  wanted: Resampling = 'nearest',
): Promise<Picture> {
  const resampling = variable.flags ? 'nearest' : wanted;
  const place = await placeOf(product, target, resampling);
  const { level, window, index } = place;
  if (!window) {
    const nothing = new Float32Array(target.width * target.height).fill(Number.NaN);
    return { level, place, records: [], values: async () => nothing };
  }
  const { t } = product.windowOf(variable, step);
  const chunks = product.chunksIn(window, t);
  const records = await Promise.all(chunks.map((at) => product.record(world, level, at)));
  const values = async (): Promise<Float32Array> => {
    const cells = await product.cells(world, variable, level, step, window, records);
    return index ? takeNearest(index, cells) : takeBilinear(target, product.grid(level), place, cells);
  };
  return { level, place, records, values };
}

/** The digests and states that a picture's ETag stands for. */
export const recordFacts = (records: readonly (ChunkRecord | undefined)[]): unknown =>
  records.map((record) => record && [record.digest, record.state]);

/** A picture as an answer: ETag from records, 304 before any pixel is read. */
export async function sendPicture(
  c: ApiContext,
  chosen: Chosen,
  target: GeoGrid,
  format: PictureFormat,
  query: PictureQuery,
  outline?: Outline,
): Promise<Response> {
  checkSize(c, target);
  styleOf(chosen.variable, query);
  const { world } = c.var;
  const resampling = query.resampling ?? query.reproject;
  const picture = await planPicture(world, chosen, target, resampling);
  const legend = isPainted(format)
    ? await legendFor(world, chosen.product, chosen.variable, query)
    : undefined;
  const hatch = query.states === 'hatch' ? await stateMask(world, chosen, target, picture.place) : undefined;
  const { transform, crs, width, height } = target;
  const etag = etagOf(
    [chosen.product.etag, chosen.variable.name, chosen.step, crs.name, transform, width, height],
    [format, resampling, query.return_mask, query.nodata, query.empty, legend && looksOf(legend)],
    [recordFacts(picture.records), hatch?.facts, outline?.facts],
  );
  const same = unchanged(c, etag);
  if (same) return same;
  if (query.empty === '204' && !hatch && picture.records.every((record) => record?.state !== 'computed'))
    return new Response(null, { status: 204, headers: cacheHeaders(c, etag) });
  const read = await shared(picture.values, world.signal);
  const values = only(outline?.inside, without(query.nodata, read));
  const mask = !/^(?:false|0)$/i.test(query.return_mask ?? '');
  const bytes = await encodePicture(values, target, format, { legend, states: hatch?.states, mask });
  return sendBytes(c, bytes, PICTURE_TYPES[format], { etag, headers: { 'X-Level': String(picture.level) } });
}

/** What makes two legends paint alike. */
export const looksOf = (legend: Legend): unknown =>
  legend.kind === 'ramp'
    ? [legend.ramp === 'custom' ? legend.colors : legend.ramp, legend.range]
    : legend.classes;

/** The part of a picture that is asked for. */
export interface Outline {
  /** 1 a pixel of it, row-major. */
  readonly inside: ArrayLike<number>;
  /** What it follows from. */
  readonly facts: unknown;
}

const only = (inside: ArrayLike<number> | undefined, values: Float32Array): Float32Array =>
  inside ? values.map((v, i) => (inside[i] ? v : Number.NaN)) : values;

/** @throws BadRequest when it is no number */
function without(nodata: string | undefined, values: Float32Array): Float32Array {
  if (nodata === undefined || /^nan$/i.test(nodata)) return values;
  if (!numberText.test(nodata)) throw new BadRequest('nodata', `"${nodata.slice(0, 40)}" is no number`);
  const value = Math.fround(Number(nodata));
  return values.map((v) => (v === value ? Number.NaN : v));
}

function checkSize(c: ApiContext, { width, height }: GeoGrid): void {
  const { imagePixels } = c.var.limits;
  if (width * height > imagePixels)
    throw new OverLimit(
      'imagePixels',
      imagePixels,
      width * height,
      'Ask for a smaller picture, or for tiles.',
    );
}
