/**
 * Stands in for the `pulumi` program under the real SST CLI: runs what SST built under Pulumi's own mocks, and tells SST
 * of every resource as an engine would of one to create. SST's bundler and component code are the real ones.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { call, newResource } from './mocks.ts';

const [command, subcommand, ...rest] = process.argv.slice(2);

if (command === 'version') {
  console.log('v3.215.0');
} else if (command === 'stack' && subcommand === 'init') {
  initStack(rest[0]!);
} else if (command === 'preview') {
  await preview();
  process.exit(0);
} else {
  fail(new Error(`"pulumi ${process.argv.slice(2).join(' ')}" is not stood in for`));
}

/** @param stack `organization/app/stage` */
function stateFile(stack: string): string {
  const [, app, stage] = stack.split('/');
  return join(process.cwd(), '.pulumi/stacks', app!, `${stage}.json`);
}

function initStack(stack: string): void {
  const file = stateFile(stack);
  const manifest = { time: new Date().toISOString(), magic: '', version: '' };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    JSON.stringify({ version: 3, checkpoint: { stack, latest: { manifest, resources: [] } } }),
  );
}

async function preview(): Promise<void> {
  process.on('unhandledRejection', fail);
  process.on('uncaughtException', fail);
  const main = /^main: (.*)$/m.exec(readFileSync('Pulumi.yaml', 'utf8'))![1]!;
  const [, app, stage] = option('--stack').split('/');
  const pulumi = createRequire(main)('@pulumi/pulumi');
  await pulumi.runtime.setMocks({ call, newResource: announce(app!, stage!) }, app, stage, true);
  await pulumi.runtime.runInPulumiStack(async () => (await import(pathToFileURL(main).href)).default);
  await pulumi.runtime.disconnect();
  emit({
    summaryEvent: {
      maybeCorrupt: false,
      durationSeconds: 0,
      resourceChanges: {},
      policyPacks: {},
      isPreview: true,
    },
  });
}

type Asked = Parameters<typeof newResource>[0] & { readonly custom?: boolean };

function announce(app: string, stage: string) {
  return (asked: Asked) => {
    const made = newResource(asked);
    const { type, inputs } = asked;
    const urn = `urn:pulumi:${stage}::${app}::${type}::${asked.name}`;
    const resource = {
      type,
      urn,
      custom: asked.custom === true,
      id: made.id,
      parent: '',
      protect: false,
      inputs,
      outputs: made.state,
    };
    const metadata = { op: 'create', urn, type, old: null, new: resource, logical: true, provider: '' };
    emit({ resourcePreEvent: { metadata, planning: true } });
    emit({ resOutputsEvent: { metadata, planning: true } });
    return made;
  };
}

function emit(event: object): void {
  const stamped = { sequence: 0, timestamp: Math.floor(Date.now() / 1000), ...event };
  appendFileSync(option('--event-log'), `${JSON.stringify(stamped)}\n`);
}

function option(name: string): string {
  const at = process.argv.indexOf(name);
  if (at < 0) fail(new Error(`SST gave no ${name}`));
  return process.argv[at + 1]!;
}

function fail(error: unknown): never {
  console.error(`error: ${error instanceof Error ? error.stack : error}`);
  process.exit(255);
}
