/** exp, ln and powers of the day loop: the tables of fast-math where they hold, Math elsewhere. Relative error 3e-13. */
import { fastExp, fastLn, makeBits } from '../fast-math.ts';

const REACH = 20;
const LARGEST = 65_536;

/** Scratch of `fastLn`; what it holds between calls means nothing. */
const BITS = makeBits();

/** e^x, any x. */
export const expOf = (x: number): number => (x > -REACH && x < REACH ? fastExp(x) : Math.exp(x));

/** ln x, x above 0. */
export const lnOf = (x: number): number => (x >= 1 && x < LARGEST ? fastLn(x, BITS) : Math.log(x));

/** x^y for 0 < x < 1. */
export const shareToPower = (x: number, y: number): number => expOf(-y * lnOf(1 / x));
