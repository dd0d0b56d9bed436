import { wrongAreas } from '../../../lib/grid/declared-area.ts';
import type { Zone } from '../../../lib/grid/zone.ts';
import { type Check, checkIds } from '../../../lib/job/checks.ts';
import { checkMeans } from '../../../lib/view/checks.ts';
import type { Reduction } from '../../../lib/view/reduce.ts';
import { fieldName } from './reduce-product.ts';

/**
 * What the checks of a spec say of its zones, a line each: how many were looked at, and what does not hold. Nothing where
 * none was.
 *
 * @param geojson of the zones, in their order
 * @throws BadRequest for a check of a zone that is not there, or of an area that a zone does not declare
 */
export function checkedLines(
  checks: readonly Check[],
  geojson: string,
  zones: readonly Zone[],
  reduction: Reduction,
  variables: readonly string[],
): string[] {
  checkIds(
    checks,
    zones.map(({ id }) => id),
  );
  const fields = Object.fromEntries(variables.map((name) => [name, fieldName(name)]));
  const areas = checks.filter((check) => 'area' in check);
  const means = checkMeans(
    reduction,
    fields,
    checks.filter((check) => 'variable' in check),
  );
  const looked = areas.length + means.looked;
  if (looked === 0) return [];
  const wrong = [...areas.flatMap((check) => wrongAreas(geojson, zones, check)), ...means.wrong];
  const left = checks.length - looked;
  const others = left > 0 ? ` (${left} more are of variables that were not reduced)` : '';
  if (wrong.length === 0) return [`Checks: ${looked} looked at, all hold${others}.`];
  return [`Checks: ${looked} looked at${others}; what does not hold:`, ...wrong.map((line) => `  ${line}`)];
}
