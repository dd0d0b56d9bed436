import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { pythonWith } from './python.ts';

export interface S3Server {
  readonly endpoint: string;
  /** A client of this server, with a bucket `bucket` made. */
  readonly client: S3Client;
  stop(): Promise<void>;
}

/** A JavaScript S3 server on a free loopback port. It takes conditional writes and ignores their condition. */
export function startFauxqs(): Promise<S3Server> {
  return startServer(process.execPath, [fileURLToPath(new URL('./fauxqs-server.ts', import.meta.url))]);
}

// moto looks at a condition and writes in two steps, in a thread for each connection: of 8 writers, it loses an update
// now and then. One request at a time, it does what S3 does.
const MOTO = `
import logging, sys, threading
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
moto = DomainDispatcherApplication(create_backend_app)
lock = threading.Lock()
def one_at_a_time(environ, start_response):
    with lock:
        return list(moto(environ, start_response))
server = make_server("127.0.0.1", 0, one_at_a_time, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("http://127.0.0.1:%d" % server.server_port, flush=True)
sys.stdin.read()
`;

/** moto's S3, which honours conditional writes. Ask `pythonWith('moto.server')` first whether it can be had. */
export function startMoto(): Promise<S3Server> {
  const python = pythonWith('moto.server');
  if (!python) throw new Error('moto is not installed');
  return startServer(python, ['-c', MOTO]);
}

export function clientOf(endpoint: string, options: { readonly maxAttempts?: number } = {}): S3Client {
  return new S3Client({
    endpoint,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...options,
  });
}

/** The server prints its address when it is up, and ends when its standard input does: also if we are killed. */
async function startServer(command: string, args: string[]): Promise<S3Server> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const endpoint = await firstLine(child, command);
  const client = clientOf(endpoint);
  await client.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  return { endpoint, client, stop: () => stop(child, client) };
}

async function firstLine(child: ChildProcess, command: string): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) return line;
  throw new Error(`${command} ended before it served`);
}

async function stop(child: ChildProcess, client: S3Client): Promise<void> {
  client.destroy();
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL'); // nothing of it is kept
  await ended;
}
