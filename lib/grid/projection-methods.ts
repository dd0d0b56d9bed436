/** One number of a projection: how proj4, WKT and GeoTIFF call it. */
export interface Parameter {
  readonly proj: string;
  readonly wkt: string;
  readonly epsg: number;
  readonly kind: 'angle' | 'scale' | 'length';
  /** GeoTIFF keys that may hold it; the first is the one written. */
  readonly geoKeys: readonly number[];
  /** Names in WKT 1 and 2, letters and digits only. */
  readonly names: readonly string[];
  /** Absent means this; without it the parameter must be there. */
  readonly otherwise?: number;
}

export interface Method {
  readonly proj: string;
  readonly wkt: string;
  /** EPSG code of the method; the sinusoidal has none. */
  readonly epsg?: number;
  /** GeoTIFF's code of the coordinate transformation (6.2.2.5, C.4.3). */
  readonly geoCode: number;
  /** Names in WKT 1 and 2, letters and digits only. */
  readonly names: readonly string[];
  readonly parameters: readonly Parameter[];
}

const lat0 = (wkt: string, epsg: number, otherwise?: number): Parameter => ({
  proj: 'lat_0',
  wkt,
  epsg,
  kind: 'angle',
  geoKeys: epsg === 8821 ? [3085, 3081, 3089] : [3081, 3089, 3085],
  names: [
    'latitudeofnaturalorigin',
    'latitudeoffalseorigin',
    'latitudeoforigin',
    'latitudeofcenter',
    'centralparallel',
  ],
  ...(otherwise === undefined ? {} : { otherwise }),
});

const lon0 = (wkt: string, epsg: number): Parameter => ({
  proj: 'lon_0',
  wkt,
  epsg,
  kind: 'angle',
  geoKeys: epsg === 8822 ? [3084, 3080, 3088] : epsg === 8833 ? [3095, 3080] : [3080, 3088, 3084],
  names: [
    'longitudeofnaturalorigin',
    'longitudeoffalseorigin',
    'longitudeoforigin',
    'longitudeofcenter',
    'centralmeridian',
  ],
});

const parallel = (proj: string, wkt: string, epsg: number, geoKey: number, names: string[]): Parameter => ({
  proj,
  wkt,
  epsg,
  kind: 'angle',
  geoKeys: [geoKey],
  names,
});

const scale: Parameter = {
  proj: 'k_0',
  wkt: 'Scale factor at natural origin',
  epsg: 8805,
  kind: 'scale',
  geoKeys: [3092, 3093],
  names: ['scalefactoratnaturalorigin', 'scalefactor'],
  otherwise: 1,
};

const shiftTo = (proj: string, wkt: string, epsg: number, geoKeys: number[], names: string[]): Parameter => ({
  proj,
  wkt,
  epsg,
  kind: 'length',
  geoKeys,
  names,
  otherwise: 0,
});

const EASTING = ['falseeasting', 'eastingatfalseorigin'];
const NORTHING = ['falsenorthing', 'northingatfalseorigin'];
const naturalShift = [
  shiftTo('x_0', 'False easting', 8806, [3082, 3090, 3086], EASTING),
  shiftTo('y_0', 'False northing', 8807, [3083, 3091, 3087], NORTHING),
];
const falseShift = [
  shiftTo('x_0', 'Easting at false origin', 8826, [3086, 3082], EASTING),
  shiftTo('y_0', 'Northing at false origin', 8827, [3087, 3083], NORTHING),
];
const natural = [lat0('Latitude of natural origin', 8801), lon0('Longitude of natural origin', 8802)];
const twoParallels = [
  parallel('lat_1', 'Latitude of 1st standard parallel', 8823, 3078, [
    'latitudeof1ststandardparallel',
    'standardparallel1',
  ]),
  parallel('lat_2', 'Latitude of 2nd standard parallel', 8824, 3079, [
    'latitudeof2ndstandardparallel',
    'standardparallel2',
  ]),
];
const trueScaleParallel = parallel('lat_ts', 'Latitude of 1st standard parallel', 8823, 3078, [
  'latitudeof1ststandardparallel',
  'standardparallel1',
]);
const conic = [
  lat0('Latitude of false origin', 8821),
  lon0('Longitude of false origin', 8822),
  ...twoParallels,
  ...falseShift,
];

export const POLAR_A: Method = {
  proj: 'stere',
  wkt: 'Polar Stereographic (variant A)',
  epsg: 9810,
  geoCode: 15,
  names: ['polarstereographicvarianta', 'polarstereographic', 'stereographic'],
  parameters: [...natural, scale, ...naturalShift],
};

/** Given by the parallel of true scale; its origin is the pole on the parallel's side. */
export const POLAR_B: Method = {
  proj: 'stere',
  wkt: 'Polar Stereographic (variant B)',
  epsg: 9829,
  geoCode: 15,
  names: ['polarstereographicvariantb', 'stereographicnorthpole', 'stereographicsouthpole'],
  parameters: [
    parallel('lat_ts', 'Latitude of standard parallel', 8832, 3081, [
      'latitudeofstandardparallel',
      'standardparallel1',
      'latitudeoforigin',
    ]),
    lon0('Longitude of origin', 8833),
    ...naturalShift,
  ],
};

export const LCC_2SP: Method = {
  proj: 'lcc',
  wkt: 'Lambert Conic Conformal (2SP)',
  epsg: 9802,
  geoCode: 8,
  names: ['lambertconicconformal2sp', 'lambertconformalconic2sp', 'lambertconformalconic'],
  parameters: conic,
};

export const LCC_1SP: Method = {
  proj: 'lcc',
  wkt: 'Lambert Conic Conformal (1SP)',
  epsg: 9801,
  geoCode: 9,
  names: ['lambertconicconformal1sp', 'lambertconformalconic1sp'],
  parameters: [...natural, scale, ...naturalShift],
};

export const MERCATOR_A: Method = {
  proj: 'merc',
  wkt: 'Mercator (variant A)',
  epsg: 9804,
  geoCode: 7,
  names: ['mercatorvarianta', 'mercator1sp'],
  parameters: [
    lat0('Latitude of natural origin', 8801, 0),
    lon0('Longitude of natural origin', 8802),
    scale,
    ...naturalShift,
  ],
};

export const MERCATOR_B: Method = {
  proj: 'merc',
  wkt: 'Mercator (variant B)',
  epsg: 9805,
  geoCode: 7,
  names: ['mercatorvariantb', 'mercator2sp', 'mercator'],
  parameters: [trueScaleParallel, lon0('Longitude of natural origin', 8802), ...naturalShift],
};

/** The projections whose numbers a file may give itself; each is tested against PROJ. */
export const METHODS: readonly Method[] = [
  {
    proj: 'sinu',
    wkt: 'Sinusoidal',
    geoCode: 24,
    names: ['sinusoidal'],
    parameters: [{ ...lon0('Longitude of natural origin', 8802), geoKeys: [3088, 3080] }, ...naturalShift],
  },
  {
    proj: 'aea',
    wkt: 'Albers Equal Area',
    epsg: 9822,
    geoCode: 11,
    names: ['albersequalarea', 'albersconicequalarea', 'albers'],
    parameters: conic,
  },
  {
    proj: 'laea',
    wkt: 'Lambert Azimuthal Equal Area',
    epsg: 9820,
    geoCode: 10,
    names: ['lambertazimuthalequalarea', 'lambertazimuthalequalareaspherical'],
    parameters: [
      ...natural.map((p) => ({ ...p, geoKeys: [...p.geoKeys].sort((a, b) => b - a) })),
      ...naturalShift,
    ],
  },
  {
    proj: 'cea',
    wkt: 'Lambert Cylindrical Equal Area',
    epsg: 9835,
    geoCode: 28,
    names: ['lambertcylindricalequalarea', 'cylindricalequalarea', 'lambertcylindricalequalareaspherical'],
    parameters: [trueScaleParallel, lon0('Longitude of natural origin', 8802), ...naturalShift],
  },
  {
    proj: 'tmerc',
    wkt: 'Transverse Mercator',
    epsg: 9807,
    geoCode: 1,
    names: ['transversemercator', 'gausskruger'],
    parameters: [...natural, scale, ...naturalShift],
  },
  {
    proj: 'sterea',
    wkt: 'Oblique Stereographic',
    epsg: 9809,
    geoCode: 16,
    names: ['obliquestereographic', 'doublestereographic'],
    parameters: [...natural, scale, ...naturalShift],
  },
  LCC_2SP,
  LCC_1SP,
  POLAR_A,
  POLAR_B,
  MERCATOR_B,
  MERCATOR_A,
];
