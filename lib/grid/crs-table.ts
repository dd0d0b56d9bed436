/**
 * Definitions for proj4, each tested against PROJ's numbers (test/fixtures/proj). WGS 84, ETRS89, NAD83, RGF93 and
 * GDA94 count as one datum, as PROJ does without grids; older datums carry the Helmert shift that PROJ picks
 * (position vector convention). Longitude comes before latitude, x before y.
 */
const WGS84 = '+datum=WGS84 +units=m +no_defs';
const GRS80 = '+ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m +no_defs';
const HUGHES = '+a=6378273 +b=6356889.449 +units=m +no_defs';
const SPHERE_MODIS = '+R=6371007.181 +units=m +no_defs';
const WGS84_AXES = { a: 6378137, b: 6378137 * (1 - 1 / 298.257223563) } as const;

export interface Definition {
  readonly proj4: string;
  /** Only where the projection's own numbers do not say it: web Mercator projects the ellipsoid as if a sphere. */
  readonly ellipsoid?: { readonly a: number; readonly b: number };
}

export const MODIS_SINUSOIDAL = 'MODIS sinusoidal';

export const DEFINITIONS: Readonly<Record<string, Definition>> = {
  'EPSG:4326': { proj4: `+proj=longlat ${WGS84}` },
  'EPSG:4258': { proj4: `+proj=longlat ${GRS80}` },
  'EPSG:4269': { proj4: `+proj=longlat ${GRS80}` },
  'EPSG:4283': { proj4: `+proj=longlat ${GRS80}` },
  'EPSG:4490': { proj4: '+proj=longlat +a=6378137 +rf=298.257222101 +towgs84=0,0,0,0,0,0,0 +no_defs' },
  'EPSG:4674': { proj4: `+proj=longlat ${GRS80}` },
  // Web and plain Mercator
  'EPSG:3857': {
    proj4: '+proj=merc +a=6378137 +b=6378137 +lon_0=0 +units=m +no_defs',
    ellipsoid: WGS84_AXES,
  },
  'EPSG:3395': { proj4: `+proj=merc +lon_0=0 +k=1 ${WGS84}` },
  // Continents, equal area
  'EPSG:3035': { proj4: `+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 ${GRS80}` },
  'EPSG:5070': { proj4: `+proj=aea +lat_0=23 +lon_0=-96 +lat_1=29.5 +lat_2=45.5 ${GRS80}` },
  'EPSG:3577': { proj4: `+proj=aea +lat_0=0 +lon_0=132 +lat_1=-18 +lat_2=-36 ${GRS80}` },
  'EPSG:3005': { proj4: `+proj=aea +lat_0=45 +lon_0=-126 +lat_1=50 +lat_2=58.5 +x_0=1000000 ${GRS80}` },
  'EPSG:3310': { proj4: `+proj=aea +lat_0=0 +lon_0=-120 +lat_1=34 +lat_2=40.5 +y_0=-4000000 ${GRS80}` },
  'EPSG:3571': { proj4: `+proj=laea +lat_0=90 +lon_0=180 ${WGS84}` },
  'EPSG:3574': { proj4: `+proj=laea +lat_0=90 +lon_0=-40 ${WGS84}` },
  'ESRI:102001': { proj4: `+proj=aea +lat_0=40 +lon_0=-96 +lat_1=50 +lat_2=70 ${GRS80}` },
  'ESRI:102003': { proj4: `+proj=aea +lat_0=37.5 +lon_0=-96 +lat_1=29.5 +lat_2=45.5 ${GRS80}` },
  'ESRI:102008': { proj4: `+proj=aea +lat_0=40 +lon_0=-96 +lat_1=20 +lat_2=60 ${GRS80}` },
  'ESRI:102022': { proj4: `+proj=aea +lat_0=0 +lon_0=25 +lat_1=20 +lat_2=-23 ${WGS84}` },
  'ESRI:102025': { proj4: `+proj=aea +lat_0=30 +lon_0=95 +lat_1=15 +lat_2=65 ${WGS84}` },
  // World, equal area
  'EPSG:6931': { proj4: `+proj=laea +lat_0=90 +lon_0=0 ${WGS84}` },
  'EPSG:6932': { proj4: `+proj=laea +lat_0=-90 +lon_0=0 ${WGS84}` },
  'EPSG:6933': { proj4: `+proj=cea +lat_ts=30 +lon_0=0 ${WGS84}` },
  [MODIS_SINUSOIDAL]: { proj4: `+proj=sinu +lon_0=0 +x_0=0 +y_0=0 ${SPHERE_MODIS}` },
  // Poles
  'EPSG:3413': { proj4: `+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45 ${WGS84}` },
  'EPSG:3411': { proj4: `+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45 ${HUGHES}` },
  'EPSG:3995': { proj4: `+proj=stere +lat_0=90 +lat_ts=71 +lon_0=0 ${WGS84}` },
  'EPSG:3031': { proj4: `+proj=stere +lat_0=-90 +lat_ts=-71 +lon_0=0 ${WGS84}` },
  'EPSG:3976': { proj4: `+proj=stere +lat_0=-90 +lat_ts=-70 +lon_0=0 ${WGS84}` },
  // Countries
  'EPSG:2154': {
    proj4: `+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 ${GRS80}`,
  },
  'EPSG:3034': {
    proj4: `+proj=lcc +lat_0=52 +lon_0=10 +lat_1=35 +lat_2=65 +x_0=4000000 +y_0=2800000 ${GRS80}`,
  },
  'EPSG:3978': { proj4: `+proj=lcc +lat_0=49 +lon_0=-95 +lat_1=49 +lat_2=77 ${GRS80}` },
  'EPSG:3347': {
    proj4: `+proj=lcc +lat_0=63.390675 +lon_0=-91.8666666666667 +lat_1=49 +lat_2=77 +x_0=6200000 +y_0=3000000 ${GRS80}`,
  },
  'EPSG:26986': {
    proj4: `+proj=lcc +lat_0=41 +lon_0=-71.5 +lat_1=42.6833333333333 +lat_2=41.7166666666667 +x_0=200000 +y_0=750000 ${GRS80}`,
  },
  'EPSG:3006': { proj4: `+proj=tmerc +lat_0=0 +lon_0=15 +k=0.9996 +x_0=500000 ${GRS80}` },
  'EPSG:3067': { proj4: `+proj=tmerc +lat_0=0 +lon_0=27 +k=0.9996 +x_0=500000 ${GRS80}` },
  'EPSG:2180': { proj4: `+proj=tmerc +lat_0=0 +lon_0=19 +k=0.9993 +x_0=500000 +y_0=-5300000 ${GRS80}` },
  'EPSG:2193': { proj4: `+proj=tmerc +lat_0=0 +lon_0=173 +k=0.9996 +x_0=1600000 +y_0=10000000 ${GRS80}` },
  'EPSG:27700': {
    proj4:
      '+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy ' +
      '+towgs84=446.448,-125.157,542.06,0.15,0.247,0.842,-20.489 +units=m +no_defs',
  },
  'EPSG:28992': {
    proj4:
      '+proj=sterea +lat_0=52.1561605555556 +lon_0=5.38763888888889 +k=0.9999079 +x_0=155000 +y_0=463000 +ellps=bessel ' +
      '+towgs84=565.4171,50.3319,465.5524,-0.398957388243134,0.343987817378283,-1.87740163998045,4.0725 +units=m +no_defs',
  },
  'EPSG:31370': {
    proj4:
      '+proj=lcc +lat_0=90 +lon_0=4.36748666666667 +lat_1=51.1666672333333 +lat_2=49.8333339 +x_0=150000.013 ' +
      '+y_0=5400088.438 +ellps=intl ' +
      '+towgs84=-106.8686,52.2978,-103.7239,0.3366,-0.457,1.8422,-1.2747 +units=m +no_defs',
  },
  'EPSG:2056': {
    proj4:
      '+proj=somerc +lat_0=46.9524055555556 +lon_0=7.43958333333333 +k_0=1 +x_0=2600000 +y_0=1200000 +ellps=bessel ' +
      '+towgs84=674.374,15.056,405.346,0,0,0,0 +units=m +no_defs',
  },
};

/** UTM zones of one datum: codes `first + zone - firstZone`. */
export interface UtmFamily {
  readonly first: number;
  readonly firstZone: number;
  readonly lastZone: number;
  readonly south: boolean;
  readonly datum: string;
}

export const UTM_FAMILIES: readonly UtmFamily[] = [
  { first: 32601, firstZone: 1, lastZone: 60, south: false, datum: WGS84 },
  { first: 32701, firstZone: 1, lastZone: 60, south: true, datum: WGS84 },
  { first: 25828, firstZone: 28, lastZone: 38, south: false, datum: GRS80 },
  { first: 26901, firstZone: 1, lastZone: 23, south: false, datum: GRS80 },
];
