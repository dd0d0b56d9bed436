import { BadRequest, type FluxError, isFluxError } from '../errors.ts';
import { isFilePattern, parseFilePattern } from '../raster/file-series.ts';
import { SPECS } from '../store/keys.ts';
import { inputsFolder } from './inputs-of.ts';
import { isWritten, type Source, type Spec } from './spec.ts';
import { parseSpec } from './spec-text.ts';
import type { World } from './world.ts';

/** A product that is to be kept up to date: a spec that lies under `specs/` of the inputs. Its folder is the truth. */
export interface Wanted {
  readonly specKey: string;
  readonly etag: string;
  /** With `inputs` counted from the root of the configured inputs. */
  readonly spec: Spec;
}

export interface RefusedSpec {
  readonly specKey: string;
  readonly error: FluxError;
}

/** Longer than any spec that a person writes. */
const LONGEST_SPEC = 256 * 1024;

/** Every spec of the inputs, and those that say something wrong. Of two for one product the first name counts. */
export async function wantedProducts(world: World): Promise<{ products: Wanted[]; refused: RefusedSpec[] }> {
  const products = new Map<string, Wanted>();
  const refused: RefusedSpec[] = [];
  for await (const { key, etag, size } of world.inputs.list(SPECS)) {
    if (!isSpecKey(key)) continue;
    try {
      const spec = await readSpec(world, key, size);
      const first = products.get(spec.product);
      if (first)
        throw new BadRequest('spec.product', `"${spec.product}" is already kept by ${first.specKey}`);
      products.set(spec.product, { specKey: key, etag, spec });
    } catch (error) {
      if (!isFluxError(error) || error.code !== 'BadRequest') throw error;
      refused.push({ specKey: key, error });
    }
  }
  return { products: [...products.values()], refused };
}

export const isSpecKey = (key: string): boolean => /^specs\/[^/]+\.(ya?ml|json)$/.test(key);

export const specName = (specKey: string): string => specKey.slice(SPECS.length);

async function readSpec({ inputs }: World, key: string, size: number): Promise<Spec> {
  if (size > LONGEST_SPEC) throw new BadRequest(key, `${size} bytes are no spec`);
  const object = await inputs.get(key);
  if (!object) throw new BadRequest(key, 'is gone');
  const spec = parseSpec(new TextDecoder().decode(object.bytes), specName(key));
  return { ...spec, inputs: inputsFolder(spec.inputs, key, inputs.name) };
}

/** Asks whether a product reads an object of the inputs, by its spec alone. A yes too many costs a plan, no more. */
export function readerOf({ spec, specKey }: Wanted): (key: string) => boolean {
  const folder = spec.inputs === '.' ? '' : `${spec.inputs}/`;
  const matchers = Object.values(spec.sources).flatMap(matchersOf);
  return (key) => {
    if (key === specKey) return true;
    if (!key.startsWith(folder)) return false;
    const own = key.slice(folder.length);
    return own === spec.zones?.file || matchers.some((matches) => matches(own));
  };
}

type Matcher = (key: string) => boolean;

function matchersOf(source: Source): Matcher[] {
  if (isWritten(source)) return [];
  const quality = 'composite' in source ? source.composite?.quality : undefined;
  const ofQuality = quality ? [matcher(quality.files)] : [];
  if ('zarr' in source) {
    const root = `${source.zarr.replace(/\/+$/, '')}/`;
    return [(key) => key.startsWith(root), ...ofQuality];
  }
  return [matcher('files' in source ? source.files : source.file), ...ofQuality];
}

function matcher(pattern: string): Matcher {
  if (!isFilePattern(pattern)) return (key) => key === pattern;
  const { dayOf } = parseFilePattern(pattern);
  return (key) => {
    try {
      return dayOf(key) !== undefined;
    } catch (error) {
      if (isFluxError(error)) return true; // of the series, with a date that does not exist: the plan says so
      throw error;
    }
  };
}
