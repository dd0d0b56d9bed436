export interface Buckets {
  /** What products are made from: written by people and feeds, read by us. */
  readonly inputs: sst.aws.Bucket;
  /** Products, records and runs: written by us alone. */
  readonly store: sst.aws.Bucket;
}

type Rule = aws.types.input.s3.BucketLifecycleConfigurationRule;

const DAYS_TO_UNDO = 30;
const DAYS_OF_A_RUN = 400;

/**
 * Names of runs begin with their year. `runs/current/`, `runs/journal/` and `runs/refused/` do not: they stay. A run is
 * kept past the next annual update, so that the plan that is current is always there.
 */
const OLD_RUNS: Rule = {
  id: 'old-runs',
  status: 'Enabled',
  filter: { prefix: 'runs/2' },
  expiration: { days: DAYS_OF_A_RUN },
};

export function makeBuckets(): Buckets {
  return { inputs: makeBucket('Inputs', []), store: makeBucket('Store', [OLD_RUNS]) };
}

/** Private, encrypted, versioned; nothing is served from it to a browser. Public access is blocked by SST's component. */
function makeBucket(name: string, rules: Rule[]): sst.aws.Bucket {
  const bucket = new sst.aws.Bucket(name, {
    cors: false,
    versioning: true,
    transform: { bucket: { forceDestroy: $app.stage !== 'production' } },
  });
  new aws.s3.BucketServerSideEncryptionConfiguration(`${name}Encryption`, {
    bucket: bucket.name,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
  });
  new aws.s3.BucketLifecycleConfiguration(`${name}Lifecycle`, {
    bucket: bucket.name,
    rules: [...LEFTOVERS, ...rules],
  });
  return bucket;
}

/** What a product no longer shows is paid for as long as a mistake can be undone, and no longer. */
const LEFTOVERS: Rule[] = [
  {
    id: 'noncurrent-versions',
    status: 'Enabled',
    filter: { prefix: '' },
    noncurrentVersionExpiration: { noncurrentDays: DAYS_TO_UNDO },
    expiration: { expiredObjectDeleteMarker: true },
  },
  {
    id: 'unfinished-uploads',
    status: 'Enabled',
    filter: { prefix: '' },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
  },
];
