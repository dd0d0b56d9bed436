/** Whether a correlation could be chance (spec beps.md 9.4). */

/** Student's t of a correlation of n pairs. @param r −1..1 @param n pairs, above 2 */
export const correlationT = (r: number, n: number): number => r * Math.sqrt((n - 2) / (1 - r * r));

/** Two-sided probability of a t at least as large, with so many degrees of freedom. */
export const twoSidedP = (t: number, freedom: number): number =>
  incompleteBeta(freedom / 2, 0.5, freedom / (freedom + t * t));

/** ln Γ by Lanczos's sum, g = 7, nine terms; relative error below 1e-14. @param x above 0.5 */
function lnGamma(x: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const z = x - 1;
  const sum = terms.reduce((total, term, i) => total + term / (z + i + 1), 0.99999999999980993);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Regularised incomplete beta function by its continued fraction. @see Abramowitz & Stegun 26.5.8 */
function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, 1 - x);
  const front =
    Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log(1 - x)) / a;
  return front / betaFraction(a, b, x);
}

/** 1 + d1/(1 + d2/(1 + …)), from the inside out. */
function betaFraction(a: number, b: number, x: number): number {
  let value = 1;
  for (let k = 200; k >= 1; k--) {
    const m = Math.floor(k / 2);
    const d =
      k % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    value = 1 + d / value;
  }
  return value;
}
