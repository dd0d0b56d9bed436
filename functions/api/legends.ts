import { BadRequest } from '../../lib/errors.ts';
import type { World } from '../../lib/job/world.ts';
import { type Legend, type LegendOptions, legendOf } from '../../lib/view/legend.ts';
import { isRampName } from '../../lib/view/ramp.ts';
import { readColormap } from './colormap.ts';
import { Lru } from './lru.ts';
import { numberText } from './params.ts';
import type { ServedProduct } from './served-product.ts';
import type { ServedVariable } from './served-variable.ts';

export interface StyleQuery {
  readonly rescale?: string | string[] | undefined;
  readonly colormap_name?: string | undefined;
  readonly colormap?: string | undefined;
}

/** Steps that a variable's range is found in, spread over all there are. */
const MOST_STEPS = 24;
const MOST_LEGENDS = 1000;

const legends = new WeakMap<ServedProduct, Lru<Legend>>();

/**
 * The legend that maps, tiles and the legend itself are drawn from. Its range is that of all steps together, from the
 * coarsest level, so that months can be compared; a `rescale` wins over it.
 */
export async function legendFor(
  world: World,
  product: ServedProduct,
  variable: ServedVariable,
  query: StyleQuery,
): Promise<Legend> {
  const style = styleOf(variable, query);
  const digests = await topDigests(world, product);
  const key = JSON.stringify([variable.name, style, digests]);
  let kept = legends.get(product);
  if (!kept) {
    kept = new Lru(MOST_LEGENDS);
    legends.set(product, kept);
  }
  return kept.get(key, async () => {
    const { signal: _, ...lasting } = world;
    const settled = style.classes ?? (style.range && !variable.flags);
    const fields = settled ? [] : await topFields(lasting, product, variable);
    return legendOf(variable, fields, style);
  });
}

/** What `rescale`, `colormap_name` and `colormap` ask for. @throws BadRequest */
export function styleOf(
  { flags }: Pick<ServedVariable, 'flags'>,
  { rescale, colormap_name, colormap }: StyleQuery,
): LegendOptions {
  const range = rangeOf([rescale ?? []].flat());
  const ramp = colormap_name?.toLowerCase();
  if (ramp !== undefined && !isRampName(ramp)) {
    throw new BadRequest('colormap_name', `"${ramp.slice(0, 40)}" is not known; see /colorMaps`);
  }
  return {
    ...(range && { range }),
    ...(ramp !== undefined && { ramp }),
    ...(colormap !== undefined && readColormap(colormap, flags !== undefined)),
  };
}

function rangeOf([text]: readonly string[]): readonly [number, number] | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(',').map((part) => part.trim());
  const [low, high] = parts.map(Number);
  if (
    parts.length === 2 &&
    parts.every((part) => numberText.test(part)) &&
    low! < high! &&
    Number.isFinite(high! - low!)
  )
    return [low!, high!];
  throw new BadRequest('rescale', `"${text.slice(0, 60)}" is not two rising numbers, such as 0,1200`);
}

const topDigests = (world: World, product: ServedProduct): Promise<(string | undefined)[]> =>
  Promise.all(
    product.product.windows.map(
      async ({ t }) => (await product.record(world, product.topLevel, { t, y: 0, x: 0 }))?.digest,
    ),
  );

async function topFields(
  world: World,
  product: ServedProduct,
  variable: ServedVariable,
): Promise<Float32Array[]> {
  const level = product.topLevel;
  const { height, width } = product.grid(level);
  const steps = variable.axis.labels.length;
  const every = Math.max(1, Math.ceil(steps / MOST_STEPS));
  const picked = Array.from({ length: Math.ceil(steps / every) }, (_, i) => i * every);
  return Promise.all(
    picked.map(async (step) => {
      const record = await product.record(world, level, {
        t: product.windowOf(variable, step).t,
        y: 0,
        x: 0,
      });
      return product.cells(world, variable, level, step, { y0: 0, y1: height, x0: 0, x1: width }, [record]);
    }),
  );
}
