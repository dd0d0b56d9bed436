import { crsOf, TILE, type TileMatrixSet } from '../../lib/view/tile-matrix.ts';
import { type Bounds, lonLatBounds } from './extent.ts';
import { projectedBox } from './preview-grid.ts';
import type { ServedProduct } from './served-product.ts';
import { NATIVE } from './tilings.ts';
import { zoomsOf } from './zooms.ts';

const TILING_SCHEME = 'http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme';

/** The tiles of one zoom that can show something of a product. */
export interface TileLimits {
  readonly tileMatrix: string;
  readonly minTileRow: number;
  readonly maxTileRow: number;
  readonly minTileCol: number;
  readonly maxTileCol: number;
}

/** @returns limits of each zoom up to that of the product's own pixels */
export function tileLimits(set: TileMatrixSet, product: ServedProduct): TileLimits[] {
  const [x0, y0, x1, y1] = boxIn(set, product);
  return set.matrices.slice(0, zoomsOf(set, product).max + 1).map(({ id, cellSize, width, height }) => {
    const side = cellSize * TILE;
    // A box that ends on the edge of a tile shows nothing of the next one.
    const at = (offset: number, most: number): number => Math.max(0, Math.min(most - 1, Math.floor(offset)));
    const edge = 1e-6;
    return {
      tileMatrix: id,
      minTileRow: at((set.origin[1] - y1) / side + edge, height),
      maxTileRow: at((set.origin[1] - y0) / side - edge, height),
      minTileCol: at((x0 - set.origin[0]) / side + edge, width),
      maxTileCol: at((x1 - set.origin[0]) / side - edge, width),
    };
  });
}

/** Where a product lies in a set; the whole world round when it crosses the dateline. */
function boxIn(set: TileMatrixSet, product: ServedProduct): Bounds {
  const grid = product.grid();
  if (set.id === NATIVE) return projectedBox(grid, grid.crs);
  const [west, south, east, north] = lonLatBounds(grid);
  const [w, e] = west < east ? [west, east] : [-180, 180];
  if (set.crs.geographic) return [w, south, e, north];
  const x = (lon: number): number => (lon / 180) * HALF_EQUATOR;
  const y = (lat: number): number =>
    (Math.asinh(Math.tan((Math.max(-MERCATOR_END, Math.min(MERCATOR_END, lat)) * Math.PI) / 180)) / Math.PI) *
    HALF_EQUATOR;
  return [x(w), y(south), x(e), y(north)];
}

const HALF_EQUATOR = 20_037_508.342789244;
const MERCATOR_END = 85.051129;

/** OGC's description of a tile set. @param template of its tiles @param at address of the description itself */
export function tilesetJson(
  set: TileMatrixSet,
  product: ServedProduct,
  { at, template, base }: { readonly at: string; readonly template: string; readonly base: string },
): object {
  const [x0, y0, x1, y1] = boxIn(set, product);
  return {
    id: set.id,
    title: set.title,
    dataType: 'map',
    crs: crsOf(set.crs),
    ...(set.uri && { tileMatrixSetURI: set.uri }),
    tileMatrixSetLimits: tileLimits(set, product),
    boundingBox: { lowerLeft: [x0, y0], upperRight: [x1, y1], crs: crsOf(set.crs) },
    links: [
      { rel: 'self', href: at, type: 'application/json' },
      { rel: 'item', href: template, type: 'image/png', templated: true },
      {
        rel: TILING_SCHEME,
        href: `${base}/products/${product.id}/tileMatrixSets/${set.id}`,
        type: 'application/json',
      },
    ],
  };
}
