import { baseName } from '../view/variables.ts';
import type { LonLat } from '../view/view.ts';
import type { ZoneSet } from '../zones/zones.ts';
import { type Ask, ask, askJson, linesOf } from './api.ts';
import { productAddress } from './catalogue.ts';
import type { Product, Variable } from './product.ts';
import type { ZoneTotals } from './totals.ts';

interface Answer {
  readonly zones: readonly ZoneTotals[];
}

const names = (variables: readonly Variable[]): string[] => variables.map(({ name }) => name);

/** All steps of one area. */
export async function reduceArea(
  { info }: Product,
  variables: readonly Variable[],
  geometry: unknown,
  options: Ask,
): Promise<ZoneTotals> {
  const zones = { type: 'Feature', properties: { name: 'Polygon' }, geometry };
  const body = { variables: names(variables), zones };
  const { zones: found } = await askJson<Answer>(productAddress(info.id, '/reductions'), {
    ...options,
    body,
  });
  return found[0]!;
}

/** One area told apart by land cover, in one step. */
export interface CoverQuestion {
  readonly variables: readonly Variable[];
  readonly time: string;
  readonly name: string;
  readonly geometry: unknown;
}

export function coverQuestion(
  { info }: Product,
  { variables, time, name, geometry }: CoverQuestion,
  f: string,
): SetQuestion {
  const zones = { type: 'Feature', properties: { name }, geometry };
  return {
    address: productAddress(info.id, '/reductions', { f }),
    body: { variables: names(variables), time, zones, classes: 'majority' },
  };
}

/** A zone for each class of `info.landCover`, in that order. */
export async function reduceByCover(
  product: Product,
  question: CoverQuestion,
  options: Ask,
): Promise<readonly ZoneTotals[]> {
  const { address, body } = coverQuestion(product, question, 'json');
  return (await askJson<Answer>(address, { ...options, body })).zones;
}

/** What is asked of all zones of a set: by name where the server has them, else with their outlines. */
export interface SetQuestion {
  readonly address: string;
  readonly body?: unknown;
}

export function questionOf(
  { info }: Product,
  { name, own, features }: ZoneSet,
  variables: readonly Variable[],
  time: string | undefined,
  f: string,
): SetQuestion {
  const said = { variables: names(variables).join(','), time, f };
  if (!own) return { address: productAddress(info.id, '/reductions', { ...said, set: name }) };
  return {
    address: productAddress(info.id, '/reductions', said),
    body: { type: 'FeatureCollection', features },
  };
}

type Line =
  | ({ readonly type: 'zone' } & ZoneTotals)
  | { readonly type: 'method' | 'end' }
  | { readonly type: 'error'; readonly error: { readonly detail?: string } };

/** Zones as the server is done with them. @throws ApiProblem, also half way */
export async function* streamZones(
  { address, body }: SetQuestion,
  { signal }: Ask,
): AsyncGenerator<ZoneTotals> {
  const asked = { ...(body !== undefined && { body }), ...(signal && { signal }) };
  for await (const line of linesOf<Line>(await ask(address, asked))) {
    if (line.type === 'zone') yield line;
    if (line.type === 'error') throw new Error(line.error.detail ?? 'The server stopped half way.');
  }
}

export interface Series {
  readonly times: readonly string[];
  readonly values: readonly (number | null)[];
  readonly states: readonly string[];
  readonly units: string;
}

export const seriesAt = (
  { info }: Product,
  { name }: Variable,
  [lon, lat]: LonLat,
  options: Ask,
): Promise<Series> =>
  askJson<Series>(productAddress(info.id, `/series/${lon},${lat}`, { variable: name }), options);

/** The flux that a headline tells: the one on the map, else the balance. */
export function headline(variables: readonly Variable[], shown: string): Variable | undefined {
  const find = (base: string) => variables.find(({ name }) => baseName(name) === base);
  return variables.find(({ name }) => name === shown) ?? find('nep') ?? variables.at(-1);
}
