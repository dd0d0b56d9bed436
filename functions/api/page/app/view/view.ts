/** What a person looks at: all of it goes into the link, and comes back from it. */
export interface View {
  readonly product: string;
  readonly variable: string;
  /** Name of a step: `2021-07` or `2021`. */
  readonly time: string;
  /** Step on the other side of the swipe. */
  readonly against: string | undefined;
  readonly camera: Camera | undefined;
  readonly chosen: Choice | undefined;
  /** Set of zones, where it is not the product's first. */
  readonly set: string | undefined;
  readonly tab: Tab;
  /** Whether chunks that are not there are hatched on the map. */
  readonly states: boolean;
}

export interface Camera {
  readonly zoom: number;
  readonly lat: number;
  readonly lon: number;
}

export type LonLat = readonly [lon: number, lat: number];

export type Choice =
  | { readonly kind: 'place'; readonly at: LonLat }
  | { readonly kind: 'zone'; readonly id: string }
  /** Ring without its closing vertex. */
  | { readonly kind: 'polygon'; readonly ring: readonly LonLat[] };

export const TABS = ['here', 'zones', 'state'] as const;
export type Tab = (typeof TABS)[number];

export const MOST_VERTICES = 500;
const SCALE = 1e6;

/** A coordinate as links keep it: 0.1 m. Polygons are rounded before they are asked about, so a link gives the same total. */
export const rounded = (degrees: number): number => Math.round(degrees * SCALE) / SCALE;

/** @example `product=prd-small&variable=nep_a&time=2021&at=8.2/22.9/113.4&place=113.3,23.1` */
export function linkOf(view: View): string {
  const { camera, chosen } = view;
  const parts: [string, string | undefined][] = [
    ['product', view.product],
    ['variable', view.variable],
    ['time', view.time],
    ['against', view.against],
    ['at', camera && [camera.zoom.toFixed(2), camera.lat.toFixed(4), camera.lon.toFixed(4)].join('/')],
    ['place', chosen?.kind === 'place' ? pair(chosen.at) : undefined],
    ['set', view.set],
    ['zone', chosen?.kind === 'zone' ? chosen.id : undefined],
    ['polygon', chosen?.kind === 'polygon' ? chosen.ring.map(pair).join(';') : undefined],
    ['tab', view.tab === 'here' ? undefined : view.tab],
    ['states', view.states ? '1' : undefined],
  ];
  return parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${plain(value)}`])).join('&');
}

/** What a link says; parts that make no sense are left out, so that an old or broken link still opens the page. */
export function readLink(hash: string): Partial<View> {
  const said = new URLSearchParams(hash.replace(/^#/, '').replaceAll('+', '%2B'));
  const text = (name: string) => said.get(name) ?? undefined;
  const tab = TABS.find((name) => name === said.get('tab'));
  const camera = cameraFrom(text('at'));
  const chosen = choiceFrom(text);
  return Object.fromEntries(
    Object.entries({
      product: text('product'),
      variable: text('variable'),
      time: text('time'),
      against: text('against'),
      camera,
      chosen,
      set: text('set'),
      tab,
      states: said.get('states') === '1' || undefined,
    }).filter(([, value]) => value !== undefined),
  );
}

const pair = ([lon, lat]: LonLat): string => `${rounded(lon)},${rounded(lat)}`;
const plain = (value: string): string =>
  encodeURIComponent(value).replace(/%2C|%2F|%3B/g, decodeURIComponent);

function cameraFrom(text: string | undefined): Camera | undefined {
  const [zoom = Number.NaN, lat = Number.NaN, lon = Number.NaN] = (text ?? '').split('/').map(Number);
  const sane = zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 90 && Math.abs(lon) <= 360;
  return sane ? { zoom, lat, lon } : undefined;
}

function choiceFrom(text: (name: string) => string | undefined): Choice | undefined {
  const at = lonLat(text('place') ?? '');
  if (at) return { kind: 'place', at };
  const id = text('zone');
  if (id) return { kind: 'zone', id };
  const ring = (text('polygon') ?? '').split(';').map(lonLat);
  const sane = ring.length >= 3 && ring.length <= MOST_VERTICES;
  return sane && ring.every((vertex) => vertex !== undefined) ? { kind: 'polygon', ring } : undefined;
}

function lonLat(text: string): LonLat | undefined {
  const parts = text.split(',');
  const [lon, lat] = parts.map(Number);
  if (parts.length !== 2 || parts.includes('') || !Number.isFinite(lon) || !Number.isFinite(lat))
    return undefined;
  return Math.abs(lon!) <= 360 && Math.abs(lat!) <= 90 ? [lon!, lat!] : undefined;
}
