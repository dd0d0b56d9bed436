/**
 * Where numbers lie in rows of pairs: each is there twice, of one tile and of the other. `lib/science/beps/kernel-rows.ts`
 * fills them in the same order.
 */

/** What no day changes of a tile. */
export namespace TILE {
  export const vcmax: usize = 0;
  export const criticalCn: usize = 1;
  export const fixedVcmax: usize = 2;
  export const fullNitrogen: usize = 3;
  export const ballBerry: usize = 4;
  export const clumping: usize = 5;
  export const air: usize = 6;
  export const melt: usize = 7;
  export const porosity: usize = 8;
  export const fieldCapacity: usize = 11;
  export const wiltingPoint: usize = 14;
  export const depth: usize = 17;
  export const root: usize = 20;
  export const perSpan: usize = 23;
  export const wetFall: usize = 26;
  export const conductivity: usize = 29;
  export const power: usize = 32;
  export const tree: usize = 35;
  export const crop: usize = 36;
  export const perDrySpan: usize = 37;
  export const perPorosity: usize = 38;
  export const lowest: usize = 41;
  export const curve: usize = 44;
  export const atOptimum: usize = 47;
  export const span: usize = 50;
  export const lnAtEnds: usize = 53;
  export const weight: usize = 56;
  export const leafRespiration: usize = 59;
  export const stemRespiration: usize = 60;
  export const crootRespiration: usize = 61;
  export const frootRespiration: usize = 62;
  export const sapwoodHalf: usize = 63;
  export const linearStem: usize = 64;
  export const leastNpp: usize = 65;
  export const mostNpp: usize = 66;
  export const turnover: usize = 67;
  export const firstDoy: usize = 71;
  export const lastDoy: usize = 72;
  export const allocation: usize = 73;
  export const metabolic: usize = 77;
  export const loss: usize = 78;
  export const rate: usize = 87;
  export const wetLeaf: usize = 110;
  export const perDepth: usize = 111;
  export const halfWilting: usize = 114;
  export const length: usize = 117;
}

/** State of a tile, as `AT` of beps/state.ts. */
export namespace STATE {
  export const theta: usize = 0;
  export const snow: usize = 3;
  export const biomass: usize = 4;
  export const soil: usize = 8;
  export const woodN: usize = 17;
  export const leafN: usize = 18;
  export const soilN: usize = 19;
  export const mineralN: usize = 28;
  export const length: usize = 29;
}

/** What light and leaves leave for the water and carbon of the same day. */
export namespace DAY {
  export const laiSun: usize = 0;
  export const laiShade: usize = 1;
  export const netSun: usize = 2;
  export const netShade: usize = 3;
  export const netGround: usize = 4;
  export const beam: usize = 5;
  export const uptake: usize = 6;
  export const scalar: usize = 9;
  export const decay: usize = 10;
  export const litterLeaf: usize = 11;
  export const litterFroot: usize = 12;
  export const litterWood: usize = 13;
  export const length: usize = 14;
}

/** A leaf class on the way to its conductance. */
export namespace LEAF {
  export const h: usize = 0;
  export const s: usize = 1;
  export const r: usize = 2;
  export const low: usize = 3;
  export const high: usize = 4;
  export const here: usize = 5;
  export const done: usize = 6;
  export const slope: usize = 7;
  export const metres: usize = 8;
  export const toCo2: usize = 9;
  export const otherH: usize = 10;
  export const otherS: usize = 11;
  export const otherR: usize = 12;
  export const mayBind: usize = 13;
  /** Between the parts of a step: h g, A/r and how A rises with ln g; elasticity of g and its own; mean. */
  export const hg: usize = 14;
  export const share: usize = 15;
  export const rise: usize = 16;
  export const elasticity: usize = 17;
  export const bend: usize = 18;
  export const mean: usize = 19;
  export const length: usize = 20;
}

/** Sums of a period, in the order of `BLOCK_SERIES`, and how often NPP/GPP was held. */
export namespace SUM {
  export const gpp: usize = 0;
  export const ar: usize = 1;
  export const npp: usize = 2;
  export const hr: usize = 3;
  export const nep: usize = 4;
  export const et: usize = 5;
  export const runoff: usize = 6;
  export const scalar: usize = 7;
  export const decay: usize = 8;
  export const irrigation: usize = 9;
  export const clamped: usize = 10;
  export const length: usize = 11;
}
