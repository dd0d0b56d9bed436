import { BadRequest, NotFound } from '../../lib/errors.ts';
import type { ApiContext } from './context.ts';
import type { ServedProduct } from './served-product.ts';
import type { ServedVariable } from './served-variable.ts';
import { oneStep } from './step-axis.ts';

export interface StepQuery {
  readonly variable?: string | undefined;
  readonly time?: string | undefined;
  readonly datetime?: string | undefined;
  readonly sel?: string | string[] | undefined;
  readonly sel_method?: string | undefined;
  readonly bidx?: string | string[] | undefined;
}

/** A collection is a product, or one variable of it: `prd-small.nep_a`. TiTiler's clients name it by `url`. */
export async function chosenProduct(c: ApiContext): Promise<{ product: ServedProduct; variable?: string }> {
  const named = c.req.param('product') ?? byUrl(c.req.query('url'));
  const [id = '', variable] = named.split('.', 2);
  const product = await c.get('shelf').open(c.get('world'), id);
  if (variable !== undefined && !product.variables.has(variable))
    throw new NotFound(`${id} has no variable "${variable.slice(0, 60)}".`);
  return { product, ...(variable !== undefined && { variable }) };
}

/** Only the name is taken from an address: nothing but the stores of this server is ever read. */
function byUrl(url: string | undefined): string {
  if (!url) throw new BadRequest('url', 'name a product of this server, such as url=prd-small');
  const [, name] = /(?:^|\/)products\/([^/]+)\/(?:zarr|data\.zarr)(?:\/\d*)?$/.exec(url) ?? [];
  if (name === undefined && url.includes('/'))
    throw new BadRequest('url', 'names no product of this server; see /products, and write url=prd-small');
  return name ?? url;
}

export interface Chosen {
  readonly product: ServedProduct;
  readonly variable: ServedVariable;
  readonly step: number;
}

/** The product, variable and step that a request is about. */
export async function chosen(c: ApiContext, query: StepQuery): Promise<Chosen> {
  const { product, variable: own } = await chosenProduct(c);
  const variable = product.variable(query.variable ?? own ?? defaultVariable(product));
  return { product, variable, step: stepOf(variable, query) };
}

/** The annual balance is what most people come for. */
export function defaultVariable({ variables }: ServedProduct): string {
  const wanted = ['nep_a', 'npp_a', 'gpp_a', 'nep', 'npp', 'gpp'];
  return wanted.find((name) => variables.has(name)) ?? [...variables.keys()][0]!;
}

/** By its time, or as TiTiler numbers the bands of a variable; what is selected already is one band. */
function stepOf({ axis }: ServedVariable, query: StepQuery): number {
  const time = timeOf(query);
  if (query.bidx === undefined) return oneStep(axis, time);
  const bands = [query.bidx].flat();
  const most = time === undefined ? axis.labels.length : 1;
  const band = Number(bands[0]);
  if (bands.length === 1 && Number.isInteger(band) && band >= 1 && band <= most)
    return time === undefined ? band - 1 : oneStep(axis, time);
  throw new BadRequest('bidx', `"${bands.join(', ').slice(0, 40)}" is no band; say one of 1 to ${most}`);
}

export function timeOf({ time, datetime, sel, sel_method }: StepQuery): string | undefined {
  const selected = [sel ?? []].flat().map((part) => {
    const [, value] = /^(?:time|year)=(.*)$/.exec(part) ?? [];
    if (value === undefined)
      throw new BadRequest('sel', `"${part.slice(0, 40)}" selects nothing here; write time=2021-07`);
    return sel_method && !value.includes('::') ? `${sel_method}::${value}` : value;
  });
  return time ?? datetime ?? selected[0];
}
