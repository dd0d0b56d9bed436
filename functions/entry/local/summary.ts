import type { TurnedAway } from '../../../lib/job/at-the-door.ts';
import type { RunSummary } from '../../../lib/job/finish.ts';
import type { Anew } from '../../../lib/job/run-cost.ts';

const SHOWN = 5;

/** How many chunks a run did that were not current. */
export const anewText = ({ chunks, all }: Anew): string =>
  `${all ? '' : 'at least '}${chunks} ${chunks === 1 ? 'chunk' : 'chunks'}`;

/** How a product stands, as a person reads it. @param did what was done for it just now */
export function summaryText(summary: RunSummary, did = ''): string {
  const { product, state, chunks, because, unnamed = 0, inputs = {} } = summary;
  const counts = Object.entries(chunks)
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${n} ${name === 'unrecorded' ? 'not computed yet' : name}`)
    .join(', ');
  const head = `${product} is ${state}: ${counts}.${did && ` ${did}`}`;
  const reasons = because.slice(0, SHOWN).map(({ chunk, reason }) => `  ${chunk}: ${reason}`);
  const others = because.length + unnamed - reasons.length;
  const more = others > 0 ? [`  … and ${others} more chunks; --json names them`] : [];
  return [head, ...reasons, ...more, ...Object.entries(inputs).flatMap(turnedAway)].join('\n');
}

/** What an input lost at the door. */
function turnedAway([name, { outOfRange, unknownCodes = {} }]: [string, TurnedAway]): string[] {
  const codes = Object.entries(unknownCodes).map(([code, n]) => `${code} (${n})`);
  return [
    ...(outOfRange
      ? [`  ${name}: ${outOfRange} values lie outside its physical range and count as missing`]
      : []),
    ...(codes.length > 0
      ? [
          `  ${name}: codes that its legend does not know, and fine pixels that have them: ${codes.join(', ')}`,
        ]
      : []),
  ];
}
