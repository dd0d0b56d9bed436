import type { UserDefined } from './user-crs.ts';

const WGS84 = { a: 6378137, rf: 298.257223563 };
const GRS80_RF = 298.257222101;
const DEGREE = 'ANGLEUNIT["degree",0.0174532925199433]';

function writeSource({ method, parameters, a, rf, toMeter, name }: UserDefined): string {
  const title = name.replace(/[^ !#-~]/g, '_');
  const onWgs84 = a === WGS84.a && rf === WGS84.rf;
  const onGrs80 = a === WGS84.a && rf === GRS80_RF;
  const ellipsoid = onWgs84 ? 'WGS 84' : onGrs80 ? 'GRS 1980' : rf === 0 ? 'sphere' : 'unknown';
  const datum = `DATUM["${onWgs84 ? 'World Geodetic System 1984' : 'unknown'}",ELLIPSOID["${ellipsoid}",${a},${rf},LENGTHUNIT["metre",1]]]`;
  const meridian = `PRIMEM["Greenwich",0,${DEGREE}]`;
  if (!method) {
    const axes = `AXIS["longitude",east,ORDER[1],${DEGREE}],AXIS["latitude",north,ORDER[2],${DEGREE}]`;
    return `GEOGCRS["${title}",${datum},${meridian},CS[ellipsoidal,2],${axes}]`;
  }
  const unit = `LENGTHUNIT["${toMeter === 1 ? 'metre' : 'unknown'}",${toMeter}]`;
  const units = { angle: DEGREE, scale: 'SCALEUNIT["unity",1]', length: 'LENGTHUNIT["metre",1]' };
  const numbers = method.parameters.map(
    (p) => `PARAMETER["${p.wkt}",${parameters.get(p.proj)},${units[p.kind]},ID["EPSG",${p.epsg}]]`,
  );
  const id = method.epsg ? `,ID["EPSG",${method.epsg}]` : '';
  const conversion = `CONVERSION["unknown",METHOD["${method.wkt}"${id}],${numbers.join(',')}]`;
  const axes = `AXIS["(E)",east,ORDER[1],${unit}],AXIS["(N)",north,ORDER[2],${unit}]`;
  return `PROJCRS["${title}",BASEGEOGCRS["unknown",${datum},${meridian}],${conversion},CS[Cartesian,2],${axes}]`;
}

const TARGET =
  'GEOGCRS["WGS 84",DATUM["World Geodetic System 1984",ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]]],' +
  `PRIMEM["Greenwich",0,${DEGREE}],CS[ellipsoidal,2],AXIS["latitude",north,ORDER[1],${DEGREE}],` +
  `AXIS["longitude",east,ORDER[2],${DEGREE}],ID["EPSG",4326]]`;

/** Names of the seven numbers and their EPSG codes from 8605 on; PROJ writes rotations in arc seconds. */
const SHIFT_NAMES = [
  'X-axis translation',
  'Y-axis translation',
  'Z-axis translation',
  'X-axis rotation',
  'Y-axis rotation',
  'Z-axis rotation',
  'Scale difference',
];

/** WKT2 as PROJ writes it; names keep to ASCII without quotes. A datum shift makes it a bound CRS. */
export function writeWkt(user: UserDefined): string {
  const source = writeSource(user);
  if (!user.toWgs84) return source;
  const method =
    user.toWgs84.length > 3
      ? 'METHOD["Position Vector transformation (geog2D domain)",ID["EPSG",9606]]'
      : 'METHOD["Geocentric translations (geog2D domain)",ID["EPSG",9603]]';
  const numbers = user.toWgs84.map((n, k) => {
    const value = k === 6 ? Number((1 + n * 1e-6).toPrecision(15)) : n;
    return `PARAMETER["${SHIFT_NAMES[k]}",${value},ID["EPSG",${8605 + k}]]`;
  });
  const shift = `ABRIDGEDTRANSFORMATION["to WGS 84",${method},${numbers.join(',')}]`;
  return `BOUNDCRS[SOURCECRS[${source}],TARGETCRS[${TARGET}],${shift}]`;
}
