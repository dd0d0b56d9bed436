/** The registry: a model is a folder, and a line here. */
import { BadRequest } from '../errors.ts';
import { nepBalance } from './balance/nep-balance.ts';
import { beps } from './beps/grid-model.ts';
import { casaNpp } from './casa/npp.ts';
import { casaNep } from './casa-nep.ts';
import type { FluxModel } from './model.ts';
import { soilRh } from './respiration/soil-rh.ts';

export { casaNep } from './casa-nep.ts';

export const MODELS: readonly FluxModel[] = [casaNep, casaNpp, soilRh, nepBalance, beps];

/** A model by its id, `undefined` when there is none. */
export const modelById = (id: string): FluxModel | undefined => MODELS.find((model) => model.id === id);

export const modelIds = (): string[] => MODELS.map(({ id }) => id);

/**
 * A model by its id.
 * @throws BadRequest that lists the models there are
 */
export function modelNamed(id: string, field = 'model'): FluxModel {
  const found = modelById(id);
  if (found) return found;
  throw new BadRequest(field, `"${id}" is no known model. Known: ${modelIds().join(', ')}.`);
}
