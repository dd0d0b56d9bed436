import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { buildPage } from '../../../functions/api/page/build-page.ts';
import { writePage } from '../../../functions/entry/aws/page-folder.ts';
import { REGION } from './mocks.ts';
import { unzip } from './unzip.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const sst = join(root, 'iac/node_modules/.bin/sst');
const platform = join(root, '.sst/platform');

/** SST is no dependency of ours: `npm run iac:install` brings it. */
export const hasSst = existsSync(sst) && existsSync(join(platform, 'node_modules'));
export const unlessSst = hasSst ? '' : ' (skipped: SST is not here; npm run iac:install)';

/** A resource that a deploy would create. Inputs that AWS gives only later are the mocks' inventions. */
export interface Resource {
  readonly type: string;
  /** As in our code; SST puts a random tail to what AWS sees. */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: as many shapes as AWS has resources
  readonly inputs: any;
  // biome-ignore lint/suspicious/noExplicitAny: see inputs
  readonly outputs: any;
}

export interface StagePlan {
  readonly resources: readonly Resource[];
  /** Folder of a function's code: what its zip unpacks to. */
  readonly codeOf: (fn: Resource) => string;
  readonly zipOf: (fn: Resource) => string;
  readonly remove: () => void;
}

/** Runs the real `sst diff` of a stage in a copy of the repo, without an account or a network. */
export async function planStage(stage: string, environment: Record<string, string> = {}): Promise<StagePlan> {
  const folder = copyOfRepo();
  await writePage(pathToFileURL(`${folder}/.sst/page/`), await buildPage());
  const ssm = await answerSsm();
  try {
    const { stdout } = await promisify(execFile)(sst, ['diff', '--stage', stage, '--json'], {
      cwd: folder,
      env: { ...process.env, ...offline(folder, ssm), ...environment },
      maxBuffer: 2 ** 28,
      timeout: 200_000,
    });
    return {
      resources: resourcesOf(stdout),
      codeOf: (fn) => unpacked(artifact(folder, fn)),
      zipOf: (fn) => join(artifact(folder, fn), 'code.zip'),
      remove: () => rmSync(folder, { recursive: true }),
    };
  } catch (error) {
    throw new Error(`sst diff failed: ${complaint(folder, error)}`, { cause: error });
  } finally {
    ssm.close();
  }
}

/** SST writes beside its config; so it gets a place of its own. */
function copyOfRepo(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chunkflux-plan-'));
  for (const path of ['sst.config.ts', 'iac', 'functions', 'lib', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, path), join(folder, path), {
      recursive: true,
      filter: (source) => !source.includes('node_modules'),
    });
  }
  mkdirSync(join(folder, '.sst'));
  symlinkSync(platform, join(folder, '.sst/platform'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const bin = join(folder, '.config/sst/bin');
  mkdirSync(bin, { recursive: true });
  const standIn = fileURLToPath(new URL('pulumi.ts', import.meta.url));
  writeFileSync(join(bin, 'pulumi'), `#!/bin/sh\nexec "${process.execPath}" "${standIn}" "$@"\n`);
  chmodSync(join(bin, 'pulumi'), 0o755);
  return folder;
}

const offline = (folder: string, ssm: Server): Record<string, string> => ({
  XDG_CONFIG_HOME: join(folder, '.config'),
  SST_PULUMI_PATH: join(folder, '.config/sst/bin/pulumi'),
  SST_OFFLINE: '1',
  SST_SKIP_DEPENDENCY_CHECK: '1',
  SST_NO_BUN: '1',
  SST_TELEMETRY_DISABLED: '1',
  AWS_ACCESS_KEY_ID: 'nobody',
  AWS_SECRET_ACCESS_KEY: 'nothing',
  AWS_REGION: REGION,
  AWS_ENDPOINT_URL: `http://127.0.0.1:${(ssm.address() as AddressInfo).port}`,
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** The one thing that SST asks of AWS before a diff: where its own buckets are. */
async function answerSsm(): Promise<Server> {
  const bootstrap = {
    version: 99,
    asset: 'sst-asset',
    state: 'sst-state',
    assetEcrRegistryId: '',
    assetEcrUrl: '',
  };
  const answer = JSON.stringify({
    Parameter: { Name: '/sst/bootstrap', Type: 'String', Value: JSON.stringify(bootstrap), Version: 1 },
  });
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/x-amz-json-1.1').end(answer);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

function resourcesOf(json: string): Resource[] {
  const steps = JSON.parse(json) as {
    type: string;
    urn: string;
    new: { inputs: unknown; outputs: unknown };
  }[];
  return steps.map(({ type, urn, new: { inputs, outputs } }) => ({
    type,
    name: urn.split('::').at(-1)!,
    inputs,
    outputs,
  }));
}

/** SST names a function's artifacts after its component. */
function artifact(folder: string, fn: Resource): string {
  const id = /^assets\/(.*)-code-[0-9a-f]{64}\.zip$/.exec(fn.inputs.s3Key)![1]!;
  return join(folder, '.sst/artifacts', id);
}

function unpacked(artifact: string): string {
  const code = `${artifact}-code`;
  if (!existsSync(code)) unzip(join(artifact, 'code.zip'), code);
  return code;
}

function complaint(folder: string, error: unknown): string {
  const log = join(folder, '.sst/log/pulumi.err.log');
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
  const text = [stdout, stderr, existsSync(log) ? readFileSync(log, 'utf8') : ''].join('\n');
  return text.slice(-3000);
}
