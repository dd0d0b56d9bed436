import { resolve } from 'node:path';
import { BadRequest, isFluxError } from '../../../../lib/errors.ts';
import { crsByName } from '../../../../lib/grid/crs.ts';
import { openCog } from '../../../../lib/raster/cog.ts';
import { openCogSeries } from '../../../../lib/raster/cog-series.ts';
import { isFilePattern } from '../../../../lib/raster/file-series.ts';
import type { Layer } from '../../../../lib/raster/layer.ts';
import { openZarr } from '../../../../lib/raster/zarr.ts';
import { describeZarr } from '../../../../lib/raster/zarr-describe.ts';
import type { Store } from '../../../../lib/store/store.ts';
import { inspectJson, inspectText } from '../../../../lib/view/inspect.ts';
import { sampleLayer } from '../../../../lib/view/sample-layer.ts';
import { openStore } from '../../../runtime/stores.ts';
import { arrayTable } from '../array-table.ts';
import { isRemote, locateFile } from '../location.ts';
import { tableOptions } from '../terminal.ts';

export interface Options {
  readonly band: number;
  readonly crs?: string;
  readonly json?: boolean;
  readonly sample: boolean;
}

export async function inspectInput(
  input: string,
  variable: string | undefined,
  options: Options,
): Promise<void> {
  const { store, key } = locate(input);
  if (isZarr(input) && variable === undefined) {
    const arrays = await describeZarr(store, key);
    console.log(options.json ? JSON.stringify(arrays, null, 2) : arrayTable(arrays, tableOptions()));
    return;
  }
  const layer = await openInput(store, key, variable, options).catch((error: unknown) =>
    sayFolder(store, key, input, error),
  );
  const sample = options.sample ? await sampleLayer(layer) : undefined;
  console.log((options.json ? inspectJson : inspectText)(layer.facts, sample));
}

const isZarr = (input: string): boolean => /\.zarr(\/|$)/.test(input);

/** A store that holds the input, and the input's key in it: patterns are looked for below their fixed folders. */
function locate(input: string): { store: Store; key: string } {
  if (isZarr(input)) {
    const end = input.indexOf('.zarr') + '.zarr'.length;
    const [root, inside] = [input.slice(0, end), input.slice(end).replace(/^\/|\/$/g, '')];
    const { store, key } = locateFile(root);
    return { store, key: inside ? `${key}/${inside}` : key };
  }
  const brace = input.indexOf('{');
  const fixed = brace < 0 ? input : input.slice(0, brace);
  const slash = fixed.lastIndexOf('/');
  if (brace < 0) return locateFile(input);
  return { store: openStore(folderOf(fixed.slice(0, slash + 1) || '.')), key: input.slice(slash + 1) };
}

const folderOf = (path: string): string => (isRemote(path) ? path.replace(/\/$/, '') : resolve(path));

function openInput(
  store: Store,
  key: string,
  variable: string | undefined,
  { band, crs }: Options,
): Promise<Layer> {
  if (variable !== undefined && /\.tiff?$/i.test(key))
    throw new BadRequest(
      'variable',
      `${key} is a TIFF: it has bands, which --band names, and no "${variable}"`,
    );
  if (variable !== undefined) return openZarr(store, key, variable, crs ? { crs: crsByName(crs) } : {});
  return isFilePattern(key) ? openCogSeries(store, key, { band }) : openCog(store, key, { band });
}

/** A folder is no input, but what lies in it may be. */
async function sayFolder(store: Store, key: string, input: string, error: unknown): Promise<never> {
  if (isFluxError(error) && error.code === 'MissingInput' && !isFilePattern(key)) {
    for await (const { key: inside } of store.list(`${key}/`)) {
      const name = inside.slice(key.length + 1).split('/')[0]!;
      throw new BadRequest(
        input,
        `is a folder; name something in it (${name}), or a pattern of files such as ndvi_{YYYY}{DDD}.tif`,
      );
    }
  }
  throw error;
}
