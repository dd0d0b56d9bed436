import type { RunSummary } from '../../../lib/job/finish.ts';

const SHOWN = 5;

/** How a product stands, as a person reads it. @param did what was done for it just now */
export function summaryText({ product, state, chunks, because, unnamed = 0 }: RunSummary, did = ''): string {
  const counts = Object.entries(chunks)
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${n} ${name === 'unrecorded' ? 'not computed yet' : name}`)
    .join(', ');
  const head = `${product} is ${state}: ${counts}.${did && ` ${did}`}`;
  const reasons = because.slice(0, SHOWN).map(({ chunk, reason }) => `  ${chunk}: ${reason}`);
  const others = because.length + unnamed - reasons.length;
  const more = others > 0 ? [`  … and ${others} more chunks; --json names them`] : [];
  return [head, ...reasons, ...more].join('\n');
}
