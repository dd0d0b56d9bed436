import type uPlot from 'uplot';
import { tickTexts } from '../view/format.ts';
import { color } from '../view/theme.ts';

const DAY_S = 86_400;
const font = (): string => `11px ${color('font')}`;

/** Half the distance of two steps, s. */
export const halfStep = (times: readonly number[]): number =>
  times.length > 1 ? (times.at(-1)! - times[0]!) / (times.length - 1) / 2 : 182 * DAY_S;

export function timeAxis(times: readonly number[]): uPlot.Axis {
  const none = null;
  const whole = halfStep(times) * 2 > 300 * DAY_S;
  return {
    stroke: () => color('quiet'),
    font: font(),
    size: whole ? 26 : 38,
    space: 44,
    gap: 4,
    grid: { show: false },
    ticks: { stroke: () => color('line-strong'), size: 4, width: 1 },
    ...(whole && { splits: () => thinned(times, 8) }),
    values: whole
      ? (_, splits) => splits.map((seconds) => String(new Date(seconds * 1000).getUTCFullYear()))
      : [
          [360 * DAY_S, '{YYYY}', none, none, none, none, none, none, 1],
          [28 * DAY_S, '{MMM}', '\n{YYYY}', none, none, none, none, none, 1],
          [DAY_S, '{D} {MMM}', '\n{YYYY}', none, none, none, none, none, 1],
        ],
  };
}

const thinned = (times: readonly number[], most: number): number[] => {
  const every = Math.ceil(times.length / most);
  return times.filter((_, i) => i % every === 0);
};

export const valueAxis = (): uPlot.Axis => ({
  stroke: () => color('quiet'),
  font: font(),
  size: (_, values) => 14 + 6.4 * Math.max(2, ...(values ?? []).map((text) => text.length)),
  space: 30,
  gap: 6,
  grid: { stroke: () => color('line'), width: 1 },
  ticks: { show: false },
  values: (_, splits) => tickTexts(splits),
});
