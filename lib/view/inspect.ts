import { apply } from '../grid/affine.ts';
import { bytesPerCell } from '../grid/cells.ts';
import { crsByName } from '../grid/crs.ts';
import type { GeoGrid } from '../grid/geo-grid.ts';
import { transformer } from '../grid/projection.ts';
import type { LayerFacts } from '../raster/layer.ts';
import { gridBorder } from './map-extent.ts';
import type { LayerSample } from './sample-layer.ts';
import { distanceKm } from './scale-bar.ts';
import { type TimeAxis, timeAxis } from './time-axis.ts';

/** west, south, east, north, or left, bottom, right, top. */
type Box = readonly [number, number, number, number];

/** An input layer as `inspect --json` tells it. */
export interface Inspection {
  readonly title: string;
  readonly kind: 'cog' | 'zarr';
  readonly name?: string;
  readonly units?: string;
  readonly crs: string;
  readonly shape: readonly [rows: number, columns: number];
  /** In the CRS's own units: along a row, along a column. */
  readonly pixel: readonly [x: number, y: number];
  readonly pixelUnit: 'degrees' | 'm';
  /** On the ground in the middle of the grid, m. */
  readonly pixelGround?: readonly [x: number, y: number];
  readonly extent: Box;
  readonly lonLatExtent?: Box;
  readonly time?: TimeAxis;
  readonly dtype: string;
  readonly nodata: readonly number[];
  readonly validRange?: readonly [number, number];
  readonly scale: number;
  readonly offset: number;
  readonly block: LayerFacts['block'];
  readonly overviews: number;
  readonly objects: number;
  readonly bytes: number;
  readonly sample?: LayerSample;
}

/** All that headers, a listing and a few blocks say of a layer. */
export function inspect(facts: LayerFacts, sample?: LayerSample): Inspection {
  const { grid, validRange, units } = facts;
  const [a, b, , d, e] = grid.transform;
  const name = facts.longName ?? facts.standardName;
  const time = facts.times && timeAxis(facts.times);
  return {
    title: facts.title,
    kind: facts.kind,
    ...(name ? { name } : {}),
    ...(units ? { units } : {}),
    crs: grid.crs.name,
    shape: [grid.height, grid.width],
    pixel: [Math.hypot(a, d), Math.hypot(b, e)],
    pixelUnit: grid.crs.geographic ? 'degrees' : 'm',
    ...places(grid),
    ...(time ? { time } : {}),
    dtype: facts.dtype,
    nodata: facts.nodata ?? [],
    ...(validRange ? { validRange } : {}),
    scale: facts.scale,
    offset: facts.offset,
    block: facts.block,
    overviews: facts.overviews?.length ?? 0,
    objects: facts.objects.length,
    bytes: facts.objects.reduce((sum, { size }) => sum + size, 0),
    ...(sample ? { sample } : {}),
  };
}

function places(grid: GeoGrid): Pick<Inspection, 'extent' | 'lonLatExtent' | 'pixelGround'> {
  const toLonLat = transformer(grid.crs, crsByName('EPSG:4326'));
  const border = gridBorder(grid).map(([col, row]) => apply(grid.transform, col, row));
  const onEarth = border.map(([x, y]) => toLonLat(x, y));
  const ground = pixelGround(grid, toLonLat);
  const whole = onEarth.every(([lon, lat]) => Number.isFinite(lon + lat));
  // A geographic grid of 0..360 wraps; its own coordinates tell its extent better.
  const lonLat = grid.crs.geographic ? border : onEarth;
  return {
    extent: boxOf(border),
    ...(whole ? { lonLatExtent: boxOf(lonLat) } : {}),
    ...(ground ? { pixelGround: ground } : {}),
  };
}

function boxOf(points: readonly (readonly [number, number])[]): Box {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function pixelGround(
  { transform, height, width }: GeoGrid,
  toLonLat: (x: number, y: number) => [number, number],
): [number, number] | undefined {
  const at = (col: number, row: number): [number, number] => toLonLat(...apply(transform, col, row));
  const [col, row] = [width / 2, height / 2];
  const size: [number, number] = [
    1000 * distanceKm(at(col - 0.5, row), at(col + 0.5, row)),
    1000 * distanceKm(at(col, row - 0.5), at(col, row + 0.5)),
  ];
  return Number.isFinite(size[0] + size[1]) ? size : undefined;
}

/** The same as JSON; NaN as text, because a nodata of NaN is a fact. */
export const inspectJson = (facts: LayerFacts, sample?: LayerSample): string =>
  `${JSON.stringify(inspect(facts, sample), (_, v) => (typeof v === 'number' && !Number.isFinite(v) ? String(v) : v), 2)}\n`;

/** The same for people, one fact a line. */
export function inspectText(facts: LayerFacts, sample?: LayerSample): string {
  const it = inspect(facts, sample);
  const lines: [string, string | undefined][] = [
    ['variable', [it.name, it.units ? `in ${it.units}` : 'no unit said'].filter(Boolean).join(', ')],
    ['CRS', `${it.crs}${facts.grid.crs.geographic ? ', longitude and latitude' : ''}`],
    ['grid', gridText(it)],
    ['extent', it.lonLatExtent && lonLatText(it.lonLatExtent)],
    ['', facts.grid.crs.geographic ? undefined : nativeText(it.extent)],
    ['time', it.time ? timeText(it.time) : 'no time axis'],
    ['stored', storedText(it)],
    ['blocks', blockText(it, facts)],
    ['objects', `${it.objects} ${it.objects === 1 ? 'object' : 'objects'}, ${bytesText(it.bytes)}`],
    ['values', it.sample && sampleText(it.sample, it.units)],
  ];
  const written = lines.flatMap(([label, value]) => (value ? `  ${label.padEnd(9)} ${value}` : []));
  return [`${it.title} (${it.kind === 'cog' ? 'COG' : 'Zarr'})`, ...written].join('\n');
}

const round = (value: number, digits = 6): string => String(Number(value.toPrecision(digits)));

function gridText({ shape, pixel, pixelUnit, pixelGround }: Inspection): string {
  const [x, y] = pixel;
  const square = Math.abs(x - y) <= 1e-9 * x;
  const unit = pixelUnit === 'm' ? ' m' : ' degrees';
  const size = square ? `${round(x, 8)}${unit}` : `${round(x, 8)} x ${round(y, 8)}${unit}`;
  const rows = `${shape[0]} rows x ${shape[1]} columns of ${size}`;
  if (pixelUnit === 'm' || !pixelGround) return rows;
  const [east, north] = pixelGround.map((m) => (m >= 1000 ? `${round(m / 1000, 3)} km` : `${round(m, 3)} m`));
  return `${rows} (${east} x ${north} in the middle)`;
}

function lonLatText([west, south, east, north]: Box): string {
  const lon = (v: number): string => `${Math.abs(v).toFixed(4)} ${v < 0 ? 'W' : 'E'}`;
  const lat = (v: number): string => `${Math.abs(v).toFixed(4)} ${v < 0 ? 'S' : 'N'}`;
  return `${lon(west)} to ${lon(east)}, ${lat(south)} to ${lat(north)}`;
}

const nativeText = ([left, bottom, right, top]: Box): string =>
  `x ${round(left, 10)} to ${round(right, 10)}, y ${round(bottom, 10)} to ${round(top, 10)}`;

function timeText({ count, first, last, step, gaps }: TimeAxis): string {
  if (count === 1) return `1 step, ${first}`;
  const shown = gaps.slice(0, 3).map(({ after, days }) => `${round(days)} days after ${after}`);
  if (gaps.length > shown.length) shown.push(`${gaps.length - shown.length} more`);
  return `${count} steps, ${first} to ${last}, ${step}${shown.length > 0 ? `; gaps: ${shown.join(', ')}` : ''}`;
}

function storedText({ dtype, nodata, scale, offset, validRange }: Inspection): string {
  return [
    dtype,
    nodata.length > 0 ? `nodata ${nodata.join(' and ')}` : 'no nodata said',
    ...(scale === 1 && offset === 0
      ? []
      : [`value = stored * ${scale}${offset === 0 ? '' : ` + ${offset}`}`]),
    ...(validRange ? [`valid ${validRange[0]} to ${validRange[1]} as stored`] : []),
  ].join(', ');
}

function blockText({ block, overviews }: Inspection, { dtype }: LayerFacts): string {
  const { t, y, x } = block;
  const bytes = bytesText(t * y * x * bytesPerCell(dtype));
  const copies = overviews > 0 ? `; ${overviews} coarser ${overviews === 1 ? 'copy' : 'copies'}` : '';
  return `${t > 1 ? `${t} steps x ` : ''}${y} x ${x} cells, ${bytes} unpacked${copies}`;
}

function sampleText({ min, max, mean, missing, cells, steps }: LayerSample, units = ''): string {
  const where = `${cells} cells of ${steps} ${steps === 1 ? 'step' : 'steps'}`;
  if (!Number.isFinite(mean)) return `all missing in the ${where} looked at`;
  const unit = units && units !== '1' ? ` ${units}` : '';
  return `${round(min, 5)} to ${round(max, 5)}${unit}, mean ${round(mean, 5)}, ${(100 * missing).toFixed(1)} % missing (${where})`;
}

export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log2(bytes) / 10) : 0);
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
