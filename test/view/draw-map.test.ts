import { describe, expect, it } from 'vitest';
import { crsByName } from '../../lib/grid/crs.ts';
import type { GeoGrid } from '../../lib/grid/geo-grid.ts';
import { drawMap, type MapInput, mapPicture } from '../../lib/view/draw-map.ts';
import { NODATA_COLOR } from '../../lib/view/legend.ts';
import { rasterise } from '../../lib/view/png.ts';
import { lutColors, lutOf, rampIndex } from '../../lib/view/ramp.ts';
import { PAPER } from '../../lib/view/svg.ts';
import { decodePicture } from './pictures.ts';

const SPHERE = 6371007.181;
const RAD = Math.PI / 180;
const degrees = (height: number, width: number, size = 0.1): GeoGrid => ({
  crs: crsByName('EPSG:4326'),
  transform: [size, 0, 112, 0, -size, 24],
  height,
  width,
});
/** 463 m pixels around Munich, where the sinusoidal grid leans by 8 degrees. */
const munich: GeoGrid = {
  crs: crsByName('modis-sinusoidal'),
  transform: [463.31271653, 0, 834_000, 0, -463.31271653, 5_377_670],
  height: 108,
  width: 110,
};
const nep = { name: 'nep', title: 'NEP', units: 'g m-2 month-1' };
const npp = { name: 'npp', title: 'NPP', units: 'g m-2 month-1' };
const draw = (input: Partial<MapInput> & Pick<MapInput, 'values' | 'grid'>) => {
  const whole: MapInput = { variable: npp, title: 'NPP, June 2022', subtitle: 'a test', ...input };
  const picture = mapPicture(whole);
  return {
    ...picture,
    /** Drawn only where a test looks at it. */
    get png() {
      return decodePicture(drawMap(whole));
    },
  };
};

describe('the picture of a map', () => {
  it('is a PNG of the size that its SVG says, at most as wide as asked', () => {
    const { png, width, height } = draw({ values: new Float32Array(5 * 6).fill(3), grid: degrees(5, 6) });
    expect([png.width, png.height]).toEqual([width, height]);
    const wide = draw({
      values: new Float32Array(300 * 1500).fill(3),
      grid: degrees(300, 1500, 0.01),
      maxWidth: 1000,
    });
    expect(wide.png.width).toBe(1000);
  });

  it('paints each cell of a coarse grid in the colour that the legend gives its value', () => {
    const values = Float32Array.from({ length: 30 }, (_, i) => 5 * i);
    const { png, legend, map } = draw({ values, grid: degrees(5, 6), variable: npp });
    if (legend.kind !== 'ramp') throw new Error('a flux has a ramp');
    const [cellX, cellY] = [map.frame.width / 6, map.frame.height / 5];
    for (let row = 0; row < 5; row++) {
      for (let col = 0; col < 6; col++) {
        const want = legend.colors[rampIndex(values[row * 6 + col]!, legend.range)];
        expect(png.at(map.x + (col + 0.3) * cellX, map.y + (row + 0.3) * cellY)).toBe(want);
      }
    }
  });

  it('leaves the ground where there is no data, and says so in the legend', () => {
    const values = Float32Array.from({ length: 30 }, (_, i) => (i === 14 ? NaN : 10 + i));
    const { png, map } = draw({ values, grid: degrees(5, 6) });
    const [x, y] = [map.x + (2.3 / 6) * map.frame.width, map.y + (2.3 / 5) * map.frame.height];
    expect(png.at(x, y)).toBe(NODATA_COLOR);
    const below = { x: 0, y: map.y + map.frame.height + 30, width: png.width, height: 80 };
    expect(png.count(NODATA_COLOR, below)).toBeGreaterThan(100);
  });

  it('draws a map without any value, and no scale of made-up numbers', () => {
    const { png, legend, svg, map } = draw({ values: new Float32Array(30).fill(NaN), grid: degrees(5, 6) });
    expect(legend).toMatchObject({ kind: 'classes', classes: [], note: 'no value anywhere' });
    expect(png.at(map.x + 50, map.y + 50)).toBe(NODATA_COLOR);
    expect(svg).toContain('no value anywhere');
  });

  it('shows every colour of the ramp in the legend', () => {
    const { png, map, legend } = draw({
      values: Float32Array.from({ length: 30 }, (_, i) => i),
      grid: degrees(5, 6),
    });
    if (legend.kind !== 'ramp') throw new Error('a flux has a ramp');
    const below = { x: 0, y: map.y + map.frame.height + 30, width: png.width, height: 60 };
    const missing = legend.colors.filter((color) => png.count(color, below) === 0);
    expect(missing).toEqual([]);
  });

  it('shows flags in the colours of their classes alone', () => {
    const flags = { values: [0, 1, 2], meanings: ['sink', 'at_risk', 'source'] };
    const values = Uint8Array.from({ length: 30 }, (_, i) => i % 3);
    const { png, legend, map } = draw({
      values,
      grid: degrees(5, 6),
      variable: { name: 'flag_a', title: 'Balance', units: '1', flags },
    });
    if (legend.kind !== 'classes') throw new Error('flags have classes');
    expect(legend.classes.map(({ label }) => label.split(' ')[0])).toEqual(['sink', 'at', 'source']);
    for (const { value, color } of legend.classes) {
      expect(png.at(map.x + ((value + 0.3) / 6) * map.frame.width, map.y + 0.06 * map.frame.height)).toBe(
        color,
      );
    }
  });

  it('never averages classes into a class between them', () => {
    const values = Uint8Array.from({ length: 2000 * 300 }, (_, i) => (i % 2 === 0 ? 0 : 2));
    const flags = { values: [0, 1, 2], meanings: ['sink', 'at_risk', 'source'] };
    const { png, legend, map } = draw({
      values,
      grid: degrees(300, 2000, 0.001),
      variable: { name: 'flag', title: 'Balance', units: '1', flags },
    });
    if (legend.kind !== 'classes') throw new Error('flags have classes');
    const inside = { x: map.x + 5, y: map.y + 5, width: 200, height: 100 };
    expect(png.count(legend.classes[1]!.color, inside)).toBe(0);
    expect(png.count(legend.classes[0]!.color, inside)).toBeGreaterThan(1000);
  });

  it('averages fluxes where a pixel of the picture covers many of the map', () => {
    const values = Float32Array.from({ length: 600 * 2400 }, (_, i) =>
      (i + Math.floor(i / 2400)) % 2 === 0 ? -100 : 100,
    );
    const { png, map } = draw({ values, grid: degrees(600, 2400, 0.001), variable: nep });
    // The ends are dark brown and dark teal, the middle of both is nearly white.
    for (let step = 0; step < 40; step++) {
      const shown = png.at(map.x + 300.5 + 7 * step, map.y + 101.5 + 3 * step);
      const channels = [1, 3, 5].map((i) => Number.parseInt(shown.slice(i, i + 2), 16));
      expect(Math.min(...channels)).toBeGreaterThan(120);
    }
  });
});

describe('places on the map', () => {
  it('puts a pixel of the leaning sinusoidal grid where its longitude and latitude are', () => {
    const values = new Float32Array(108 * 110).fill(1);
    const [row, col] = [20, 90];
    for (const [dy, dx] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const)
      values[(row + dy) * 110 + col + dx] = 100;
    const { png, map, legend } = draw({ values, grid: munich, extent: 'grid', range: [0, 100] });
    if (legend.kind !== 'ramp') throw new Error('a flux has a ramp');
    const [a, , c, , e, f] = munich.transform;
    const lat = (f + (row + 1) * e) / SPHERE;
    const lon = (c + (col + 1) * a) / (SPHERE * Math.cos(lat)) / RAD;
    const [left, bottom, right, top] = map.frame.bounds;
    const x = map.x + ((lon - left) / (right - left)) * map.frame.width;
    const y = map.y + ((top - lat / RAD) / (top - bottom)) * map.frame.height;
    expect(png.at(x, y)).toBe(legend.colors[255]);
    expect(png.at(x - 25, y)).toBe(legend.colors[2]);
  });

  it('leaves paper where there is no grid', () => {
    const { png, map } = draw({ values: new Float32Array(108 * 110).fill(1), grid: munich, extent: 'grid' });
    expect(png.at(map.x + 6, map.y + 6)).toBe(PAPER);
  });

  it('cuts the map to where there are values', () => {
    const values = new Float32Array(50 * 60).fill(NaN);
    for (let row = 20; row < 30; row++) for (let col = 30; col < 40; col++) values[row * 60 + col] = 1;
    const { map } = draw({ values, grid: degrees(50, 60) });
    const [left, bottom, right, top] = map.frame.bounds;
    expect(left).toBeCloseTo(112 + 3 - 0.02, 6);
    expect(right).toBeCloseTo(112 + 4 + 0.02, 6);
    expect(top).toBeCloseTo(24 - 2 + 0.02, 6);
    expect(bottom).toBeCloseTo(24 - 3 - 0.02, 6);
  });

  it('keeps the shape of the land: a degree of longitude is as wide as its parallel is short', () => {
    const { map } = draw({
      values: new Float32Array(30).fill(1),
      grid: { ...degrees(5, 6), transform: [0.1, 0, 11, 0, -0.1, 60.25] },
      extent: 'grid',
    });
    expect(map.frame.width / map.frame.height).toBeCloseTo((0.6 * 0.5) / 0.5, 1);
  });

  it('writes degrees at the edge, with their side of the Earth', () => {
    const { svg } = draw({ values: new Float32Array(30).fill(1), grid: degrees(5, 6), extent: 'grid' });
    expect(svg).toContain('>112.2°E<');
    expect(svg).toContain('>23.6°N<');
    const west = draw({
      values: new Float32Array(30).fill(1),
      grid: { ...degrees(5, 6, 1), transform: [1, 0, -60, 0, -1, -10] },
      extent: 'grid',
    });
    expect(west.svg).toContain('>58°W<');
    expect(west.svg).toContain('>12°S<');
  });

  it('measures its scale bar on the ground', () => {
    const { svg, map } = draw({ values: new Float32Array(30).fill(1), grid: degrees(5, 6), extent: 'grid' });
    expect(svg).toContain('>10 km<');
    const [, km, length] = /M(\d+(?:\.\d+)?) 24L\1 29L(\d+(?:\.\d+)?) 29/.exec(svg)!.map(Number);
    const kmPerPixel = (0.6 * RAD * 6371.0088 * Math.cos(23.75 * RAD)) / map.frame.width;
    expect((length! - km!) * kmPerPixel).toBeCloseTo(10, 1);
  });

  it('has no scale bar on a map of the world, where none would be true', () => {
    const grid: GeoGrid = { ...degrees(18, 36), transform: [10, 0, -180, 0, -10, 90] };
    expect(draw({ values: new Float32Array(18 * 36).fill(1), grid }).svg).not.toMatch(/>\d+ km</);
  });

  it('shows a grid of 0 to 360 degrees with western longitudes', () => {
    const grid: GeoGrid = { ...degrees(18, 36), transform: [10, 0, 0, 0, -10, 90] };
    const { svg } = draw({ values: new Float32Array(18 * 36).fill(1), grid, extent: 'grid' });
    expect(svg).toContain('>120°W<');
  });

  it('draws other projections on their own axes with curved meridians', () => {
    const grid: GeoGrid = {
      crs: crsByName('EPSG:3035'),
      transform: [50_000, 0, 2_600_000, 0, -50_000, 5_300_000],
      height: 62,
      width: 60,
    };
    const { svg, map } = draw({ values: new Float32Array(62 * 60).fill(1), grid });
    expect(map.frame.lonLat).toBe(false);
    expect(svg).toContain('>50°N<');
    const [x, y] = map.frame.toPixel(10, 52);
    expect(map.frame.toGrid(x, y)[0]).toBeCloseTo((4_321_000 - 2_600_000) / 50_000, 6);
  });
});

describe('zones on the map', () => {
  const ring = [
    [112.1, 23.6],
    [112.5, 23.6],
    [112.5, 23.9],
    [112.1, 23.9],
    [112.1, 23.6],
  ] as const;
  const square = { id: '440100', name: 'Guangzhou', rings: [ring] };
  const values = new Float32Array(30).fill(1);

  it('names a zone inside its border', () => {
    const { svg } = draw({ values, grid: degrees(5, 6), zones: [square], extent: 'grid' });
    expect(svg.match(/>Guangzhou</g)).toHaveLength(2);
  });

  it('uses the id of a zone whose name the font cannot draw', () => {
    const { svg } = draw({
      values,
      grid: degrees(5, 6),
      zones: [{ ...square, name: '广州' }],
      extent: 'grid',
    });
    expect(svg).toContain('>440100<');
    expect(svg).not.toContain('广州');
  });

  it('draws the border over the map', () => {
    const { png, map } = draw({ values, grid: degrees(5, 6), zones: [square], extent: 'grid' });
    const [x, y] = map.frame.toPixel(112.3, 23.9);
    const column = Array.from({ length: 5 }, (_, i) => png.at(map.x + x, map.y + y - 2 + i));
    expect(column.some((color) => Number.parseInt(color.slice(1, 3), 16) < 90)).toBe(true);
  });

  it('stays with the grid where a zone reaches far beyond it', () => {
    const far = [
      [100, 0],
      [112.3, 23.7],
      [100, 40],
      [100, 0],
    ] as const;
    const { map } = draw({ values, grid: degrees(5, 6), zones: [{ ...square, rings: [far] }] });
    const [left, bottom, right, top] = map.frame.bounds;
    expect([left, bottom, top].map((v) => Number(v.toFixed(3)))).toEqual([111.988, 23.488, 24.012]);
    expect(right).toBeGreaterThan(112.3);
  });

  it('does not let names of zones cover each other', () => {
    const twins = ['First', 'Second'].map((name, i) => ({ id: String(i), name, rings: [ring] }));
    const { svg } = draw({ values, grid: degrees(5, 6), zones: twins, extent: 'grid' });
    const places = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>(First|Second)</g)].map(
      ([, x, y]) => [Number(x), Number(y)],
    );
    const [first, second] = [places[0]!, places[2]!];
    expect(Math.abs(first[1]! - second[1]!)).toBeGreaterThan(15);
  });

  it('wraps a long title, and keeps a long name of a variable away from the scale bar', () => {
    const title = 'Net ecosystem production of the year around a city with quite a long name, 2022';
    const variable = { name: 'x', title: `${title}, ${title}, ${title}`, units: 'g m-2 year-1' };
    const { svg } = draw({ values, grid: degrees(5, 6), title, variable });
    const lines = [...svg.matchAll(/font-size="21"[^>]*>([^<]*)</g)].map(([, line]) => line);
    expect(lines).toHaveLength(2);
    expect(lines.join(' ')).toBe(title);
    expect(svg).toMatch(/font-size="13" font-weight="bold"[^>]*>Net [^<]*…</);
  });

  it('writes titles as text, whatever is in them', () => {
    const { svg, png } = draw({
      values,
      grid: degrees(5, 6),
      title: '<script>"&\u0000',
      attribution: `© ${'long name of a provider '.repeat(12)}`,
    });
    expect(svg).not.toContain('<script');
    expect(png.width).toBeGreaterThan(600);
  });
});

it('refuses values that do not fill the grid', () => {
  expect(() => draw({ values: new Float32Array(29), grid: degrees(5, 6) })).toThrow(
    '29 cells do not fill a grid of 5 x 6',
  );
});

it('draws text with its own font, so that a bare machine shows the same', () => {
  const svg = (text: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20" font-family="DejaVu Sans Condensed"><rect width="80" height="20" fill="#ffffff"/>${text}</svg>`;
  const dark = (markup: string) => 1600 - decodePicture(rasterise(svg(markup))).count('#ffffff');
  expect(dark('')).toBe(0);
  expect(dark('<text x="2" y="15" font-size="14">NEP ⁻²</text>')).toBeGreaterThan(60);
});

it('keeps ramps of 256 colours from end to end', () => {
  const colors = lutColors(lutOf('balance'));
  expect(colors).toHaveLength(256);
  expect(colors[0]).toBe('#543005');
  expect(colors[255]).toBe('#003c30');
});
