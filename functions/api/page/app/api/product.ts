import type { ZoneSet } from '../zones/zones.ts';

export interface Brief {
  readonly id: string;
  readonly title: string;
}

/** `year`, `month`, `day`, or whatever a model steps by. */
export type StepKind = string;

export interface Variable {
  readonly name: string;
  readonly title: string;
  readonly units: string;
  readonly step: StepKind;
  readonly flags?: {
    readonly values?: readonly number[];
    readonly masks?: readonly number[];
    readonly meanings: readonly string[];
  };
}

export interface ProductInfo extends Brief {
  readonly model: {
    readonly id: string;
    readonly version: string;
    readonly title: string;
    readonly cite: readonly string[];
  };
  readonly about?: Readonly<Record<string, string>>;
  readonly digest: string;
  readonly bounds: readonly [west: number, south: number, east: number, north: number];
  readonly grid: {
    readonly crs: string;
    readonly shape: readonly [number, number];
    readonly levels: readonly {
      readonly level: number;
      readonly chunks: readonly [number, number, number];
    }[];
  };
  readonly years: readonly number[];
  readonly variables: readonly Variable[];
  /** Classes that reductions tell apart; absent where the product is made without a map of land cover. */
  readonly landCover?: readonly LandCoverClass[];
}

export interface LandCoverClass {
  readonly name: string;
  readonly color: string;
  /** In no share: water, snow, and what has no class. */
  readonly dropped: boolean;
}

/** A product with what the page needs of it from the start. */
export interface Product {
  readonly info: ProductInfo;
  /** Names of the steps of each kind, in order. */
  readonly steps: ReadonlyMap<StepKind, readonly string[]>;
  readonly maxZoom: number;
  /** Sets of zones that the server keeps for it, by name. */
  readonly sets: readonly string[];
  readonly zones: ZoneSet | undefined;
}
