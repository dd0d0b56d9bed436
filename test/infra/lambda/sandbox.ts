import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { REGION } from '../offline/mocks.ts';

const client = fileURLToPath(new URL('../runtime/node_modules/aws-lambda-ric/index.mjs', import.meta.url));
const compiled = fileURLToPath(
  new URL('../runtime/node_modules/aws-lambda-ric/rapid-client.node', import.meta.url),
);

/** Amazon's runtime client compiles for a minute, so it is no dependency of ours: `npm ci --prefix test/infra/runtime`. */
export const hasRuntimeClient = existsSync(client) && existsSync(compiled);

type Variables = Readonly<Record<string, string | undefined>>;

export interface Settings {
  /** Folder with `bundle.mjs`. */
  readonly code: string;
  /** `bundle.handler`. */
  readonly handler: string;
  readonly memoryMB: number;
  readonly timeoutS: number;
  /** Undefined is not set. */
  readonly environment: Variables;
}

export interface Answer {
  readonly payload?: unknown;
  readonly error?: { readonly errorType: string; readonly errorMessage: string };
  /** From handing over the event, or from starting the process where there was none. */
  readonly ms: number;
  readonly cold: boolean;
}

const LARGEST_ANSWER = 6 * 2 ** 20;
const LOOK_AT_MEMORY_MS = 20;

/**
 * What Amazon's start script of nodejs24.x gives Node: most of the memory for old objects and a twentieth for each half of the
 * space for new ones, unless NODE_OPTIONS speaks of either.
 */
function flagsOf(memoryMB: number, { NODE_OPTIONS = '' }: Variables): string[] {
  const always = ['--expose-gc', '--max-http-header-size=81920'];
  if (/max[-_](semi|old)[-_]space[-_]size/.test(NODE_OPTIONS)) return always;
  const halves = Math.floor(memoryMB / 10);
  return [
    ...always,
    `--max-semi-space-size=${Math.floor(halves / 2)}`,
    `--max-old-space-size=${memoryMB - halves}`,
  ];
}

/**
 * One sandbox of Lambda: Amazon's own runtime client in a process, fed through the Runtime API (2018-06-01), one event
 * at a time, killed at its deadline or above its memory. Processor time is not limited as on Lambda.
 */
export class Sandbox {
  readonly lines: string[] = [];
  /** Largest resident memory seen, MB. */
  peakMB = 0;
  readonly #settings: Settings;
  readonly #server: Server;
  #process: ChildProcess | undefined;
  #idle: ServerResponse | undefined;
  #wanted: { readonly body: string; readonly done: (answer: Partial<Answer>) => void } | undefined;

  private constructor(settings: Settings) {
    this.#settings = settings;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async open(settings: Settings): Promise<Sandbox> {
    const sandbox = new Sandbox(settings);
    sandbox.#server.listen(0, '127.0.0.1');
    await once(sandbox.#server, 'listening');
    return sandbox;
  }

  async invoke(event: unknown): Promise<Answer> {
    const cold = this.#process === undefined;
    const began = performance.now();
    const answer = new Promise<Partial<Answer>>((done) => {
      this.#wanted = { body: JSON.stringify(event), done };
    });
    if (cold) this.#start();
    this.#deliver();
    const deadline = setTimeout(() => this.#kill('Sandbox.Timedout'), 1000 * this.#settings.timeoutS);
    const said = await answer;
    clearTimeout(deadline);
    this.#wanted = undefined;
    return { ...said, ms: performance.now() - began, cold };
  }

  /** Processor time of the process so far, ms, to 10 ms: other than the clock it does not feel what else runs here. */
  cpuMs(): number {
    const pid = this.#process?.pid;
    if (!pid) return 0;
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return 10 * (Number(fields[11]) + Number(fields[12]));
  }

  async close(): Promise<void> {
    this.#kill('closed');
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #start(): void {
    const { code, handler, memoryMB, environment } = this.#settings;
    const child = spawn(process.execPath, [...flagsOf(memoryMB, environment), client, handler], {
      cwd: code,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        TZ: ':UTC',
        LAMBDA_TASK_ROOT: code,
        _HANDLER: handler,
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
        AWS_LAMBDA_FUNCTION_NAME: 'function',
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMB),
        AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/function',
        AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
        AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
        AWS_REGION: REGION,
        ...environment,
      },
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr] as Readable[]) {
      createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
    }
    const watch = setInterval(() => this.#look(child), LOOK_AT_MEMORY_MS);
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      if (this.#process === child) this.#gone('Runtime.ExitError', `it ended with ${signal ?? code}`);
    });
  }

  /** Lambda's kernel kills at the limit; we look every 20 ms. */
  #look({ pid }: ChildProcess): void {
    const status = `/proc/${pid}/status`;
    if (!existsSync(status)) return;
    const used = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(status, 'utf8'))?.[1] ?? 0) / 1024;
    this.peakMB = Math.max(this.peakMB, used);
    if (used > this.#settings.memoryMB) this.#kill('Runtime.OutOfMemory');
  }

  #kill(why: string): void {
    const child = this.#process;
    this.#gone(why, 'it was killed');
    child?.kill('SIGKILL');
  }

  #gone(errorType: string, errorMessage: string): void {
    this.#process = undefined;
    this.#idle = undefined;
    this.#wanted?.done({ error: { errorType, errorMessage } });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url!.replace('/2018-06-01/runtime', '');
    if (path === '/invocation/next') {
      this.#idle = response;
      return this.#deliver();
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const said = Buffer.concat(parts);
    const failed = path.endsWith('/error');
    const tooLarge = !failed && said.length > LARGEST_ANSWER;
    response.writeHead(tooLarge ? 413 : 202, { 'content-type': 'application/json' }).end('{}');
    if (tooLarge)
      return this.#wanted?.done({ error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage: '' } });
    const value = JSON.parse(said.toString());
    this.#wanted?.done(failed ? { error: value } : { payload: value });
  }

  #deliver(): void {
    if (!this.#wanted || !this.#idle) return;
    const deadline = Date.now() + 1000 * this.#settings.timeoutS;
    this.#idle.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': randomUUID(),
      'lambda-runtime-deadline-ms': String(deadline),
      'lambda-runtime-invoked-function-arn': `arn:aws:lambda:${REGION}:123456789012:function:function`,
      'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000;Sampled=0',
    });
    this.#idle.end(this.#wanted.body);
    this.#idle = undefined;
  }
}
