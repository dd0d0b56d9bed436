import { arrayNamed } from '../../lib/job/outputs.ts';
import type { Product } from '../../lib/job/product.ts';
import { type StepAxis, stepAxis } from './step-axis.ts';

/** A variable of a product as a reader meets it. */
export interface ServedVariable {
  readonly name: string;
  readonly title: string;
  readonly units: string;
  readonly standardName?: string;
  readonly dtype: 'float32' | 'uint8';
  readonly fill: number;
  readonly flags?: NonNullable<Product['outputs'][string]['flags']>;
  /** Its sum over a zone means nothing. */
  readonly noTotal?: true;
  readonly axis: StepAxis;
  /** Steps of one shard. */
  readonly depth: number;
}

const AXIS_KIND = { dyx: 'day', tyx: 'month', yx: 'year' } as const;

export function variableOf(product: Product, name: string): ServedVariable {
  const output = product.outputs[name]!;
  const { title, units, standardName, dtype = 'float32', fill, flags, dims, noTotal } = output;
  return {
    name,
    title,
    units: flags ? '1' : units,
    ...(standardName && { standardName }),
    dtype,
    fill: dtype === 'float32' ? Number.NaN : (fill ?? 255),
    ...(flags && { flags }),
    ...(noTotal && { noTotal }),
    axis: stepAxis(product, AXIS_KIND[dims]),
    depth: arrayNamed(product, 0, name).shard[0]!,
  };
}
