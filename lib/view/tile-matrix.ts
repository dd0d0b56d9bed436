import { NotFound } from '../errors.ts';
import { type Affine, coarsen, shift } from '../grid/affine.ts';
import { type Crs, crsByName } from '../grid/crs.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { projJson } from '../grid/projjson.ts';

/** One zoom level: how large its pixels are, and how many tiles it has. */
export interface TileMatrix {
  readonly id: string;
  readonly cellSize: number;
  readonly width: number;
  readonly height: number;
}

/** A tiling of a CRS: tiles of 256 pixels from one corner, level by level. @see OGC 17-083r4 */
export interface TileMatrixSet {
  readonly id: string;
  readonly title: string;
  readonly uri?: string;
  readonly crs: Crs;
  /** Upper left corner of tile 0, 0. */
  readonly origin: readonly [x: number, y: number];
  readonly matrices: readonly TileMatrix[];
}

export const TILE = 256;
const MOST_ZOOM = 24;
const OGC = 'http://www.opengis.net/def/tilematrixset/OGC/1.0';
const HALF_EQUATOR = 20_037_508.342789244;
/** Metres of a degree along the equator, for scale denominators. */
const DEGREE_METRES = (Math.PI * 6_378_137) / 180;
/** OGC's pixel of a screen, m. */
const SCREEN_PIXEL = 0.00028;

const zooms = (most: number, make: (z: number) => Omit<TileMatrix, 'id'>): TileMatrix[] =>
  Array.from({ length: most + 1 }, (_, z) => ({ id: String(z), ...make(z) }));

export const WEB_MERCATOR_QUAD: TileMatrixSet = {
  id: 'WebMercatorQuad',
  title: 'Google Maps Compatible for the World',
  uri: `${OGC}/WebMercatorQuad`,
  crs: crsByName('EPSG:3857'),
  origin: [-HALF_EQUATOR, HALF_EQUATOR],
  matrices: zooms(MOST_ZOOM, (z) => ({
    cellSize: (2 * HALF_EQUATOR) / TILE / 2 ** z,
    width: 2 ** z,
    height: 2 ** z,
  })),
};

export const WORLD_CRS84_QUAD: TileMatrixSet = {
  id: 'WorldCRS84Quad',
  title: 'CRS84 for the World',
  uri: `${OGC}/WorldCRS84Quad`,
  crs: crsByName('OGC:CRS84'),
  origin: [-180, 90],
  matrices: zooms(MOST_ZOOM - 1, (z) => ({
    cellSize: 180 / TILE / 2 ** z,
    width: 2 ** (z + 1),
    height: 2 ** z,
  })),
};

export const NATIVE = 'native';

/** The product's own pixels: one tile pixel is one pixel of a level of the pyramid. */
export function nativeTiling(grid: GeoGrid, levels: number): TileMatrixSet {
  const { crs, transform, height, width } = grid;
  return {
    id: NATIVE,
    title: `The product's own grid (${crs.name})`,
    crs,
    origin: [transform[2], transform[5]],
    matrices: zooms(levels - 1, (z) => {
      const factor = 2 ** (levels - 1 - z);
      return {
        cellSize: transform[0] * factor,
        width: Math.ceil(width / factor / TILE),
        height: Math.ceil(height / factor / TILE),
      };
    }),
  };
}

/**
 * The pixels of a tile.
 * @param size pixels of a side: 256, or more for sharper screens
 * @throws NotFound when the set has no such tile
 */
export function tileGrid(set: TileMatrixSet, z: number, x: number, y: number, size = TILE): GeoGrid {
  const matrix = set.matrices[z];
  if (!matrix) {
    throw new NotFound(`${set.id} has no zoom ${z}; it has 0 to ${set.matrices.length - 1}.`);
  }
  if (!(x >= 0 && y >= 0 && x < matrix.width && y < matrix.height)) {
    throw new NotFound(
      `${set.id} has no tile ${x}, ${y} at zoom ${z}: it has ${matrix.width} x ${matrix.height}.`,
    );
  }
  const cell = matrix.cellSize;
  const whole: Affine = [cell, 0, set.origin[0], 0, -cell, set.origin[1]];
  const factor = TILE / size;
  return {
    crs: set.crs,
    transform: coarsen(shift(whole, y * TILE, x * TILE), factor, factor),
    height: size,
    width: size,
  };
}

/** The set as OGC's JSON. */
export function tileMatrixSetJson({ id, title, uri, crs, origin, matrices }: TileMatrixSet): object {
  const perCell = (crs.geographic ? DEGREE_METRES : 1) / SCREEN_PIXEL;
  return {
    id,
    title,
    ...(uri && { uri }),
    crs: crsOf(crs),
    orderedAxes: crs.geographic ? ['Lon', 'Lat'] : ['X', 'Y'],
    tileMatrices: matrices.map(({ id: z, cellSize, width, height }) => ({
      id: z,
      scaleDenominator: cellSize * perCell,
      cellSize,
      cornerOfOrigin: 'topLeft',
      pointOfOrigin: origin,
      tileWidth: TILE,
      tileHeight: TILE,
      matrixWidth: width,
      matrixHeight: height,
    })),
  };
}

export const scaleDenominator = ({ crs }: TileMatrixSet, { cellSize }: TileMatrix): number =>
  (cellSize * (crs.geographic ? DEGREE_METRES : 1)) / SCREEN_PIXEL;

/** A CRS as OGC's catalogues name it: by URI, or as PROJJSON under `wkt`. @see OGC 17-083r4, table 2 */
export const crsOf = (crs: Crs): unknown => crsUri(crs) ?? describedCrs(crs);

function describedCrs({ wkt, name }: Crs): object {
  const described = projJson(wkt);
  return described ? { wkt: described } : { referenceSystem: { title: name, wkt } };
}

/** Longitudes come first here, so EPSG:4326 is said as CRS84. */
export function crsUri({ epsg, geographic }: Crs): string | undefined {
  if (epsg === 4326 && geographic) return 'http://www.opengis.net/def/crs/OGC/1.3/CRS84';
  return epsg ? `http://www.opengis.net/def/crs/EPSG/0/${epsg}` : undefined;
}
