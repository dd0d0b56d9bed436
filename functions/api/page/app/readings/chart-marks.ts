import uPlot from 'uplot';
import { color } from '../view/theme.ts';
import type { Line } from './chart.ts';

/** So many steps still have dots of their own, and bars of their own. */
const [MOST_DOTS, MOST_BARS] = [30, 260];

export function seriesOf({ tone: name, bars, label }: Line, count: number): uPlot.Series {
  if (!bars)
    return {
      label,
      stroke: () => color(name),
      width: count <= MOST_BARS ? 2 : 1.25,
      points: { show: count <= MOST_DOTS, size: 5, fill: () => color('surface') },
    };
  return {
    label,
    fill: (chart) => aboveAndBelow(chart),
    points: { show: false },
    ...(count <= MOST_BARS
      ? { paths: uPlot.paths.bars!({ size: [0.62, 18] }), width: 0 }
      : { stroke: (chart: uPlot) => aboveAndBelow(chart), width: 1, fillTo: 0 }),
  };
}

/** One colour for gains over the line of zero, one for losses under it. */
function aboveAndBelow({ ctx, bbox, valToPos }: uPlot): CanvasGradient | string {
  const zero = (valToPos(0, 'y', true) - bbox.top) / bbox.height;
  if (!Number.isFinite(zero)) return color('gain');
  const at = Math.min(1, Math.max(0, zero));
  const gradient = ctx.createLinearGradient(0, bbox.top, 0, bbox.top + bbox.height);
  for (const [stop, name] of [
    [0, 'gain'],
    [at, 'gain'],
    [at, 'loss'],
    [1, 'loss'],
  ] as const)
    gradient.addColorStop(stop, color(name));
  return gradient;
}

export function markStep({ ctx, bbox, valToPos }: uPlot, seconds: number, half: number): void {
  const [from, to] = [seconds - half, seconds + half].map((edge) => valToPos(edge, 'x', true)) as [
    number,
    number,
  ];
  const middle = (from + to) / 2;
  const width = Math.min(44 * devicePixelRatio, Math.max(to - from, 2 * devicePixelRatio));
  const left = Math.max(bbox.left, middle - width / 2);
  const right = Math.min(bbox.left + bbox.width, middle + width / 2);
  ctx.save();
  ctx.globalAlpha = 0.16;
  ctx.fillStyle = color('accent');
  if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  ctx.restore();
}

export function drawZero({ ctx, bbox, valToPos }: uPlot): void {
  const y = Math.round(valToPos(0, 'y', true)) + 0.5;
  ctx.save();
  ctx.strokeStyle = color('line-strong');
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
