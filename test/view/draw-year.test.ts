import { describe, expect, it } from 'vitest';
import { MONTH_NAMES } from '../../lib/grid/calendar.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import { drawSeries, seriesSvg } from '../../lib/view/draw-series.ts';
import { drawYear, yearPicture } from '../../lib/view/draw-year.ts';
import { NODATA_COLOR } from '../../lib/view/legend.ts';
import { rampIndex } from '../../lib/view/ramp.ts';
import { decodePicture } from './pictures.ts';

const grid = {
  crs: crsByName('EPSG:4326'),
  transform: [0.1, 0, 112, 0, -0.1, 24],
  height: 5,
  width: 6,
} as const;
const variable = { name: 'npp', title: 'NPP', units: 'g m-2 month-1' };
const panels = MONTH_NAMES.map((label, m) => ({
  label,
  values: new Float32Array(30).fill(m === 4 ? NaN : 10 * m),
}));
const input = { panels, grid, variable, title: 'NPP by month', subtitle: '2021' };

describe('the picture of a year', () => {
  const picture = yearPicture(input);
  const png = decodePicture(drawYear(input));

  it('is as large as it says', () => {
    expect([png.width, png.height]).toEqual([picture.width, picture.height]);
    expect(png.width).toBeLessThanOrEqual(1400);
  });

  it('shows every month in the colour of one legend for all', () => {
    const { legend, map } = picture;
    if (legend.kind !== 'ramp') throw new Error('a flux has a ramp');
    const [stepX, stepY] = gaps(picture.svg);
    const columns = Math.round((picture.width - 2 * map.x + 18) / stepX);
    for (const m of MONTH_NAMES.keys()) {
      const x = map.x + (m % columns) * stepX + map.frame.width * 0.4;
      const y = map.y + Math.floor(m / columns) * stepY + map.frame.height * 0.45;
      const want = m === 4 ? NODATA_COLOR : legend.colors[rampIndex(10 * m, legend.range)];
      expect(png.at(x, y)).toBe(want);
    }
  });

  it('names its months in order', () => {
    const names = [...picture.svg.matchAll(/>([A-Z][a-z]+)<\/text>/g)].map(([, name]) => name!);
    expect(names.filter((name) => (MONTH_NAMES as readonly string[]).includes(name))).toEqual([
      ...MONTH_NAMES,
    ]);
  });

  it('has one legend', () => {
    expect(picture.svg.match(/no data/g)).toHaveLength(1);
  });

  it('needs at least one map, and maps that fill the grid', () => {
    expect(() => yearPicture({ ...input, panels: [] })).toThrow('at least one map');
    expect(() => yearPicture({ ...input, panels: [{ label: 'x', values: [1] }] })).toThrow(
      '1 cells do not fill',
    );
  });
});

/** Distances between neighbouring maps, from where the names of the months stand. */
function gaps(svg: string): [number, number] {
  const at = (name: string): [number, number] => {
    const match = new RegExp(`translate\\(([\\d.]+) ([\\d.]+)\\)"><text[^>]*>${name}<`).exec(svg)!;
    return [Number(match[1]), Number(match[2])];
  };
  const places = MONTH_NAMES.map(at);
  const nextRow = places.find(([x, y]) => x === places[0]![0] && y > places[0]![1])!;
  return [places[1]![0] - places[0]![0], nextRow[1] - places[0]![1]];
}

describe('the picture of fluxes through the year', () => {
  const labels = MONTH_NAMES.map((name) => name.slice(0, 3));
  const npp = [20, 28, 45, 62, NaN, 92, 98, 96, 80, 66, 40, 24];
  const rh = [30, 32, 22, 34, 48, 58, 64, 62, 50, 38, 24, 16];
  const nep = npp.map((v, i) => v - rh[i]!);
  const series = { labels, npp, rh, nep, units: 'g m-2 month-1', title: 'Guangzhou' };
  const svg = seriesSvg(series);

  it('has a bar for every month with a balance, up for uptake and down for release', () => {
    const bars = [
      ...svg.matchAll(
        /<rect x="([\d.]+)" y="([\d.]+)" width="[\d.]+" height="([\d.]+)" fill="(#\w+)" fill-opacity/g,
      ),
    ];
    const inPlot = bars.filter(([, , , height]) => height !== '14');
    expect(inPlot).toHaveLength(11);
    const [january, march] = [inPlot[0]!, inPlot[2]!];
    expect(january[4]).not.toBe(march[4]);
    const zero = Number(january[2]);
    expect(Number(march[2]) + Number(march[3])).toBeCloseTo(zero, 1);
  });

  it('breaks a line where a month is missing', () => {
    const line =
      /<path d="([^"]+)" fill="none" stroke="#\w+" stroke-width="2.2" stroke-linejoin="round"\/>/.exec(svg)!;
    expect(line[1]!.match(/M/g)).toHaveLength(2);
    expect(line[1]!.match(/[ML]/g)).toHaveLength(11);
  });

  it('says what is what, and in which unit', () => {
    for (const word of ['NPP', 'RH', 'NEP, uptake', 'NEP, release', 'Jan', 'Dec', 'g C m⁻² month⁻¹', '−20']) {
      expect(svg).toContain(`>${word}<`);
    }
  });

  it('leaves out what is not there', () => {
    const only = seriesSvg({ labels, npp, units: 'g m-2 month-1', title: 'Guangzhou' });
    expect(only).not.toContain('>RH<');
    expect(only).not.toContain('NEP');
  });

  it('is a PNG of the size that is asked for', () => {
    const png = decodePicture(drawSeries({ ...series, width: 700, height: 380 }));
    expect([png.width, png.height]).toEqual([700, 380]);
  });

  it('refuses a series of another length', () => {
    expect(() => seriesSvg({ ...series, rh: [1, 2] })).toThrow('rh: 2 values for 12 steps');
  });

  it('thins out the names of many steps', () => {
    const many = Array.from({ length: 120 }, (_, i) => `20${10 + Math.floor(i / 12)}-01`);
    const text = seriesSvg({ labels: many, npp: many.map(() => 1), units: 'g m-2 month-1', title: 'x' });
    expect(text.match(/>20\d\d-01</g)!.length).toBeLessThan(25);
  });
});
