import { FUNCTIONS, NAMES } from '../functions/runtime/env.ts';
import type { Buckets } from './buckets.ts';
import { BUNDLE, lambda } from './lambda.ts';
import type { Queues } from './queues.ts';
import { mayKeepZones, mayReadStore, maySend } from './rights.ts';

export interface Api {
  readonly url: $util.Output<string>;
  /** Name of the function behind it. */
  readonly server: $util.Output<string>;
}

/** Where `npm run deploy` builds the map page. */
const PAGE = '.sst/page';

/** `sst secret set ReadKeys a,b` makes reading private; `WriteKeys` and `JwtSecret` allow writing. */
const secret = (name: string) => new sst.Secret(name, '').value;

/** The HTTP API behind CloudFront, which asks it again only for what has changed. */
export function makeApi(buckets: Buckets, queues: Queues): Api {
  const cdn = new sst.aws.Router('Cdn', { transform: { cachePolicy: keepByKey } });
  const { timeoutS } = FUNCTIONS.api;
  const server = new sst.aws.Function('Api', {
    ...lambda({
      handler: 'functions/entry/aws/api.handler',
      size: FUNCTIONS.api,
      permissions: [...mayReadStore(buckets), mayKeepZones(buckets), maySend(queues.chunks.queue)],
      environment: {
        [NAMES.store]: $interpolate`s3://${buckets.store.name}`,
        [NAMES.chunkQueue]: queues.chunks.queue.url,
        [NAMES.readKeys]: secret('ReadKeys'),
        [NAMES.writeKeys]: secret('WriteKeys'),
        [NAMES.jwtSecret]: secret('JwtSecret'),
        [NAMES.jwtPublicKey]: process.env[NAMES.jwtPublicKey] ?? '',
        [NAMES.jwtKeySet]: process.env[NAMES.jwtKeySet] ?? '',
        [NAMES.jwtIssuer]: process.env[NAMES.jwtIssuer] ?? '',
        [NAMES.jwtAudience]: process.env[NAMES.jwtAudience] ?? '',
      },
    }),
    copyFiles: [{ from: PAGE, to: 'page' }],
    nodejs: { ...BUNDLE, install: ['@resvg/resvg-js', 'dejavu-fonts-ttf', '@jsquash/webp'] },
    url: { cors: false, router: { instance: cdn, readTimeout: `${timeoutS} seconds` } },
  });
  return { url: cdn.url, server: server.name };
}

/** Answers to one key are never given to another, or to nobody. */
function keepByKey(policy: aws.cloudfront.CachePolicyArgs): undefined {
  policy.parametersInCacheKeyAndForwardedToOrigin = {
    ...(policy.parametersInCacheKeyAndForwardedToOrigin as object),
    headersConfig: {
      headerBehavior: 'whitelist',
      headers: { items: ['authorization', 'x-api-key', 'x-forwarded-host'] },
    },
  } as aws.cloudfront.CachePolicyArgs['parametersInCacheKeyAndForwardedToOrigin'];
}
