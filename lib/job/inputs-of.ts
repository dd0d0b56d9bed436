import { BadRequest } from '../errors.ts';
import type { ObjectHead, Store } from '../store/store.ts';
import type { Spec } from './spec.ts';
import type { World } from './world.ts';

/** The world as a product sees it: inputs from the folder that its spec names, counted from the configured root. */
export function worldOf<W extends World>(world: W, { inputs }: Pick<Spec, 'inputs'>): W {
  return inputs === '.' ? world : { ...world, inputs: storeWithin(world.inputs, `${inputs}/`) };
}

/**
 * The folder of a product's inputs from the configured root, for a spec at `specKey`: paths start from the spec's own
 * place, as they do on a disk.
 * @throws BadRequest when it leads out of the configured inputs
 */
export function inputsFolder(inputs: string, specKey: string, root: string): string {
  const inner = `${root}/`;
  if (inputs === root) return '.';
  if (inputs.startsWith(inner)) return normal(inputs.slice(inner.length), inputs, root);
  if (inputs.startsWith('/') || /^[a-z][a-z0-9+.-]*:/i.test(inputs)) throw outside(inputs, root);
  return normal(`${specKey.slice(0, specKey.lastIndexOf('/') + 1)}${inputs}`, inputs, root);
}

function normal(path: string, said: string, root: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) throw outside(said, root);
  }
  return parts.join('/') || '.';
}

const outside = (inputs: string, root: string): BadRequest =>
  new BadRequest('spec.inputs', `"${inputs}" lies outside ${root}; nothing else is read here`);

/** A folder of a store as a store. Keys come and go without the folder's name, so digests do not know where it lies. */
function storeWithin(inner: Store, prefix: string): Store {
  const bare = <T extends ObjectHead>(object: T): T => ({ ...object, key: object.key.slice(prefix.length) });
  return {
    name: `${inner.name}/${prefix.slice(0, -1)}`,
    async get(key, options) {
      const object = await inner.get(prefix + key, options);
      return object && bare(object);
    },
    async put(key, bytes, options) {
      return bare(await inner.put(prefix + key, bytes, options));
    },
    async head(key, options) {
      const object = await inner.head(prefix + key, options);
      return object && bare(object);
    },
    async *list(under, options) {
      for await (const object of inner.list(prefix + under, options)) yield bare(object);
    },
    delete: (key, options) => inner.delete(prefix + key, options),
  };
}
