import { z } from 'zod';

/** What doing something takes: requests, bytes, worker seconds. */
export interface Effort {
  readonly gets: number;
  readonly puts: number;
  readonly lists: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Of a worker with `WORKER_GB` of memory. */
  readonly seconds: number;
  /** Times a worker is called. */
  readonly calls: number;
}

export const NO_EFFORT: Effort = {
  gets: 0,
  puts: 0,
  lists: 0,
  bytesRead: 0,
  bytesWritten: 0,
  seconds: 0,
  calls: 0,
};

/**
 * List prices of AWS, us-east-1, USD. Prices change and differ by region: look them up before you rely on a sum.
 * Reading from S3 in its own region costs requests, no bytes.
 */
export const PRICES = {
  asOf: '2025-11',
  region: 'us-east-1',
  s3Get: 0.4e-6,
  s3PutOrList: 5e-6,
  /** Standard storage, a GB and month. */
  s3StorageGbMonth: 0.023,
  lambdaArmGbSecond: 0.0000133334,
  lambdaCall: 0.2e-6,
  /** Sending, receiving and deleting one message. */
  sqsMessage: 3 * 0.4e-6,
} as const;

/** Memory of the function that does places: Lambda's share that comes with one whole vCPU. */
export const WORKER_GB = 1769 / 1024;

/** What it takes at most to note that a place is done: its receipt, looks at its row and at all rows, the row's sum. */
export const NOTING: Effort = { ...NO_EFFORT, gets: 1, puts: 1, lists: 2 };

const amount = z.number().nonnegative();
/** Of a message, which anyone may have written. */
export const effortSchema: z.ZodType<Effort> = z.strictObject({
  gets: amount,
  puts: amount,
  lists: amount,
  bytesRead: amount,
  bytesWritten: amount,
  seconds: amount,
  calls: amount,
});

export function addEffort(a: Effort, b: Effort): Effort {
  const keys = Object.keys(NO_EFFORT) as (keyof Effort)[];
  return Object.fromEntries(keys.map((key) => [key, a[key] + b[key]])) as unknown as Effort;
}

export function timesEffort(effort: Effort, factor: number): Effort {
  return Object.fromEntries(
    Object.entries(effort).map(([key, value]) => [key, value * factor]),
  ) as unknown as Effort;
}

export const gbSeconds = ({ seconds }: Effort): number => seconds * WORKER_GB;

/** USD by `PRICES`, without storage. */
export function moneyOf(effort: Effort): number {
  const { gets, puts, lists, calls } = effort;
  return (
    gets * PRICES.s3Get +
    (puts + lists) * PRICES.s3PutOrList +
    gbSeconds(effort) * PRICES.lambdaArmGbSecond +
    calls * (PRICES.lambdaCall + PRICES.sqsMessage)
  );
}

/** What a receipt says. Its times are those of the machine that it was done on. */
export function effortOf(receipt: Receipt): Effort {
  const both = [receipt.effort?.store, receipt.effort?.inputs].filter((counts) => counts !== undefined);
  const sum = (key: keyof StoreCounts) => both.reduce((n, counts) => n + (counts[key] ?? 0), 0);
  const parts = (receipt.outcomes ?? []).map(({ millis }) => millis.read + millis.compute + millis.write);
  const millis = receipt.millis ?? parts.reduce((n, each) => n + each, 0);
  return addEffort(receipt.before ?? NO_EFFORT, {
    gets: sum('get') + sum('head'),
    puts: sum('put'),
    lists: sum('list'),
    bytesRead: sum('bytesRead'),
    bytesWritten: sum('bytesWritten'),
    seconds: millis / 1000,
    calls: 1,
  });
}

type StoreCounts = Readonly<Record<'get' | 'put' | 'head' | 'list' | 'bytesRead' | 'bytesWritten', number>>;

export interface Receipt {
  /** All of it, from being taken to being done. */
  readonly millis?: number;
  readonly outcomes?: readonly {
    readonly state: string;
    readonly millis: { readonly read: number; readonly compute: number; readonly write: number };
  }[];
  /** What workers took that handed the rest of the place on. */
  readonly before?: Effort | undefined;
  readonly effort?:
    | { readonly store?: Partial<StoreCounts>; readonly inputs?: Partial<StoreCounts> }
    | undefined;
}
