import { createHash } from 'node:crypto';
import { isoDateTime } from '../../lib/grid/time.ts';
import type { Source } from '../../lib/job/spec.ts';
import type { World } from '../../lib/job/world.ts';
import { dataRoot } from '../../lib/store/keys.ts';
import { nativeBounds } from '../../lib/view/target-window.ts';
import { type Bounds, lonLatBounds } from './extent.ts';
import { legendFor } from './legends.ts';
import { madeFrom, sourceDocuments } from './provenance.ts';
import type { ServedProduct } from './served-product.ts';
import type { ServedVariable } from './served-variable.ts';
import { type StepAxis, stepAxis } from './step-axis.ts';

const EXTENSIONS = [
  'https://stac-extensions.github.io/projection/v2.0.0/schema.json',
  'https://stac-extensions.github.io/datacube/v2.3.0/schema.json',
  'https://stac-extensions.github.io/render/v2.0.0/schema.json',
  'https://stac-extensions.github.io/file/v2.1.0/schema.json',
];
/** Its schema wants its fields in every asset of a collection, thumbnails too: only items name it. */
const ITEM_EXTENSIONS = [...EXTENSIONS, 'https://stac-extensions.github.io/zarr/v1.1.0/schema.json'];
const ZARR = 'application/vnd.zarr; version=3';

type Json = Record<string, unknown>;

/** A STAC collection of a product, its items the years. */
export async function stacCollection(world: World, served: ServedProduct, base: string): Promise<Json> {
  const { spec, windows, grid } = served.product;
  const [first, last] = [windows[0]!, windows.at(-1)!];
  const interval = [isoDateTime(first.steps[0]!.start), isoDateTime(last.steps.at(-1)!.end - 1 / 86_400)];
  return {
    type: 'Collection',
    stac_version: '1.1.0',
    stac_extensions: EXTENSIONS,
    id: served.id,
    title: spec.title,
    description: [spec.title, spec.about.comment].filter(Boolean).join('. '),
    license: spec.about.license ?? 'other',
    extent: { spatial: { bbox: boxes(lonLatBounds(grid)) }, temporal: { interval: [interval] } },
    ...cube(served),
    ...(grid.crs.epsg && { summaries: { 'proj:code': [`EPSG:${grid.crs.epsg}`] } }),
    assets: await assets(world, served, base),
    ...(await renders(world, served)),
    links: [
      ...links(base, served),
      { rel: 'self', href: `${base}/stac/${served.id}`, type: 'application/json' },
      { rel: 'items', href: `${base}/stac/${served.id}/items`, type: 'application/geo+json' },
      ...windows.map(({ year }) => ({
        rel: 'item',
        href: `${base}/stac/${served.id}/items/${year}`,
        type: 'application/geo+json',
      })),
    ],
  };
}

/** A STAC item: one year of a product, with a digest of the chunks that it consists of. */
export async function stacItem(world: World, served: ServedProduct, t: number, base: string): Promise<Json> {
  const { grid, windows, model, levels } = served.product;
  const { year, steps } = windows[t]!;
  const top = await served.record(world, levels.length - 1, { t, y: 0, x: 0 });
  const made = await madeFrom(world, served, t);
  const bounds = lonLatBounds(grid);
  return {
    type: 'Feature',
    stac_version: '1.1.0',
    stac_extensions: ITEM_EXTENSIONS,
    id: `${served.id}-${year}`,
    collection: served.id,
    geometry: geometryOf(bounds),
    bbox: bounds,
    properties: {
      title: `${served.product.spec.title}, ${year}`,
      datetime: null,
      start_datetime: isoDateTime(steps[0]!.start),
      end_datetime: isoDateTime(steps.at(-1)!.end - 1 / 86_400),
      ...projection(served),
      ...cube(served),
      ...(await renders(world, served)),
      'chunkflux:model': `${model.id} (${model.version})`,
      'chunkflux:product_digest': served.accepted.digest,
      ...(top && {
        'chunkflux:digest': top.digest,
        'chunkflux:state': top.lacking ? 'incomplete' : top.state,
      }),
      ...(made && { 'chunkflux:chunks_made_from': made }),
    },
    assets: await assets(world, served, base),
    links: [
      ...links(base, served),
      { rel: 'self', href: `${base}/stac/${served.id}/items/${year}`, type: 'application/geo+json' },
      { rel: 'collection', href: `${base}/stac/${served.id}`, type: 'application/json' },
      ...(await derivedFrom(world, served, t, base)),
    ],
  };
}

const links = (base: string, { id, product }: ServedProduct): Json[] => [
  { rel: 'root', href: `${base}/stac`, type: 'application/json' },
  { rel: 'parent', href: `${base}/stac`, type: 'application/json' },
  { rel: 'xyz', href: `${base}/products/${id}/tiles/WebMercatorQuad/{z}/{x}/{y}.png`, type: 'image/png' },
  ...product.model.cite.map((title) => ({ rel: 'cite-as', href: `${base}/products/${id}`, title })),
];

/**
 * The sources by the names that the product's spec gives them. Each leads to a document that lists the objects which
 * that year is made from; the link's checksum is of that document, so that it fixes all of them.
 */
async function derivedFrom(world: World, served: ServedProduct, t: number, base: string): Promise<Json[]> {
  const { id, product } = served;
  const documents = await sourceDocuments(world, served, t);
  return Object.entries(product.spec.sources).map(([name, source]) => {
    const { text, objects } = documents[name]!;
    return {
      rel: 'derived_from',
      href: `${base}/products/${id}/sources/${name}?year=${product.windows[t]!.year}`,
      type: 'application/json',
      title: `${name}: ${titleOf(source)}`,
      'file:size': Buffer.byteLength(text),
      'file:checksum': multihash(text),
      ...(objects && {
        'chunkflux:objects': objects.length,
        'chunkflux:bytes': objects.reduce((sum, { size = 0 }) => sum + size, 0),
      }),
    };
  });
}

function titleOf(source: Source): string {
  if ('files' in source) return source.files;
  if ('file' in source) return source.file;
  if ('zarr' in source) return `${source.zarr}/${source.variable}`;
  if ('constant' in source) return `constant ${source.constant}`;
  return `a series of ${Object.keys(source.series).length} values`;
}

function projection({ product: { grid } }: ServedProduct): Json {
  const { crs, transform, height, width } = grid;
  return {
    'proj:code': crs.epsg ? `EPSG:${crs.epsg}` : null,
    ...(!crs.epsg && { 'proj:wkt2': crs.wkt }),
    'proj:shape': [height, width],
    'proj:transform': transform,
  };
}

/** Axes in the product's own coordinates; months and years are dimensions of their own, as in its Zarr. */
function cube({ product, variables }: ServedProduct): Json {
  const { grid } = product;
  const [x0, y0, x1, y1] = nativeBounds(grid);
  const space = { type: 'spatial', reference_system: grid.crs.epsg ?? grid.crs.wkt };
  const kinds = new Set([...variables.values()].map(({ axis }) => axis.kind));
  const time = (kind: StepAxis['kind'], step: string): Json => {
    const { times, ends } = stepAxis(product, kind);
    return { type: 'temporal', extent: [isoDateTime(times[0]!), isoDateTime(ends.at(-1)! - SECOND)], step };
  };
  return {
    'cube:dimensions': {
      x: { ...space, axis: 'x', extent: [x0, x1], step: grid.transform[0] },
      y: { ...space, axis: 'y', extent: [y0, y1], step: grid.transform[4] },
      ...(kinds.has('month') && { time: time('month', 'P1M') }),
      ...(kinds.has('year') && { year: time('year', 'P1Y') }),
    },
    'cube:variables': Object.fromEntries([...variables.values()].map((v) => [v.name, cubeVariable(v)])),
  };
}

/** Days. */
const SECOND = 1 / 86_400;

const cubeVariable = ({ title, units, dtype, axis }: ServedVariable): Json => ({
  type: 'data',
  dimensions: [axis.kind === 'year' ? 'year' : 'time', 'y', 'x'],
  description: title,
  unit: units,
  data_type: dtype,
});

async function assets(world: World, served: ServedProduct, base: string): Promise<Json> {
  const object = await world.store.get(`${dataRoot(served.id)}/zarr.json`);
  const bands = [...served.variables.values()].map(({ name, title, units, dtype }) => ({
    name,
    description: title,
    unit: units,
    data_type: dtype,
    ...(dtype === 'float32' && { nodata: 'nan' }),
  }));
  return {
    zarr: {
      href: `${base}/products/${served.id}/zarr`,
      type: ZARR,
      title: 'Zarr v3 with a pyramid; level 0 is native',
      roles: ['data'],
      'zarr:zarr_format': 3,
      'zarr:node_type': 'group',
      'zarr:consolidated': true,
      'xarray:open_kwargs': { engine: 'zarr', group: '0' },
      ...(object && { 'file:checksum': multihash(object.bytes), 'file:size': object.size }),
      bands,
    },
    thumbnail: { href: `${base}/products/${served.id}/preview.png`, type: 'image/png', roles: ['thumbnail'] },
  };
}

async function renders(world: World, served: ServedProduct): Promise<Json> {
  const each = [...served.variables.values()]
    .filter(({ flags }) => !flags)
    .map(async (variable) => {
      const legend = await legendFor(world, served, variable, {});
      if (legend.kind !== 'ramp') return [];
      return [
        [
          variable.name,
          {
            title: variable.title,
            assets: ['zarr'],
            rescale: [legend.range],
            colormap_name: legend.ramp,
            nodata: 'nan',
          },
        ] as const,
      ];
    });
  return { renders: Object.fromEntries((await Promise.all(each)).flat()) };
}

/** SHA-256 as multihash, in hex. */
const multihash = (bytes: Uint8Array | string): string =>
  `1220${createHash('sha256').update(bytes).digest('hex')}`;

const boxes = (bounds: Bounds): Bounds[] => [bounds];

/** Cut in two where it lies across the dateline, as RFC 7946 wants. */
export function geometryOf([west, south, east, north]: Bounds): Json {
  const ring = (w: number, e: number) => [
    [
      [w, south],
      [e, south],
      [e, north],
      [w, north],
      [w, south],
    ],
  ];
  if (west <= east) return { type: 'Polygon', coordinates: ring(west, east) };
  return { type: 'MultiPolygon', coordinates: [ring(west, 180), ring(-180, east)] };
}
