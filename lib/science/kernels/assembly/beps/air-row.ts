/** Rows of a day's air: `airDays` fills them, tiles read them. */

/** Numbers of a day as they go, in the order of `AIR`, and bytes from day to day. */
export const AIR_BYTES: usize = 384;

export namespace AIR {
  export const tempDay: usize = 0;
  export const lai: usize = 1;
  export const perLai: usize = 2;
  export const thaw: usize = 3;
  export const daylight: usize = 4;
  export const twoCos: usize = 5;
  export const sunReach: usize = 6;
  export const beamReach: usize = 7;
  export const underReach: usize = 8;
  export const gapReach: usize = 9;
  export const diffuse: usize = 10;
  export const direct: usize = 11;
  export const onLeafDirect: usize = 12;
  export const scattered: usize = 13;
  export const longwaveLeaf: usize = 14;
  export const skyLessLeaf: usize = 15;
  export const leafLessGround: usize = 16;
  export const vmByTemp: usize = 17;
  export const hRubisco: usize = 18;
  export const openRubisco: usize = 19;
  export const hLight: usize = 20;
  export const openLight: usize = 21;
  export const shutRubisco: usize = 22;
  export const shutLight: usize = 23;
  export const metres: usize = 24;
  export const toCo2: usize = 25;
  export const humidPerCo2: usize = 26;
  export const slope: usize = 27;
  export const psychro: usize = 28;
  export const drying: usize = 29;
  export const secondsPerHeat: usize = 30;
  export const held: usize = 31;
  export const rain: usize = 32;
  export const meltByLight: usize = 33;
  export const sublimeByLight: usize = 34;
  export const leafFactor: usize = 35;
  export const woodFactor: usize = 36;
  export const decayDay: usize = 37;
  export const decayNight: usize = 38;
  export const carbonSeconds: usize = 39;
  export const uptake: usize = 40;
  export const uptakePower: usize = 41;
  export const cold: usize = 42;
  export const deposition: usize = 43;
  export const doy: usize = 44;
}

/** The n-th number of two days, one after the other. */
@inline
export function putAir(row: usize, n: usize, value: v128): void {
  v128.store64_lane(row + (n << 3), value, 0);
  v128.store64_lane(row + AIR_BYTES + (n << 3), value, 1);
}

/** The n-th number of the days' air of two tiles. */
@inline
export function airOf(first: usize, second: usize, n: usize): v128 {
  return v128.load64_lane(second + (n << 3), v128.load64_zero(first + (n << 3)), 1);
}
