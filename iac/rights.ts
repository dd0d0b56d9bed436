import type { Buckets } from './buckets.ts';

type Right = sst.aws.FunctionPermissionArgs;

/** Below these a store's objects lie; nothing else in the bucket is touched. */
const PRODUCTS = 'products/*';
const RUNS = 'runs/*';

/**
 * Listing bears no condition on the prefix: S3 answers "forbidden" instead of "missing" to a GET of an absent key when
 * the right to list is conditional, and to us a missing chunk is a fact, not a failure.
 */
const list = (bucket: sst.aws.Bucket): Right => ({ actions: ['s3:ListBucket'], resources: [bucket.arn] });

const objects = (bucket: sst.aws.Bucket, actions: string[], below: string[]): Right => ({
  actions,
  resources: below.map((path) => $interpolate`${bucket.arn}/${path}`),
});

export const mayReadInputs = ({ inputs }: Buckets): Right[] => [
  list(inputs),
  objects(inputs, ['s3:GetObject'], ['*']),
];

export const mayReadStore = ({ store }: Buckets): Right[] => [
  list(store),
  objects(store, ['s3:GetObject'], [PRODUCTS, RUNS]),
];

/**
 * A record is deleted before its chunk, or its first state, is made anew, a shard that has no data left, the parts of a
 * first state that is there, and the note that a place was given up when it was done after all, a reduction that is too old; nothing else ever is.
 */
export const mayWriteStore = (buckets: Buckets): Right[] => [
  ...mayReadStore(buckets),
  objects(buckets.store, ['s3:PutObject'], [PRODUCTS, RUNS]),
  objects(
    buckets.store,
    ['s3:DeleteObject'],
    [
      'products/*/records/*',
      'products/*/data.zarr/*',
      'products/*/state/first/*',
      'products/*/state/parts/*',
      'products/*/reductions/*',
      'runs/*/failed/*',
    ],
  ),
];

/** Zones, and reductions that are done behind the request, are what people may put over HTTP, if they have a key. */
export const mayKeepZones = ({ store }: Buckets): Right =>
  objects(store, ['s3:PutObject', 's3:DeleteObject'], ['products/*/zones/*', 'products/*/reductions/*']);

export const maySend = (...queues: sst.aws.Queue[]): Right => ({
  actions: ['sqs:SendMessage'],
  resources: queues.map(({ arn }) => arn),
});
