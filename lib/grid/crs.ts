import { UnsupportedInput } from '../errors.ts';
import { DEFINITIONS, type Definition, MODIS_SINUSOIDAL, UTM_FAMILIES, type UtmFamily } from './crs-table.ts';
import WKT from './crs-wkt.json' with { type: 'json' };
import { ellipsoidOf, parseProj, withoutUtm } from './proj-string.ts';

/** A coordinate reference system that chunkflux transforms with numbers tested against PROJ. */
export interface Crs {
  /** `EPSG:4326`, or a name where no code exists: `MODIS sinusoidal`. */
  readonly name: string;
  readonly epsg?: number;
  /** Definition for proj4, with the datum shift spelled out. */
  readonly proj4: string;
  /** WKT2 (ISO 19162), ASCII, for `crs_wkt` and `proj:wkt2`. */
  readonly wkt: string;
  /** Coordinates are longitude and latitude in degrees. */
  readonly geographic: boolean;
  /** Every pixel of a regular grid has the same true area. */
  readonly equalArea: boolean;
  /** Semi-axes in metres; equal for a sphere. */
  readonly ellipsoid: { readonly a: number; readonly b: number };
}

const EQUAL_AREA = new Set(['aea', 'laea', 'cea', 'sinu']);

const ALIASES: Readonly<Record<string, string>> = {
  'MODIS-SINUSOIDAL': MODIS_SINUSOIDAL,
  'SR-ORG:6974': MODIS_SINUSOIDAL,
  'SR-ORG:6842': MODIS_SINUSOIDAL,
  CRS84: 'EPSG:4326',
  'OGC:CRS84': 'EPSG:4326',
  'EPSG:900913': 'EPSG:3857',
  'ESRI:900913': 'EPSG:3857',
  'ESRI:102100': 'EPSG:3857',
};

/** EPSG's own codes end here; files write ESRI's codes in the same place. */
const LAST_EPSG_CODE = 32_767;

/**
 * @param code EPSG code; ESRI codes (102001 and so on) are known too
 * @throws UnsupportedInput when the code is not in the table of tested definitions
 */
export function crsFromEpsg(code: number): Crs {
  return crsByName(`${code > LAST_EPSG_CODE ? 'ESRI' : 'EPSG'}:${code}`);
}

/**
 * @param name `EPSG:3857`, `ESRI:102001`, `OGC:CRS84`, `modis-sinusoidal`; case, spaces and dashes do not matter
 * @throws UnsupportedInput when the name is not in the table of tested definitions
 */
export function crsByName(name: string): Crs {
  const key = name
    .trim()
    .toUpperCase()
    .replace(/[\s_]+/g, '-');
  const known = ALIASES[key] ?? key;
  const definition = Object.hasOwn(DEFINITIONS, known) ? DEFINITIONS[known] : undefined;
  if (definition) return makeCrs(known, definition, (WKT as Record<string, string>)[known]!);
  const utm = utmByName(known);
  if (utm) return utm;
  throw new UnsupportedInput(
    `CRS "${name}" is not among the projections that chunkflux has tested against PROJ. ` +
      'Reproject the file to one of them, such as EPSG:4326, a UTM zone or EPSG:3035.',
  );
}

/** Whether two CRSs give the same coordinates; codes and spelling do not matter, a datum shift does. */
export function sameCrs(a: Crs, b: Crs): boolean {
  return a === b || a.proj4 === b.proj4 || canonical(a.proj4) === canonical(b.proj4);
}

/** @internal Builds the facts that the definition implies. */
export function makeCrs(name: string, definition: Definition, wkt: string): Crs {
  const parameters = parseProj(definition.proj4);
  const projection = parameters.get('proj')!;
  const [, code] = /^EPSG:(\d+)$/.exec(name) ?? [];
  return {
    name,
    ...(code ? { epsg: Number(code) } : {}),
    proj4: definition.proj4,
    wkt,
    geographic: projection === 'longlat',
    equalArea: EQUAL_AREA.has(projection),
    ellipsoid: definition.ellipsoid ?? ellipsoidOf(parameters),
  };
}

function utmByName(name: string): Crs | undefined {
  const code = Number(/^EPSG:(\d{5})$/.exec(name)?.[1]);
  const family = UTM_FAMILIES.find((f) => code >= f.first && code <= f.first + f.lastZone - f.firstZone);
  if (!family) return undefined;
  const zone = code - family.first + family.firstZone;
  const proj4 = `+proj=utm +zone=${zone}${family.south ? ' +south' : ''} ${family.datum}`;
  return makeCrs(name, { proj4 }, utmWkt(family, zone, code));
}

/** The WKT of the family's first zone, with the zone's number, meridian and code put in. */
function utmWkt(family: UtmFamily, zone: number, code: number): string {
  const pattern = (WKT as Record<string, string>)[`EPSG:${family.first}`]!;
  const side = family.south ? 'S' : 'N';
  const meridian = (z: number): string => `"Longitude of natural origin",${6 * z - 183},`;
  return pattern
    .replaceAll(`UTM zone ${family.firstZone}${side}"`, `UTM zone ${zone}${side}"`)
    .replace(meridian(family.firstZone), meridian(zone))
    .replace(`ID["EPSG",${family.first}]`, `ID["EPSG",${code}]`);
}

/** Order, spelling of numbers and words that change no coordinate are left out. */
function canonical(proj4: string): string {
  const parameters = withoutUtm(parseProj(proj4));
  const { a, b } = ellipsoidOf(parameters);
  for (const key of ['ellps', 'datum', 'a', 'b', 'R', 'rf', 'f', 'no_defs', 'type']) parameters.delete(key);
  const shift = (parameters.get('towgs84') ?? '').split(',').map(Number);
  if (shift.every((s) => s === 0)) parameters.delete('towgs84');
  if (parameters.get('units') === 'm') parameters.delete('units');
  // The axes of WGS 84 and GRS 80 differ by a tenth of a millimetre.
  const facts = [`axes=${a.toFixed(3)},${b.toFixed(3)}`];
  for (const [key, value] of parameters) {
    const number = Number(value);
    const isDefault = value !== '' && (number === 0 || (number === 1 && /^k(_0)?$/.test(key)));
    if (!isDefault)
      facts.push(
        `${key === 'k_0' ? 'k' : key}=${Number.isFinite(number) && value !== '' ? Number(number.toPrecision(12)) : value}`,
      );
  }
  return facts.sort().join(' ');
}
