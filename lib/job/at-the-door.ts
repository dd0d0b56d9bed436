import type { ChunkRecord } from './record.ts';

/** What did not get through the door of an input, of all chunks of a product. */
export interface TurnedAway {
  /** Values read that lie outside the physical range: missing from then on. */
  readonly outOfRange?: number;
  /** Fine pixels by codes that the legend does not know: without a class. */
  readonly unknownCodes?: Readonly<Record<string, number>>;
}

/** Adds up what the records of chunks say of it, input by input; inputs that all came through are not in it. */
export function openDoorTally() {
  const values = new Map<string, number>();
  const codes = new Map<string, Record<string, number>>();
  return {
    add(record: ChunkRecord | undefined): void {
      for (const [name, { outOfRange, unknownCodes, mapOf }] of Object.entries(record?.inputs ?? {})) {
        if (outOfRange > 0) values.set(name, (values.get(name) ?? 0) + outOfRange);
        // one map stands for all windows: its pixels are the same in each
        if (!unknownCodes || (mapOf === undefined && record!.at.t > 0)) continue;
        const known = codes.get(name) ?? {};
        for (const [code, n] of Object.entries(unknownCodes)) known[code] = (known[code] ?? 0) + n;
        codes.set(name, known);
      }
    },
    end(): Readonly<Record<string, TurnedAway>> {
      const names = [...new Set([...values.keys(), ...codes.keys()])].sort();
      return Object.fromEntries(
        names.map((name) => [
          name,
          {
            ...(values.has(name) && { outOfRange: values.get(name)! }),
            ...(codes.has(name) && { unknownCodes: codes.get(name)! }),
          },
        ]),
      );
    },
  };
}
