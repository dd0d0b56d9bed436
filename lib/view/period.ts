import { civilFromDays, isoDate, isoMonth } from '../grid/time.ts';
import type { LayerFacts } from '../raster/layer.ts';
import { isMonthly } from './time-axis.ts';
import type { Period } from './zone-reduction.ts';

type Axis = Pick<LayerFacts, 'times' | 'timeName' | 'units'>;
type StepKind = 'year' | 'month' | 'day';

/** What one step of a layer is: by the name of its axis, by its unit, or by the distance of its steps. */
function stepKind({ times = [], timeName, units = '' }: Axis): StepKind {
  if (timeName === 'year' || units.includes('year-1')) return 'year';
  if (units.includes('month-1') || (times.length > 1 && isMonthly(times))) return 'month';
  return 'day';
}

const NAME: Readonly<Record<StepKind, (day: number) => string>> = {
  year: (day) => String(civilFromDays(day).year),
  month: isoMonth,
  day: isoDate,
};

/** What each step of a layer is called: `2021`, `2021-03` or `2021-01-09`; none of a layer without a time axis. */
export const stepLabels = (axis: Axis): string[] => (axis.times ?? []).map(NAME[stepKind(axis)]);

/** Names the steps `[t0, t1)` of a layer: `2021` for a whole year, `2021-03` for a month, `2021-01-09` for a day. */
export function periodOf(axis: Axis, t0: number, t1: number): Period {
  const steps = t1 - t0;
  const first = axis.times?.[t0];
  const last = axis.times?.[t1 - 1];
  if (first === undefined || last === undefined) return { label: '', steps };
  return { label: labelOf(first, last, steps, stepKind(axis)), first, last, steps };
}

function labelOf(first: number, last: number, steps: number, kind: StepKind): string {
  const [a, b] = [civilFromDays(first), civilFromDays(last)];
  const wholeYear = kind === 'month' && steps === 12 && a.month === 1 && a.year === b.year;
  const name = NAME[wholeYear ? 'year' : kind];
  return name(first) === name(last) ? name(first) : `${name(first)}..${name(last)}`;
}
