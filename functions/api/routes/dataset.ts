import { z } from 'zod';
import { NotFound } from '../../../lib/errors.ts';
import { parseJson } from '../../../lib/job/record.ts';
import { dataRoot } from '../../../lib/store/keys.ts';
import type { Api } from '../app.ts';
import { chosenProduct } from '../choose.ts';
import { type ApiContext, signalOf } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { ROOTS, variableQuery } from '../params.ts';
import { sendJson } from '../reply.ts';
import type { ServedProduct } from '../served-product.ts';
import { coordinateValues } from '../step-axis.ts';

const query = checked(
  'query',
  z.object({
    url: variableQuery.url,
    group: variableQuery.group,
    decode_times: z.string().optional(),
    variables: z.union([z.string(), z.array(z.string())]).optional(),
  }),
);

/** What TiTiler's xarray routes say of a dataset: the native level of the product's Zarr. */
export function addDataset(app: Api): void {
  for (const [root, path] of ROOTS) {
    const add = (
      suffix: string,
      summary: string,
      example: unknown,
      of: (served: ServedProduct, c: ApiContext) => unknown,
    ) =>
      app.get(
        `${root}${suffix}`,
        describe({ summary, tag: 'catalogue', answers: { 'application/json': example } }),
        checked('param', z.object(path)),
        query,
        async (c) => sendJson(c, await of((await chosenProduct(c)).product, c)),
      );
    const names = (served: ServedProduct) => [...served.variables.keys()];
    add('/variables', 'Names of the variables', ['npp', 'nep_a'], names);
    add('/dataset/keys', 'Names of the variables', ['npp', 'nep_a'], names);
    add('/dataset/dimensions', 'Sizes of the dimensions', { time: 24, y: 664, x: 1101 }, async (served, c) =>
      dimensions(await arraysOf(c, served)),
    );
    for (const suffix of ['/dataset/', '/dataset/dict'])
      add(suffix, 'The dataset as a dictionary, without its values', { data_vars: {} }, dictionary);
    add('/validate', 'Whether each variable can be shown as a map', { nep_a: VALID }, (served) =>
      Object.fromEntries(names(served).map((name) => [name, VALID])),
    );
    addCoordinate(app, root, path);
  }
}

/** What is written here was checked when it was accepted. */
const VALID = { compatible_with_titiler: true, errors: [], warnings: [] };

function addCoordinate(app: Api, root: string, path: Readonly<Record<string, z.ZodType>>): void {
  const name = z.string().meta({ description: 'time, year, x or y', example: 'time' });
  app.get(
    `${root}/dataset/coordinates/:name`,
    describe({
      summary: 'A coordinate and its values',
      tag: 'catalogue',
      answers: { 'application/json': { dims: ['time'], data: ['2021-01-01T00:00:00Z'] } },
    }),
    checked('param', z.object({ ...path, name })),
    query,
    async (c) => {
      const { product } = await chosenProduct(c);
      const { name: wanted } = c.req.valid('param');
      const data = coordinateValues(product.product, wanted);
      const array = (await arraysOf(c, product))[wanted];
      if (!data || !array) throw new NotFound(`${product.id} has no coordinate "${wanted.slice(0, 40)}".`);
      return sendJson(c, { name: wanted, ...arrayFacts(array), data });
    },
  );
}

interface ArrayMeta {
  readonly shape: readonly number[];
  readonly data_type: string;
  readonly dimension_names: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
}
interface Group {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly consolidated_metadata: { readonly metadata: Readonly<Record<string, ArrayMeta>> };
}

async function groupOf(c: ApiContext, { id }: ServedProduct): Promise<Group> {
  const key = `${dataRoot(id)}/0/zarr.json`;
  const object = await c.var.world.store.get(key, signalOf(c));
  if (!object) throw new NotFound(`The product "${id}" is accepted, but nothing of it is written yet.`);
  return parseJson(key, object.bytes) as Group;
}

const arraysOf = async (c: ApiContext, served: ServedProduct) =>
  (await groupOf(c, served)).consolidated_metadata.metadata;

const dimensions = (arrays: Readonly<Record<string, ArrayMeta>>): Record<string, number> =>
  Object.fromEntries(
    Object.values(arrays).flatMap(({ dimension_names, shape }) =>
      dimension_names.map((name, i) => [name, shape[i]!] as const),
    ),
  );

const arrayFacts = ({ dimension_names, attributes, data_type, shape }: ArrayMeta): object => ({
  dims: dimension_names,
  attrs: attributes,
  dtype: data_type,
  shape,
});

async function dictionary(served: ServedProduct, c: ApiContext): Promise<object> {
  const { attributes, consolidated_metadata } = await groupOf(c, served);
  const all = Object.entries(consolidated_metadata.metadata);
  const facts = (wanted: boolean) =>
    Object.fromEntries(
      all.flatMap(([name, array]) =>
        served.variables.has(name) === wanted ? [[name, arrayFacts(array)]] : [],
      ),
    );
  return {
    attrs: attributes,
    dims: dimensions(consolidated_metadata.metadata),
    coords: facts(false),
    data_vars: facts(true),
  };
}
