/** What the API says of carbon over zones; numbers that are none are null. */

export interface Total {
  readonly gC: number | null;
  readonly tC: number | null;
  readonly KtC: number | null;
  readonly tCO2e: number | null;
}

export interface Reduced {
  readonly mean: number | null;
  readonly total?: Total;
}

export interface Period {
  readonly period: string;
  readonly validArea: number | null;
  readonly validShare: number | null;
  readonly lowCoverage: boolean;
  readonly variables: Readonly<Record<string, Reduced>>;
  readonly ratio?: { readonly rhOverNpp: number | null; readonly balance: string };
}

export interface ZoneTotals {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly reason?: string;
  readonly polygonArea?: number | null;
  readonly periods: readonly Period[];
}
