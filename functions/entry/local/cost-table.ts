import { type Effort, gbSeconds, moneyOf, PRICES, WORKER_GB } from '../../../lib/job/cost.ts';
import { type Estimate, wholeOf } from '../../../lib/job/estimate.ts';

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const whole = (n: number): string => Math.round(n).toLocaleString('en-US');
const usd = (n: number): string => `${n.toPrecision(3)} USD`;

/** An effort as a person reads it. */
export function effortLines(effort: Effort): string[] {
  return [
    `requests   ${whole(effort.gets)} GET, ${whole(effort.puts)} PUT, ${whole(effort.lists)} LIST`,
    `bytes      ${mib(effort.bytesRead)} read, ${mib(effort.bytesWritten)} written`,
    `work       ${effort.seconds.toFixed(1)} s of one worker, ${whole(gbSeconds(effort))} GB-s`,
    `money      ${usd(moneyOf(effort))} on AWS`,
  ];
}

export function estimateText(estimate: Estimate): string {
  const { counted, computed, computing, planning, finishing, sampled } = estimate;
  if (counted + computed === 0) return nothingText(estimate);
  const around = moneyOf(planning) + moneyOf(finishing);
  const month = (computing.bytesWritten / 2 ** 30) * PRICES.s3StorageGbMonth;
  return [
    `to count   ${counted} columns`,
    `to compute ${computed} columns`,
    ...effortLines(wholeOf(estimate)),
    `of which   ${usd(around)} are planning, merging and finishing`,
    `storage    ${usd(month)} a month for what is written`,
    '',
    `Scaled from ${sampled} columns that were done in memory just now: requests by columns, bytes and seconds by pixels.`,
    ...ASSUMPTIONS,
  ].join('\n');
}

const nothingText = (estimate: Estimate): string =>
  [
    'All is current: a run would plan, look, and compute nothing.',
    ...effortLines(wholeOf(estimate)),
    '',
    ASSUMPTIONS[0],
  ].join('\n');

/** What the sums rest on. */
export const ASSUMPTIONS: readonly string[] = [
  `Prices: AWS list prices of ${PRICES.region} as of ${PRICES.asOf}. Data does not leave its region.`,
  `Work: a second of a core here counts as a second of a worker of ${WORKER_GB.toFixed(2)} GB (one vCPU, arm64) there;`,
  'what reading takes is what it took from where the inputs lie now.',
  'Not in it: looks at what is current, two a column and queue (0.000001 USD), tries that fail, logs, serving.',
];
