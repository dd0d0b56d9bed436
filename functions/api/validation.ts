import { BadRequest, isFluxError } from '../../lib/errors.ts';
import { zonesOnGrid } from '../../lib/grid/zone.ts';
import type { World } from '../../lib/job/world.ts';
import type { Layer } from '../../lib/raster/layer.ts';
import { hasTotal } from '../../lib/view/carbon-units.ts';
import { csv } from '../../lib/view/csv.ts';
import {
  type ReferenceForm,
  type Validation,
  type ValidationInput,
  validate,
} from '../../lib/view/validate.ts';
import { codeDigest } from './code-digest.ts';
import { API_VERSION } from './openapi.ts';
import { COVER_CLASSES, classCover } from './reduction/class-cover.ts';
import type { ServedProduct } from './served-product.ts';
import type { ServedVariable } from './served-variable.ts';
import { oneStep } from './step-axis.ts';

export interface ValidationAsked extends Pick<ValidationInput, 'sample' | 'seed' | 'seeds'> {
  readonly reference: Layer;
  readonly form: ReferenceForm;
  /** `npp_a` unless said. */
  readonly variable?: string;
  /** A year; the last unless said. */
  readonly time?: string;
  /** GeoJSON: only pixels in it are drawn. */
  readonly zones?: unknown;
}

export interface ValidationAnswer {
  readonly method: object;
  readonly validation: Validation;
  /** Land cover of the drawn pixels; absent where the product keeps none. */
  readonly classes?: readonly { readonly name: string; readonly share: number }[];
}

/**
 * An annual variable of a product against a reference map.
 * @throws BadRequest, GridMismatch by name
 * @see spec casa.md 6
 */
export async function validateProduct(
  world: World,
  product: ServedProduct,
  asked: ValidationAsked,
): Promise<ValidationAnswer> {
  const variable = annual(product, asked.variable ?? 'npp_a');
  const step = oneStep(variable.axis, asked.time);
  const { reference, form, sample, seed, seeds, zones } = asked;
  const validation = await validate({
    reference,
    form,
    product: { title: product.id, grid: product.grid(), read: readerOf(world, product, variable, step) },
    ...(zones !== undefined && { zones: zonesOnGrid(zones, reference.facts.grid) }),
    ...(sample !== undefined && { sample }),
    ...(seed !== undefined && { seed }),
    ...(seeds !== undefined && { seeds }),
    ...(world.signal && { signal: world.signal }),
  });
  const classes = await classesOf(world, product, validation, product.windowOf(variable, step).t);
  return { method: methodOf(product, variable, step, asked), validation, ...(classes && { classes }) };
}

function annual(product: ServedProduct, name: string): ServedVariable {
  const variable = product.variable(name);
  if (variable.axis.kind === 'year' && hasTotal(variable)) return variable;
  const fit = [...product.variables.values()].filter((v) => v.axis.kind === 'year' && hasTotal(v));
  throw new BadRequest(
    'variable',
    `${name} is in "${variable.units}" by ${variable.axis.kind}; a reference is annual carbon. Say one of: ${fit.map((v) => v.name).join(', ')}`,
  );
}

function readerOf(world: World, product: ServedProduct, variable: ServedVariable, step: number) {
  const { t } = product.windowOf(variable, step);
  return async (window: Parameters<ValidationInput['product']['read']>[0]) => {
    const records = await Promise.all(product.chunksIn(window, t).map((at) => product.record(world, 0, at)));
    return Float64Array.from(await product.cells(world, variable, 0, step, window, records));
  };
}

function methodOf(
  product: ServedProduct,
  variable: ServedVariable,
  step: number,
  asked: ValidationAsked,
): object {
  const { facts } = asked.reference;
  return {
    product: product.id,
    variable: variable.name,
    units: variable.units,
    period: variable.axis.labels[step],
    reference: {
      title: facts.title,
      form: asked.form,
      grid: { crs: facts.grid.crs.name, height: facts.grid.height, width: facts.grid.width },
      etags: facts.objects.map(({ etag }) => etag),
    },
    decoding:
      asked.form === 'mod17'
        ? 'Npp_500m: raw * 0.1 gC m-2 a-1; below -30000 and above 32700 are fills'
        : "by the file's own nodata, scale and offset, in gC m-2 a-1",
    product_value:
      'mean of the valid pixels in each pixel of the reference; three quarters of them must be valid',
    sample:
      'the pixels with the smallest SplitMix64 keys of seed and row-major index: the same in any order and language',
    r2: 'squared Pearson correlation; rmse: root of mean (y - x) squared; bias: mean of y - x; x = reference',
    model: `${product.product.model.id} (${product.product.model.version})`,
    code: `chunkflux ${API_VERSION}`,
    digests: { product: product.accepted.digest, code: codeDigest() },
  };
}

/** By the majority classes of the product's pixels under the drawn ones. */
async function classesOf(
  world: World,
  product: ServedProduct,
  { drawn }: Validation,
  t: number,
): Promise<ValidationAnswer['classes']> {
  const cover = classCover(world, product, { by: 'majority', renormalise: false, windows: [t] });
  const { shard } = product.product;
  const sums = COVER_CLASSES.map(() => 0);
  const kept = new Map<string, Promise<Float64Array>>();
  let pixels = 0;
  try {
    for (const { window } of drawn) {
      for (let y = window.y0; y < window.y1; y++) {
        for (let x = window.x0; x < window.x1; x++) {
          const place = { y: Math.floor(y / shard.height), x: Math.floor(x / shard.width) };
          const key = `${place.y},${place.x}`;
          const shares = kept.get(key) ?? cover.sharesAt(place);
          kept.set(key, shares);
          addClasses(
            sums,
            await shares,
            y % shard.height,
            x % shard.width,
            product.chunkRegion(0, { t: 0, ...place }),
          );
          pixels++;
        }
      }
    }
  } catch (error) {
    if (isFluxError(error) && error.code === 'UnsupportedInput') return undefined; // it keeps no land cover
    throw error;
  }
  return COVER_CLASSES.map((name, c) => ({ name, share: sums[c]! / pixels })).filter(
    ({ share }) => share > 0,
  );
}

function addClasses(
  sums: number[],
  shares: Float64Array,
  row: number,
  col: number,
  { y0, y1, x0, x1 }: { readonly y0: number; readonly y1: number; readonly x0: number; readonly x1: number },
): void {
  const cells = (y1 - y0) * (x1 - x0);
  for (let c = 0; c < sums.length; c++) sums[c]! += shares[c * cells + row * (x1 - x0) + col]!;
}

/** The drawn points, one a line, for whoever wants to plot them. */
export const pointsCsv = ({ drawn }: Validation): string =>
  csv(
    ['reference_row', 'reference_col', 'reference_gC_m2_yr', 'product_gC_m2_yr'],
    drawn.map(({ row, col, x, y }) => [row, col, x, y]),
  );

/** What is said of a validation, without its points. */
export function toAnswer({ method, validation, classes }: ValidationAnswer): object {
  const { candidates, agreement, spread, notes, side } = validation;
  const { n, meanX, meanY, slope, intercept, r2, rmse, bias, mae } = agreement;
  return {
    method,
    candidates,
    n,
    agreement: { r2, rmse, slope, intercept, bias, mae, referenceMean: meanX, productMean: meanY },
    spread,
    pixelsPerSide: side,
    ...(classes && { classes }),
    notes,
  };
}
