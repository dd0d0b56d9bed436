import pLimit from 'p-limit';
import { BadRequest } from '../errors.ts';
import { crsByName } from '../grid/crs.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { openCog } from '../raster/cog.ts';
import { openCogSeries } from '../raster/cog-series.ts';
import type { Layer } from '../raster/layer.ts';
import { openZarr } from '../raster/zarr.ts';
import { type Composite, isWritten, type Source, type Spec, type ZarrSource } from './spec.ts';
import type { World } from './world.ts';

/** A source's layer and, for composites, the layer of its quality. */
export interface OpenedSource {
  readonly layer: Layer;
  readonly quality?: Layer;
}

export type OpenedSources = Readonly<Record<string, OpenedSource>>;

/** Sources opened at once: headers are small, latency is what costs. */
const OPEN_AT_ONCE = 8;

/** Reads the headers and listings of every source; no pixel. */
export async function openSources(world: World, spec: Spec): Promise<OpenedSources> {
  const limit = pLimit(OPEN_AT_ONCE);
  const opened = await Promise.all(
    Object.entries(spec.sources).map(([name, source]) =>
      limit(async () => [name, await openSource(world, source)] as const),
    ),
  );
  return Object.fromEntries(
    opened.filter((entry): entry is [string, OpenedSource] => entry[1] !== undefined),
  );
}

async function openSource(world: World, source: Source): Promise<OpenedSource | undefined> {
  if (isWritten(source)) return undefined;
  const layer = await openLayer(world, source);
  const composite: Composite | undefined = 'composite' in source ? source.composite : undefined;
  if (!composite?.quality) return { layer };
  return { layer, quality: await openLayer(world, composite.quality) };
}

type Located =
  | { readonly files: string; readonly band: number }
  | { readonly file: string; readonly band: number }
  | Pick<ZarrSource, 'zarr' | 'variable' | 'absentChunks' | 'select' | 'crs'>;

/** Opens one located layer of the inputs, without a product around it. */
export function openLayer({ inputs, signal }: World, at: Located): Promise<Layer> {
  const cancel = signal ? { signal } : {};
  if ('files' in at) return openCogSeries(inputs, at.files, { band: at.band, ...cancel });
  if ('file' in at) return openCog(inputs, at.file, { band: at.band, ...cancel });
  return openZarr(inputs, at.zarr, at.variable, {
    absentChunks: at.absentChunks,
    ...(at.select && { select: at.select }),
    ...(at.crs && { crs: crsByName(at.crs) }),
    ...cancel,
  });
}

/**
 * The product's pixels: those of the source that `grid.like` names, or as the spec spells them.
 * @throws BadRequest when neither is said, or `like` names no raster source
 */
export function productGrid(spec: Spec, opened: OpenedSources): GeoGrid {
  const { like, crs, transform, shape } = spec.grid;
  if (like) {
    const source = opened[like];
    if (!source) throw new BadRequest('spec.grid.like', `"${like}" is not one of the sources`);
    return source.layer.facts.grid;
  }
  if (!crs || !transform || !shape) {
    throw new BadRequest('spec.grid', 'say like: <source>, or all of crs, transform and shape');
  }
  return { crs: crsByName(crs), transform, height: shape[0], width: shape[1] };
}
