import type { Region } from '../grid/region.ts';
import type { Dependency, Layer, LayerFacts } from '../raster/layer.ts';
import { type Binding, isRead } from './binding.ts';
import { mapOf } from './binding-classes.ts';
import { digestOf } from './digest.ts';
import { layerRegions } from './footprint.ts';
import { firstStateInputs, type Product, SPIN_UP, type Window } from './product.ts';

/** What a window of a place depends on: each input with its objects. */
export type Needs = readonly (readonly [Binding, readonly Dependency[]])[];

export const needsOf = (
  product: Product,
  bindings: readonly Binding[],
  layers: Readonly<Record<string, Layer>>,
  region: Region,
  window: Window,
): Needs =>
  bindingsOf(product, bindings, window).map((binding) => [
    binding,
    dependenciesOf(product, binding, layers, region, window),
  ]);

/** The inputs that a window reads: all, but for some first states. */
export function bindingsOf(
  product: Product,
  bindings: readonly Binding[],
  { t }: Pick<Window, 't'>,
): readonly Binding[] {
  const wanted = t === SPIN_UP ? firstStateInputs(product) : undefined;
  return wanted ? bindings.filter(({ name }) => wanted.has(name)) : bindings;
}

/** What the inputs of a window mean, and the versions of their objects: all that digests are made of. */
export const factsOf = (product: Product, window: Window, needs: Needs) =>
  needs.map(([binding, deps]) => [meaningDigest(product, binding, window), versions(deps)]);

const versions = (dependencies: readonly Dependency[]) =>
  dependencies.map(({ key, etag }) => [key, etag ?? null]);

const meanings = new WeakMap<Binding, Map<number, string>>();

/** A binding means the same to every place of a window: worked out once, not a million times. */
function meaningDigest(product: Product, binding: Binding, window: Window): string {
  const known = meanings.get(binding) ?? new Map<number, string>();
  meanings.set(binding, known);
  let digest = known.get(window.t);
  if (digest === undefined) {
    digest = digestOf(meaningOf(product, binding, window));
    known.set(window.t, digest);
  }
  return digest;
}

/** All of a binding that bears on a window's numbers, but not the listing of objects that others need. */
function meaningOf(product: Product, { name, variable, source }: Binding, { t }: Window): unknown {
  const { spec, inputs } = product;
  if (source.kind === 'table') return { name, values: source.windows[t] };
  if (!isRead(source)) return { name, source };
  const said = spec.sources[name]!;
  const { resampling } = variable;
  const stored = {
    ...storedMeaning(source.facts),
    ...('select' in said && { select: said.select }),
    ...(resampling !== inputs[name]!.resampling && { resampling }),
  };
  if (source.kind === 'field') {
    return {
      name,
      stored,
      conversion: source.conversion,
      sign: source.sign,
      steps:
        t === SPIN_UP && variable.dims === 'tyx'
          ? (source.before ?? source.steps)
          : source.steps[Math.max(0, t)],
    };
  }
  if (source.kind === 'classes') {
    const map = mapOf(source, t);
    return { name, stored, legend: source.legend, ...(map && { mapOf: map.year }) };
  }
  if (source.kind === 'years') {
    const factors = source.factors && { factors: source.factors[t] };
    return { name, stored, conversion: source.conversion, steps: source.windows[t], ...factors };
  }
  if (source.kind === 'days') {
    const { toDays, perDay, clock, bridge } = source;
    return {
      name,
      stored,
      conversion: source.conversion,
      toDays,
      perDay,
      clock,
      bridge,
      steps: source.windows[t],
    };
  }
  const quality = source.quality && storedMeaning(source.quality);
  const composites = t === SPIN_UP ? source.composites : source.composites[t];
  return { name, stored, quality, composite: source.composite, composites };
}

/** Which array of its objects a layer is, and what its stored numbers mean. */
function storedMeaning({ title, nodata, validRange, scale, offset, grid }: LayerFacts): object {
  return { title, nodata, validRange, scale, offset, crs: grid.crs.proj4, transform: grid.transform };
}

/** The objects that a window of a region depends on through one input. */
export function dependenciesOf(
  product: Product,
  binding: Binding,
  layers: Readonly<Record<string, Layer>>,
  region: Region,
  window: Window,
): Dependency[] {
  return layerRegions(product.grid, binding, window.t, region).flatMap(({ layer, regions }) => {
    const opened = layers[layer];
    if (!opened) throw new RangeError(`layer ${layer} was not opened`);
    return mergeByKey(regions.flatMap((r) => opened.dependencies(r)));
  });
}

/** One entry an object: several steps or windows may come from the same one. */
function mergeByKey(dependencies: readonly Dependency[]): Dependency[] {
  const byKey = new Map<string, Dependency>();
  for (const dependency of dependencies) {
    const before = byKey.get(dependency.key);
    byKey.set(dependency.key, before ? { ...before, bytes: before.bytes + dependency.bytes } : dependency);
  }
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}
