import { BadRequest } from '../../../lib/errors.ts';
import type { Layer } from '../../../lib/raster/layer.ts';
import { stepLabels } from '../../../lib/view/period.ts';

/** Steps of a layer, half-open, and how to call them. */
export interface Steps {
  readonly t0: number;
  readonly t1: number;
  readonly label: string;
}

/**
 * The steps that `--time` names: a year, a month, a day, or the last there is.
 * @throws BadRequest when the layer has no such step
 */
export function stepsOf({ facts }: Layer, time: string | undefined): Steps {
  const labels = stepLabels(facts);
  const last = labels.at(-1);
  if (last === undefined) return { t0: 0, t1: 1, label: time ?? '' };
  if (time === undefined) return { t0: labels.length - 1, t1: labels.length, label: last };
  const hits = labels.flatMap((label, i) => (label === time || label.startsWith(`${time}-`) ? [i] : []));
  if (hits.length > 0) return { t0: hits[0]!, t1: hits.at(-1)! + 1, label: time };
  const there = labels.length === 1 ? last : `${labels[0]} to ${last}`;
  throw new BadRequest('--time', `${facts.title.split('/').at(-1)} has no ${time}; it has ${there}`);
}
