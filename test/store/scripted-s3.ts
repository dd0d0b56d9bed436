import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import type { StoreFailure } from '../../lib/errors.ts';
import { s3Store } from '../../lib/store/s3.ts';
import type { Store } from '../../lib/store/store.ts';
import { clientOf } from '../helpers/s3-server.ts';

/** What a scripted server does with one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const running: Server[] = [];

/** A server that gives these answers in turn, the last one for ever; `asked` is what was asked of it. */
export async function answering(...answers: Answer[]): Promise<{ endpoint: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)]!;
    asked.push(`${request.method} ${request.url!.split('?')[0]}`);
    request.resume().on('end', () => answer(request, response));
  });
  running.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

export async function storeAnswering(...answers: Answer[]): Promise<{ store: Store; asked: string[] }> {
  const { endpoint, asked } = await answering(...answers);
  return { store: s3Store({ bucket: 'bucket', client: clientOf(endpoint) }), asked };
}

export const status =
  (code: number, name: string): Answer =>
  (_, response) => {
    response.writeHead(code, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?><Error><Code>${name}</Code><Message>scripted</Message></Error>`);
  };

export const whole =
  (body: string, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(200, { etag: '"e1"', 'content-length': String(body.length), ...headers });
    response.end(body);
  };

export const part =
  (body: string, range: string): Answer =>
  (_, response) => {
    response.writeHead(206, { etag: '"e1"', 'content-length': String(body.length), 'content-range': range });
    response.end(body);
  };

/** Announces 100 bytes, sends 40, and hangs up. */
export const brokenOff: Answer = (_, response) => {
  response.writeHead(200, { etag: '"e1"', 'content-length': '100' });
  response.write('x'.repeat(40), () => setTimeout(() => response.destroy(), 20));
};

export const hangUp: Answer = (_, response) => void response.destroy();
export const never: Answer = () => {};

export const failureOf = (work: Promise<unknown>): Promise<StoreFailure> =>
  work.then(
    () => expect.unreachable('it went well'),
    (error) => error,
  );

/** Ends every server that a test started. */
export function stopAnswering(): void {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
}
