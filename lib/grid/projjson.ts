import { child, children, numberAt, parseWkt, textAt, type WktNode } from './wkt-tree.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * A CRS as PROJJSON, for catalogues that take no WKT.
 * @param wkt WKT2 of a geographic or projected CRS
 * @returns undefined for other kinds, such as one that is bound to another by a datum shift
 * @throws UnsupportedInput when the text is not well-formed
 * @see PROJJSON 0.7
 */
export function projJson(wkt: string): Json | undefined {
  const root = parseWkt(wkt);
  const schema = { $schema: 'https://proj.org/schemas/v0.7/projjson.schema.json' };
  if (root.word === 'GEOGCRS')
    return { ...schema, ...geographic(root), coordinate_system: system(root), ...id(root) };
  const base = child(root, 'BASEGEOGCRS');
  const conversion = child(root, 'CONVERSION');
  if (root.word !== 'PROJCRS' || !base || !conversion) return undefined;
  return {
    ...schema,
    type: 'ProjectedCRS',
    name: textAt(root, 0),
    base_crs: { ...geographic(base), coordinate_system: LATITUDE_FIRST },
    conversion: operation(conversion),
    coordinate_system: system(root),
    ...id(root),
  };
}

/** WKT leaves out the axes of the base. */
const LATITUDE_FIRST: Json = {
  subtype: 'ellipsoidal',
  axis: [
    { name: 'Geodetic latitude', abbreviation: 'Lat', direction: 'north', unit: 'degree' },
    { name: 'Geodetic longitude', abbreviation: 'Lon', direction: 'east', unit: 'degree' },
  ],
};

function geographic(node: WktNode): Json {
  const datum = child(node, /^(DATUM|ENSEMBLE)$/)!;
  const meridian = child(node, 'PRIMEM');
  const zero = meridian ? numberAt(meridian, 1) : 0;
  return {
    type: 'GeographicCRS',
    name: textAt(node, 0),
    datum: {
      type: 'GeodeticReferenceFrame',
      name: textAt(datum, 0),
      ellipsoid: ellipsoid(child(datum, 'ELLIPSOID')!),
      ...(zero !== 0 && { prime_meridian: { name: textAt(meridian!, 0), longitude: zero } }),
    },
  };
}

/** An inverse flattening of 0 is a sphere's. */
function ellipsoid(node: WktNode): Json {
  const [name, a, rf] = [textAt(node, 0), numberAt(node, 1), numberAt(node, 2)];
  return rf === 0 ? { name, radius: a } : { name, semi_major_axis: a, inverse_flattening: rf };
}

function operation(node: WktNode): Json {
  const method = child(node, 'METHOD')!;
  return {
    name: textAt(node, 0),
    method: { name: textAt(method, 0), ...id(method) },
    parameters: children(node, /^PARAMETER$/).map((parameter) => ({
      name: textAt(parameter, 0),
      value: numberAt(parameter, 1),
      unit: unit(child(parameter, UNIT)),
      ...id(parameter),
    })),
  };
}

function system(node: WktNode): Json {
  return {
    subtype: textAt(child(node, 'CS')!, 0),
    axis: children(node, /^AXIS$/).map((axis) => {
      const [, name = '', abbreviation = ''] = /^(.*?)\s*\(?([^()]*)\)?$/.exec(textAt(axis, 0)) ?? [];
      return {
        name: name || AXIS_NAMES[abbreviation] || abbreviation,
        abbreviation: name ? abbreviation : abbreviation || textAt(axis, 0),
        direction: textAt(axis, 1),
        unit: unit(child(axis, UNIT) ?? child(node, UNIT)),
      };
    }),
  };
}

const AXIS_NAMES: Readonly<Record<string, string>> = { E: 'Easting', N: 'Northing' };
const UNIT = /^(LENGTH|ANGLE|SCALE)UNIT$/;
const PLAIN_UNITS = ['metre', 'degree', 'unity'];

function unit(node: WktNode | undefined): unknown {
  if (!node) return 'unity';
  const name = textAt(node, 0);
  if (PLAIN_UNITS.includes(name)) return name;
  const type = { LENGTHUNIT: 'LinearUnit', ANGLEUNIT: 'AngularUnit' }[node.word] ?? 'ScaleUnit';
  return { type, name, conversion_factor: numberAt(node, 1) };
}

function id(node: WktNode): Json {
  const found = child(node, 'ID');
  return found ? { id: { authority: textAt(found, 0), code: found.items[1] } } : {};
}
