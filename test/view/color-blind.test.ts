import { lab, rgb } from 'd3-color';
import { describe, expect, it } from 'vitest';
import { legendOf } from '../../lib/view/legend.ts';
import { lutOf, type RampName } from '../../lib/view/ramp.ts';
import { STATE_SWATCHES } from '../../lib/view/tile-image.ts';

type Rgb = readonly [r: number, g: number, b: number];

/** Rows of the matrix on linear light for eyes that lack one kind of cone. @see Machado et al. 2009, IEEE TVCG 15(6), table 1 */
const EYES: Readonly<Record<string, readonly [Rgb, Rgb, Rgb]>> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const toLight = (c: number): number => (c <= 10.31475 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4);
const toByte = (c: number): number => {
  const light = Math.max(0, Math.min(1, c));
  return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
};

/** A colour as such an eye sees it, in CIELAB. */
function seen(color: Rgb, eye: string): { l: number; a: number; b: number } {
  const light = color.map(toLight) as unknown as Rgb;
  const [r, g, b] = EYES[eye]!.map((row) =>
    toByte(row[0] * light[0] + row[1] * light[1] + row[2] * light[2]),
  );
  return lab(rgb(r!, g!, b!));
}

/** CIE76: 2.3 is just noticed side by side, 10 at a glance. */
function distance(one: Rgb, other: Rgb, eye: string): number {
  const [p, q] = [seen(one, eye), seen(other, eye)];
  return Math.hypot(p.l - q.l, p.a - q.a, p.b - q.b);
}

const colorAt = (ramp: RampName, i: number): Rgb =>
  [...lutOf(ramp).subarray(3 * i, 3 * i + 3)] as unknown as Rgb;
const hexRgb = (color: string): Rgb => {
  const { r, g, b } = rgb(color);
  return [r, g, b];
};
const rampOf = (name: string): RampName => {
  const legend = legendOf({ name, title: name, units: 'g m-2 year-1' }, [Float32Array.of(-5, 1, 7)]);
  return legend.kind === 'ramp' ? (legend.ramp as RampName) : expect.fail(`${name} has no ramp`);
};

describe.each(Object.keys(EYES))('the colours of maps to eyes with %s', (eye) => {
  it.each(['gpp', 'npp_a', 'rh', 'ratio_a', 'lai', 'tp', 'unknown'])(
    'get steadily darker, or lighter, with %s',
    (name) => {
      const lightness = Array.from({ length: 32 }, (_, k) => seen(colorAt(rampOf(name), k * 8), eye).l);
      const steps = lightness.slice(1).map((l, k) => l - lightness[k]!);
      const sign = Math.sign(lightness.at(-1)! - lightness[0]!);
      // Saturated colours may look a trace lighter than their neighbours.
      for (const step of steps) expect(sign * step).toBeGreaterThan(-0.6);
      expect(Math.abs(lightness.at(-1)! - lightness[0]!)).toBeGreaterThan(40);
    },
  );

  it('tell uptake from release at a glance from a quarter of the range on, and darken to both ends of NEP', () => {
    const ramp = rampOf('nep_a');
    expect(ramp).toBe('balance');
    const middle = seen(colorAt(ramp, 128), eye).l;
    for (let away = 32; away <= 127; away += 5) {
      const [release, uptake] = [colorAt(ramp, 128 - away), colorAt(ramp, 128 + away)];
      expect(distance(release, uptake, eye), `${away}`).toBeGreaterThan(10);
      for (const side of [release, uptake]) expect(seen(side, eye).l).toBeLessThan(middle);
    }
  });

  it('keep the classes of the 80 % rule apart, and the stripes of what is not there', () => {
    const balance = legendOf(
      { name: 'flag_a', title: 'flag', units: '1', flags: { values: [0, 1, 2], meanings: ['a', 'b', 'c'] } },
      [],
    );
    const classes = balance.kind === 'classes' ? balance.classes : [];
    for (const colors of [classes, STATE_SWATCHES].map((list) => list.map(({ color }) => hexRgb(color)))) {
      expect(colors.length).toBeGreaterThanOrEqual(3);
      for (const [i, one] of colors.entries())
        for (const other of colors.slice(i + 1)) expect(distance(one, other, eye)).toBeGreaterThan(15);
    }
  });
});
