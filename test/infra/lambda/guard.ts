import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Statement } from '../offline/deploy.ts';

export interface Guard {
  readonly endpoint: string;
  /** What was asked for without a right to it. */
  readonly refused: string[];
  stop(): Promise<void>;
}

interface Wish {
  readonly action: string;
  readonly resource: string;
}

/** Stands before an S3 and SQS server and lets through what the statements of a role allow, as IAM would. */
export async function guard(
  to: string,
  rights: readonly Statement[],
  queueArn: (url: string) => string,
): Promise<Guard> {
  const refused: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const { action, resource } = request.headers['x-amz-target']
      ? ofSqs(request, body, queueArn)
      : ofS3(request.method!, new URL(request.url!, to));
    if (allows(rights, action, resource)) return pass(to, request, body, response);
    refused.push(`${action} ${resource}`);
    response.writeHead(403, { 'content-type': 'application/xml' });
    response.end('<Error><Code>AccessDenied</Code><Message>not in the role</Message></Error>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const ACTIONS: Readonly<Record<string, string>> = {
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  PUT: 's3:PutObject',
  DELETE: 's3:DeleteObject',
};

/** Buckets are named in the path here. */
function ofS3(method: string, { pathname, searchParams }: URL): Wish {
  const [bucket, ...key] = decodeURIComponent(pathname).slice(1).split('/');
  if (searchParams.has('list-type')) return { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` };
  return { action: ACTIONS[method] ?? `s3:${method}`, resource: `arn:aws:s3:::${bucket}/${key.join('/')}` };
}

function ofSqs({ headers }: IncomingMessage, body: Buffer, queueArn: (url: string) => string): Wish {
  const name = String(headers['x-amz-target'])
    .split('.')[1]!
    .replace(/Batch$/, '');
  return { action: `sqs:${name}`, resource: queueArn(JSON.parse(body.toString()).QueueUrl) };
}

const allows = (rights: readonly Statement[], action: string, resource: string): boolean =>
  rights.some(
    ({ Effect, Action, Resource }) =>
      Effect === 'Allow' && Action.includes(action) && Resource.some((pattern) => matches(pattern, resource)),
  );

const matches = (pattern: string, resource: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(resource);

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

function pass(
  to: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void {
  const passed = ask(new URL(url!, to), { method: method!, headers }, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(response);
  });
  passed.on('error', () => response.destroy());
  passed.end(body);
}
