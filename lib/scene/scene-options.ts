import { BadRequest } from '../errors.ts';
import { WINDOWS, type WindowName } from './window.ts';

export interface SceneOptions {
  readonly name: 'prd';
  readonly window: WindowName;
  /** One year after the other. */
  readonly years: readonly number[];
  readonly seed: number;
}

/** What `chunkflux scene prd` makes when nothing else is said. */
export const SCENE_DEFAULTS: SceneOptions = { name: 'prd', window: 'small', years: [2021, 2022], seed: 1 };

/** @throws BadRequest that names the option */
export function assertSceneOptions({ name, window, years, seed }: SceneOptions): void {
  if (name !== 'prd') throw new BadRequest('scene', `"${name}" is no known scene. Known: prd.`);
  if (!Object.hasOwn(WINDOWS, window)) {
    throw new BadRequest(
      'window',
      `"${window}" is no window of the scene. Known: ${Object.keys(WINDOWS).join(', ')}.`,
    );
  }
  const run = years.every((year, k) => Number.isInteger(year) && (k === 0 || year === years[k - 1]! + 1));
  if (years.length === 0 || !run || years[0]! < 1950 || years.at(-1)! > 2100) {
    throw new BadRequest('years', `[${years}] is no run of years between 1950 and 2100.`);
  }
  if (!Number.isInteger(seed)) throw new BadRequest('seed', `${seed} is no whole number.`);
}
