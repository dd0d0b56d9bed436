import { BadRequest } from '../../../../lib/errors.ts';
import { colsOf, rowsOf } from '../../../../lib/grid/region.ts';
import { encodeCog } from '../../../../lib/raster/cog-write.ts';
import { exportV2 } from '../../../../lib/raster/export-v2.ts';
import type { Layer } from '../../../../lib/raster/layer.ts';
import { describeZarr } from '../../../../lib/raster/zarr-describe.ts';
import { dataRoot } from '../../../../lib/store/keys.ts';
import type { Store } from '../../../../lib/store/store.ts';
import { stepLabels } from '../../../../lib/view/period.ts';
import { openStore } from '../../../runtime/stores.ts';
import { placeOf } from '../location.ts';
import { type OpenProduct, openProduct } from '../open-product.ts';
import { stepsOf } from '../period-option.ts';

export interface Options {
  readonly format: 'zarr' | 'cog';
  readonly zarrFormat: '2' | '3';
  readonly variable: string[];
  readonly time?: string;
  readonly level: number;
  readonly to: string;
}

export async function exportProduct(name: string, options: Options, store: string): Promise<void> {
  const product = await openProduct(name, store);
  await checkLevel(product, options.level);
  const to = openStore(placeOf(options.to));
  const written =
    options.format === 'cog'
      ? await exportCogs(product, to, options)
      : await exportZarr(product, to, options);
  const what = options.format === 'cog' ? 'COGs' : `objects of ${product.id}.zarr, Zarr v2,`;
  console.log(`${written} ${what} in ${to.name}`);
}

async function checkLevel({ id, world }: OpenProduct, level: number): Promise<void> {
  const arrays = await describeZarr(world.store, dataRoot(id));
  const levels = [...new Set(arrays.map(({ name }) => Number(name.split('/')[0])))].sort((a, b) => a - b);
  if (levels.includes(level)) return;
  throw new BadRequest('--level', `${id} has the levels ${levels.join(', ')}, not ${level}`);
}

async function exportZarr({ id, world }: OpenProduct, to: Store, options: Options): Promise<number> {
  if (options.zarrFormat === '3') {
    throw new BadRequest(
      '--zarr-format',
      `the product is Zarr v3 as it lies: copy ${dataRoot(id)} of ${world.store.name}`,
    );
  }
  const { variable, level } = options;
  return exportV2(
    { store: world.store, root: dataRoot(id) },
    { store: to, root: `${id}.zarr` },
    { level, ...(variable.length > 0 && { variables: variable }) },
  );
}

async function exportCogs(product: OpenProduct, to: Store, options: Options): Promise<number> {
  const wanted = options.variable.length > 0 ? options.variable : ['npp_a', 'rh_a', 'nep_a'];
  let written = 0;
  for (const variable of wanted) {
    const layer = await product.layer(variable, options.level);
    const labels = stepLabels(layer.facts);
    const all = { t0: 0, t1: labels.length };
    const { t0, t1 } = options.time === undefined ? all : stepsOf(layer, options.time);
    for (let step = t0; step < t1; step++, written++) {
      await to.put(
        `${product.id}_${variable}_${labels[step]}.tif`,
        await encodeStep(layer, step, titleOf(product, labels[step]!)),
      );
    }
  }
  return written;
}

const titleOf = ({ spec }: OpenProduct, label: string): string =>
  spec.title.includes(label) ? spec.title : `${spec.title}, ${label}`;

async function encodeStep(layer: Layer, step: number, title: string): Promise<Uint8Array> {
  const { grid, dtype, units, longName, nodata } = layer.facts;
  const region = { t0: step, t1: step + 1, y0: 0, y1: grid.height, x0: 0, x1: grid.width };
  const { cells } = await layer.read(region);
  const isFloat = dtype.startsWith('float');
  const fill = isFloat ? Number.NaN : nodata?.[0];
  const parts = encodeCog({
    cells,
    width: colsOf(region),
    height: rowsOf(region),
    dtype,
    ...(fill !== undefined && { nodata: fill }),
    transform: grid.transform,
    crs: grid.crs,
    compression: 'deflate',
    overviews: isFloat ? 'mean' : 'nearest',
    ...(units && { units }),
    description: `${longName ?? layer.facts.title}; ${title}`,
  });
  return Buffer.concat(parts);
}
