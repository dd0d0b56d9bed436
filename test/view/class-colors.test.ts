import { color, lab } from 'd3-color';
import { describe, expect, it } from 'vitest';
import { MONTH_NAMES } from '../../lib/grid/calendar.ts';
import { classColors } from '../../lib/view/class-colors.ts';

const distance = (a: string, b: string): number => {
  const [p, q] = [lab(color(a)!), lab(color(b)!)];
  return Math.hypot(p.l - q.l, p.a - q.a, p.b - q.b);
};

describe('colours of classes', () => {
  it('go round the year: every month has its own, and December is as near to January as to November', () => {
    const colors = classColors(MONTH_NAMES);
    expect(new Set(colors).size).toBe(12);
    const steps = colors.map((one, i) => distance(one, colors[(i + 1) % 12]!));
    expect(Math.min(...steps)).toBeGreaterThan(12);
    expect(Math.max(...steps)).toBeLessThan(60);
  });

  it('are pale where there is nothing to say, so that what is said stands out', () => {
    const [none, ...bits] = classColors(['none', 'ndvi missing', 'climate missing']);
    for (const bit of bits) expect(lab(color(none!)!).l).toBeGreaterThan(lab(color(bit)!).l + 15);
  });

  it('are those that readers of land-cover maps expect', () => {
    const [forest, water, city] = classColors(['evergreen broadleaved forest', 'water', 'urban']).map((hex) =>
      color(hex)!.rgb(),
    );
    expect(forest!.g).toBeGreaterThan(forest!.r);
    expect(water!.b).toBeGreaterThan(water!.r);
    expect(city!.r).toBeGreaterThan(city!.g);
  });
});
