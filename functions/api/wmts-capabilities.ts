import type { Crs } from '../../lib/grid/crs.ts';
import { escapeXml } from '../../lib/view/svg.ts';
import { nativeBounds } from '../../lib/view/target-window.ts';
import { scaleDenominator, TILE, type TileMatrixSet } from '../../lib/view/tile-matrix.ts';
import { lonLatBounds } from './extent.ts';
import type { ServedProduct } from './served-product.ts';
import type { ServedVariable } from './served-variable.ts';
import { tileLimits } from './tileset.ts';
import { setsOf } from './tilings.ts';

/** @param base address of the product */
export function capabilities(product: ServedProduct, base: string): string {
  const sets = setsOf(product);
  const layers = [...product.variables.values()].map((variable) => layerOf(product, variable, sets, base));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.0.0">',
    `<ows:ServiceIdentification><ows:Title>${escapeXml(product.product.spec.title)}</ows:Title><ows:ServiceType>OGC WMTS</ows:ServiceType><ows:ServiceTypeVersion>1.0.0</ows:ServiceTypeVersion></ows:ServiceIdentification>`,
    operations(base),
    `<Contents>${layers.join('')}${sets.map(matrixSet).join('')}</Contents>`,
    `<ServiceMetadataURL xlink:href="${escapeXml(base)}/WMTSCapabilities.xml"/>`,
    '</Capabilities>',
  ].join('\n');
}

/** By path and by query; clients that know both take their choice. */
function operations(base: string): string {
  const get = (href: string, encoding: string): string =>
    `<ows:Get xlink:href="${escapeXml(href)}"><ows:Constraint name="GetEncoding"><ows:AllowedValues><ows:Value>${encoding}</ows:Value></ows:AllowedValues></ows:Constraint></ows:Get>`;
  const operation = (name: string, path: string): string =>
    `<ows:Operation name="${name}"><ows:DCP><ows:HTTP>${get(`${base}${path}`, 'RESTful')}${get(`${base}/wmts?`, 'KVP')}</ows:HTTP></ows:DCP></ows:Operation>`;
  return `<ows:OperationsMetadata>${operation('GetCapabilities', '/WMTSCapabilities.xml')}${operation('GetTile', '/tiles')}</ows:OperationsMetadata>`;
}

function layerOf(
  product: ServedProduct,
  { name, title, axis }: ServedVariable,
  sets: readonly TileMatrixSet[],
  base: string,
): string {
  const [west, south, east, north] = lonLatBounds(product.grid());
  const [w, e] = west <= east ? [west, east] : [-180, 180];
  const legend = `${base}/legend.png?variable=${name}`;
  const template = `${base}/tiles/{TileMatrixSet}/{TileMatrix}/{TileCol}/{TileRow}.png?variable=${name}&time={Time}`;
  return [
    `<Layer><ows:Title>${escapeXml(title)}</ows:Title>`,
    `<ows:WGS84BoundingBox><ows:LowerCorner>${w} ${south}</ows:LowerCorner><ows:UpperCorner>${e} ${north}</ows:UpperCorner></ows:WGS84BoundingBox>`,
    `<ows:Identifier>${name}</ows:Identifier>${ownBox(product)}`,
    `<Style isDefault="true"><ows:Identifier>default</ows:Identifier><LegendURL format="image/png" xlink:href="${escapeXml(legend)}"/></Style>`,
    '<Format>image/png</Format>',
    `<Dimension><ows:Identifier>Time</ows:Identifier><Default>${axis.labels.at(-1)}</Default>${axis.labels.map((label) => `<Value>${label}</Value>`).join('')}</Dimension>`,
    ...sets.map((set) => matrixLink(product, set)),
    `<ResourceURL format="image/png" resourceType="tile" template="${escapeXml(template)}"/></Layer>`,
  ].join('');
}

/** Where the product ends in its own coordinates: its tiles go on to the next 256 pixels. */
function ownBox(product: ServedProduct): string {
  const grid = product.grid();
  const [x0, y0, x1, y1] = nativeBounds(grid);
  const crs = escapeXml(nameOf(grid.crs));
  return `<ows:BoundingBox crs="${crs}"><ows:LowerCorner>${x0} ${y0}</ows:LowerCorner><ows:UpperCorner>${x1} ${y1}</ows:UpperCorner></ows:BoundingBox>`;
}

function matrixLink(product: ServedProduct, set: TileMatrixSet): string {
  const limits = tileLimits(set, product).map(
    ({ tileMatrix, minTileRow, maxTileRow, minTileCol, maxTileCol }) =>
      `<TileMatrixLimits><TileMatrix>${tileMatrix}</TileMatrix><MinTileRow>${minTileRow}</MinTileRow><MaxTileRow>${maxTileRow}</MaxTileRow><MinTileCol>${minTileCol}</MinTileCol><MaxTileCol>${maxTileCol}</MaxTileCol></TileMatrixLimits>`,
  );
  return `<TileMatrixSetLink><TileMatrixSet>${set.id}</TileMatrixSet><TileMatrixSetLimits>${limits.join('')}</TileMatrixSetLimits></TileMatrixSetLink>`;
}

/** By URN; a CRS in nobody's register spells itself out, which GDAL reads and others pass by. */
function nameOf({ geographic, epsg, name, wkt }: Crs): string {
  if (geographic) return 'urn:ogc:def:crs:OGC:1.3:CRS84';
  const code = epsg ? `EPSG:${epsg}` : name;
  const [, register, number] = /^([A-Z]+):(\d+)$/.exec(code) ?? [];
  return register ? `urn:ogc:def:crs:${register}::${number}` : wkt;
}

function matrixSet(set: TileMatrixSet): string {
  const { id, crs, origin, matrices, uri } = set;
  const wellKnown = uri?.includes('WebMercatorQuad')
    ? '<WellKnownScaleSet>urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible</WellKnownScaleSet>'
    : '';
  const each = matrices.map(
    (matrix) =>
      `<TileMatrix><ows:Identifier>${matrix.id}</ows:Identifier><ScaleDenominator>${scaleDenominator(set, matrix)}</ScaleDenominator><TopLeftCorner>${origin.join(' ')}</TopLeftCorner><TileWidth>${TILE}</TileWidth><TileHeight>${TILE}</TileHeight><MatrixWidth>${matrix.width}</MatrixWidth><MatrixHeight>${matrix.height}</MatrixHeight></TileMatrix>`,
  );
  return `<TileMatrixSet><ows:Identifier>${id}</ows:Identifier><ows:SupportedCRS>${escapeXml(nameOf(crs))}</ows:SupportedCRS>${wellKnown}${each.join('')}</TileMatrixSet>`;
}
