/**
 * What a day's weather decides for every plant type of a place, two days at a time: temperatures, light above the canopy,
 * kinetics, evaporating air, respiration and decomposition by temperature, and the temperature side of nitrogen uptake
 * (spec beps.md 2.1 to 2.5, 3.1, 4.2, 5.1, 6.3, 6.6).
 */
import { add, mul, mulAdd, sub } from '../math';
import { AIR, AIR_BYTES, putAir } from './air-row';
import { div, expOf, k, max, min, select } from './lanes';
import { light, longwave } from './sky';

/** Numbers of a day's weather as they come, as `layDay` of beps/kernel-rows.ts lays them, and bytes from day to day. */
const WEATHER_BYTES: usize = 96;

const ONE = memory.data<f64>([1]);
const HALF = memory.data<f64>([0.5]);
const MINUS_ONE = memory.data<f64>([-1]);
const MINUS_HALF = memory.data<f64>([-0.5]);
const MEGA = memory.data<f64>([1e6]);
const KELVIN = memory.data<f64>([273.15]);
const TO_DAY = memory.data<f64>([0.212]);
const TEN = memory.data<f64>([10]);

@inline
function weather(row: usize, n: usize): v128 {
  return v128.load64_lane(row + WEATHER_BYTES + (n << 3), v128.load64_zero(row + (n << 3)), 1);
}

const ES_A = memory.data<f64>([16.78]);
const ES_B = memory.data<f64>([116.9]);
const ES_C = memory.data<f64>([237.3]);

const WARM = memory.data<f64>([25]);
const LN_KC = memory.data<f64>([0.07419373447293773]);
const LN_KO = memory.data<f64>([-0.01823215567939546]);
const LN_GAMMA = memory.data<f64>([0.055961578793542265]);
const LN_VM = memory.data<f64>([0.08754687373538998]);
const KC = memory.data<f64>([30]);
/** Oxygen of a pressure in MPa over Ko at 25 degC: 0.21e6/30 000. */
const OXYGEN = memory.data<f64>([7]);
const GAMMA = memory.data<f64>([4.02]);
const LIGHT_BETA = memory.data<f64>([2.3333333333333335]);
/** −220 000/R and 712/R. */
const BRAKE_A = memory.data<f64>([-26461.390425787828]);
const BRAKE_B = memory.data<f64>([85.63868174164061]);
/** 1e6/(1.6 R). */
const TO_CO2 = memory.data<f64>([75174.40461871542]);

/** Kinetics of Farquhar's two limits, and units of conductance. */
@inline
function kinetics(
  out: usize, temp: v128, tempK: v128, perK: v128, humidity: v128, co2: v128, caPerPpm: v128, metresPerK: v128,
): void {
  const warm = sub(temp, k(WARM));
  const oxygen = add(k(ONE), mul(mul(k(OXYGEN), caPerPpm), expOf(mul(k(LN_KO), warm))));
  const kc = mul(mul(k(KC), expOf(mul(k(LN_KC), warm))), oxygen);
  const gamma = mul(k(GAMMA), expOf(mul(k(LN_GAMMA), warm)));
  const brake = add(k(ONE), expOf(mulAdd(k(BRAKE_A), perK, k(BRAKE_B))));
  const ca = mul(caPerPpm, co2);
  const beta = mul(k(LIGHT_BETA), gamma);
  const drop = sub(ca, gamma);
  const hRubisco = add(ca, kc);
  const hLight = add(ca, beta);
  const perBoth = div(drop, mul(hRubisco, hLight));
  putAir(out, AIR.vmByTemp, div(expOf(mul(k(LN_VM), warm)), brake));
  putAir(out, AIR.hRubisco, hRubisco);
  putAir(out, AIR.openRubisco, mul(perBoth, hLight));
  putAir(out, AIR.hLight, hLight);
  putAir(out, AIR.openLight, mul(perBoth, hRubisco));
  putAir(out, AIR.shutRubisco, add(gamma, kc));
  putAir(out, AIR.shutLight, add(gamma, beta));
  putAir(out, AIR.metres, mul(metresPerK, tempK));
  putAir(out, AIR.toCo2, mul(k(TO_CO2), perK));
  putAir(out, AIR.humidPerCo2, div(humidity, co2));
}

const SLOPE_A = memory.data<f64>([17.269]);
const SLOPE_B = memory.data<f64>([237]);
const SLOPE_C = memory.data<f64>([6.1078]);
const PSYCHRO_A = memory.data<f64>([0.646]);
const PSYCHRO_B = memory.data<f64>([0.0006]);
const AIR_HEAT = memory.data<f64>([1010]);
const DENSITY_A = memory.data<f64>([1.292]);
const DENSITY_B = memory.data<f64>([0.00428]);
const LATENT_A = memory.data<f64>([2.501e9]);
const LATENT_B = memory.data<f64>([2.4e6]);

/** What Penman and Monteith want of the air. @param seconds of light in which leaves and soil evaporate */
@inline
function evaporation(out: usize, temp: v128, vpd: v128, seconds: v128): void {
  const above = add(temp, k(HALF));
  const below = sub(temp, k(HALF));
  const aboveSpan = add(k(SLOPE_B), above);
  const belowSpan = add(k(SLOPE_B), below);
  const perSpans = div(k(SLOPE_A), mul(aboveSpan, belowSpan));
  const saturatedAbove = expOf(mul(mul(perSpans, above), belowSpan));
  const slope = mul(k(SLOPE_C), sub(saturatedAbove, expOf(mul(mul(perSpans, below), aboveSpan))));
  const density = sub(k(DENSITY_A), mul(k(DENSITY_B), temp));
  putAir(out, AIR.slope, slope);
  putAir(out, AIR.psychro, mulAdd(k(PSYCHRO_B), temp, k(PSYCHRO_A)));
  putAir(out, AIR.drying, mul(mul(mul(k(AIR_HEAT), density), k(TEN)), vpd));
  putAir(out, AIR.secondsPerHeat, div(seconds, sub(k(LATENT_A), mul(k(LATENT_B), temp))));
}

const FREEZING_DAY = memory.data<f64>([-2]);
const MILLI = memory.data<f64>([0.001]);
const LEAF_STORE = memory.data<f64>([0.0015]);
const MELTING = memory.data<f64>([3.592814371257485e-10]); // 0.12/3.34e8
const SUBLIMING = memory.data<f64>([3.5335689045936397e-12]); // 0.01/2.83e9

/** Rain, what leaves can hold of it, and what light does to snow. */
@inline
function falling(out: usize, rainMm: v128, megajoules: v128, tempMax: v128, lai: v128): void {
  const rain = mul(k(MILLI), rainMm);
  const joules = mul(k(MEGA), megajoules);
  putAir(out, AIR.rain, rain);
  putAir(out, AIR.held, min(mul(k(LEAF_STORE), sub(k(ONE), expOf(mul(k(MINUS_HALF), lai)))), rain));
  putAir(out, AIR.meltByLight, mul(k(MELTING), joules));
  putAir(out, AIR.sublimeByLight, mul(k(SUBLIMING), joules));
  putAir(out, AIR.thaw, select(f64x2.lt(tempMax, k(FREEZING_DAY)), k(HALF), k(ONE)));
}

const REFERENCE = memory.data<f64>([15]);
const LT_A = memory.data<f64>([308.56]);
const LT_REFERENCE = memory.data<f64>([35]);
const LT_COLD = memory.data<f64>([-4]);
const LT_LEAST = memory.data<f64>([0.03]);

/** @param apart 1/(35 + offset) − 1/(temp + offset) */
@inline
function lloydTaylor(temp: v128, apart: v128): v128 {
  const cold = select(f64x2.lt(temp, k(LT_COLD)), k(LT_LEAST), expOf(mul(k(LT_A), apart)));
  return select(f64x2.gt(temp, k(LT_REFERENCE)), k(ONE), cold);
}

/** Mean of a Q10 over day and night, given ln Q10/10. */
@inline
function q10(perKelvin: v128, day: v128, night: v128, daylight: v128, rest: v128): v128 {
  const byDay = mul(expOf(mul(perKelvin, sub(day, k(REFERENCE)))), daylight);
  return mulAdd(expOf(mul(perKelvin, sub(night, k(REFERENCE)))), rest, byDay);
}

const U1_A = memory.data<f64>([40.8]);
const U1_B = memory.data<f64>([0.01]);
const U1_C = memory.data<f64>([0.002]);
const U2_A = memory.data<f64>([0.738]);
const U3_A = memory.data<f64>([97.42]);
const U3_B = memory.data<f64>([2.504]);
const U_GAS = memory.data<f64>([120.33694344163658]); // 1/0.00831
const U_TOP = memory.data<f64>([205.9]);
const U_MOL = memory.data<f64>([0.014]);
const THIRTIETH = memory.data<f64>([0.03333333333333333]);
const KEPT = memory.data<f64>([0.002191780821917808]); // 0.8/365

/** The temperature side of nitrogen uptake, and what falls. */
@inline
function nitrogen(out: usize, temp: v128, extra: v128): void {
  const u1 = sub(mulAdd(k(U1_B), temp, k(U1_A)), mul(mul(k(U1_C), temp), temp));
  const u2 = sub(k(U2_A), mul(k(U1_C), temp));
  const tempK = add(temp, k(KELVIN));
  const perGas = div(k(U_GAS), tempK);
  const rise = mul(k(U_MOL), expOf(sub(u1, mul(k(U3_A), perGas))));
  const brake = add(k(ONE), expOf(mul(sub(mul(u2, tempK), k(U_TOP)), perGas)));
  const below = sub(k(REFERENCE), temp);
  putAir(out, AIR.uptake, div(rise, brake));
  putAir(out, AIR.uptakePower, mul(k(U3_B), perGas));
  putAir(out, AIR.cold, select(f64x2.gt(below, f64x2.splat(0)), mul(below, k(THIRTIETH)), k(MINUS_ONE)));
  putAir(out, AIR.deposition, mul(k(KEPT), max(extra, f64x2.splat(0))));
}

const DAY_S = memory.data<f64>([0.000011574074074074073]); // 1/86 400
const CARBON = memory.data<f64>([12e-6]);

/**
 * Days of a place's air.
 *
 * @param days how many; one more than that may be read and written
 * @param from weather, @param to air, by day
 * @param leafQ10, woodQ10 ln Q10/10 of its mean temperature; @param offset of Lloyd and Taylor, K
 * @param caPerPpm pressure of the biochemistry, MPa; @param metresPerK R/pressure of conductance
 */
export function airDays(
  days: i32, from: usize, to: usize, leafQ10: f64, woodQ10: f64, offset: f64, withNitrogen: bool,
  caPerPpm: f64, metresPerK: f64,
): void {
  const leafPower = f64x2.splat(leafQ10);
  const woodPower = f64x2.splat(woodQ10);
  const shift = f64x2.splat(offset);
  const pressure = f64x2.splat(caPerPpm);
  const molar = f64x2.splat(metresPerK);
  const reference = div(k(ONE), add(k(LT_REFERENCE), shift));
  for (let d = 0; d < days; d += 2) {
    const low = weather(from, 0);
    const high = weather(from, 1);
    const megajoules = weather(from, 2);
    const humidity = weather(from, 3);
    const lai = weather(from, 5);
    const seconds = weather(from, 8);
    const mean = mul(k(HALF), add(low, high));
    const day = mulAdd(k(TO_DAY), sub(high, mean), mean);
    const night = mul(k(HALF), add(day, low));
    const saturated = expOf(div(sub(mul(k(ES_A), day), k(ES_B)), add(day, k(ES_C))));
    const vpd = max(mul(saturated, sub(k(ONE), humidity)), f64x2.splat(0));
    const perLai = div(k(ONE), lai);
    const daylight = mul(seconds, k(DAY_S));
    const rest = sub(k(ONE), daylight);
    const tempK = add(day, k(KELVIN));
    const perK = div(k(ONE), tempK);
    putAir(to, AIR.tempDay, day);
    putAir(to, AIR.lai, lai);
    putAir(to, AIR.perLai, perLai);
    putAir(to, AIR.daylight, daylight);
    putAir(to, AIR.doy, weather(from, 10));
    const dark = light(to, megajoules, seconds, weather(from, 9), lai);
    const bright = v128.andnot(seconds, dark);
    longwave(to, tempK, perK, mul(saturated, humidity), lai, perLai);
    kinetics(to, day, tempK, perK, humidity, weather(from, 6), pressure, molar);
    evaporation(to, day, vpd, bright);
    falling(to, weather(from, 4), megajoules, high, lai);
    putAir(to, AIR.leafFactor, q10(leafPower, day, night, daylight, rest));
    putAir(to, AIR.woodFactor, q10(woodPower, day, night, daylight, rest));
    const byDay = add(day, shift);
    const byNight = add(night, shift);
    const perBoth = div(k(ONE), mul(byDay, byNight));
    putAir(to, AIR.decayDay, lloydTaylor(day, sub(reference, mul(perBoth, byNight))));
    putAir(to, AIR.decayNight, lloydTaylor(night, sub(reference, mul(perBoth, byDay))));
    putAir(to, AIR.carbonSeconds, mul(k(CARBON), bright));
    if (withNitrogen) nitrogen(to, mean, weather(from, 7));
    from += 2 * WEATHER_BYTES;
    to += 2 * AIR_BYTES;
  }
}
