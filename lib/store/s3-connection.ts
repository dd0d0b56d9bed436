import type {
  $Command,
  S3Client,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-s3';

const CONNECT_MS = 5_000;
const SILENCE_MS = 30_000; // a connection on which nothing moves for this long is given up
const CONNECTIONS = 64;

type Sdk = typeof import('@aws-sdk/client-s3');

export interface Server {
  /** A server other than AWS; buckets are then named in the path. */
  readonly endpoint?: string;
  readonly region?: string;
  /** Instead of one made here by the standard AWS variables. */
  readonly client?: S3Client;
}

/** A client of the SDK, made at the first request: loading it takes 0.1 s, which a job on a folder need not wait for. */
export class S3Connection {
  readonly #server: Server;
  #client: S3Client | undefined;

  constructor(server: Server) {
    this.#server = server;
    this.#client = server.client;
  }

  async send<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    command: (sdk: Sdk) => $Command<I, O, S3ClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>,
    signal: AbortSignal | undefined,
  ): Promise<O> {
    signal?.throwIfAborted();
    const sdk = await import('@aws-sdk/client-s3');
    this.#client ??= newClient(sdk, this.#server);
    return this.#client.send(command(sdk), signal ? { abortSignal: signal } : {});
  }
}

function newClient(sdk: Sdk, { endpoint, region }: Server): S3Client {
  const agent = { keepAlive: true, maxSockets: CONNECTIONS };
  return new sdk.S3Client({
    ...(endpoint && { endpoint, forcePathStyle: true }),
    ...(region && { region }),
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}
