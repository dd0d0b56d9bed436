import { dirname, resolve } from 'node:path';
import { NotFound } from '../../../lib/errors.ts';
import { inputsFolder } from '../../../lib/job/inputs-of.ts';
import type { Spec } from '../../../lib/job/spec.ts';
import { parseSpec } from '../../../lib/job/spec-text.ts';
import type { World } from '../../../lib/job/world.ts';
import { countedWorld } from '../../runtime/counted-world.ts';
import { openStore } from '../../runtime/stores.ts';
import { isRemote, locateFile, placeOf } from './location.ts';
import { localLog } from './log.ts';
import type { Locations } from './task-worker.ts';

/** A spec read from its file, and the world that its paths lead to. */
export interface Job {
  readonly spec: Spec;
  readonly at: Locations;
  readonly world: World;
}

/** @throws NotFound, BadRequest with the field */
export async function openJob(specPath: string, store: string, signal?: AbortSignal): Promise<Job> {
  const { store: there, key: name } = locateFile(specPath);
  const object = await there.get(name);
  if (!object) {
    const isName = !/[./]/.test(specPath);
    const hint = isName ? `; a name will not do here, the file that says what ${specPath} is will` : '';
    throw new NotFound(`no spec at ${specPath}${hint}`);
  }
  const spec = parseSpec(new TextDecoder().decode(object.bytes), name);
  const folder = isRemote(specPath)
    ? specPath.slice(0, specPath.lastIndexOf('/'))
    : dirname(resolve(specPath));
  const inputs = isRemote(spec.inputs) ? spec.inputs : within(folder, spec.inputs);
  const at = { store: placeOf(store), inputs };
  return { spec, at, world: countedWorld(openWorld(at, signal)) };
}

/**
 * Paths in a spec start from the spec's own place, on a disk or in a bucket.
 * @throws BadRequest when they lead out of the bucket
 */
export function within(folder: string, path: string): string {
  if (!isRemote(folder)) return resolve(folder, path);
  const bucket = /^[^/]*\/\/[^/]*/.exec(folder)![0];
  const found = inputsFolder(path, `${folder.slice(bucket.length + 1)}/spec`, bucket);
  return found === '.' ? bucket : `${bucket}/${found}`;
}

export function openWorld(at: Locations, signal?: AbortSignal): World {
  return {
    store: openStore(at.store),
    inputs: openStore(at.inputs),
    now: Date.now,
    log: localLog(),
    ...(signal && { signal }),
  };
}

/** Aborts at the first Ctrl-C; the second one ends the process at once. */
export function stopOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  process.once('SIGTERM', () => controller.abort());
  return controller.signal;
}
