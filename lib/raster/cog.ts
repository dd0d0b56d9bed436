import { BadRequest } from '../errors.ts';
import { colsOf, type Region, rowsOf } from '../grid/region.ts';
import type { Store } from '../store/store.ts';
import { bandMeaning, georeference } from './cog-geo.ts';
import { readHeader } from './cog-header.ts';
import { type CogLevel, levelsOf, overviewOf } from './cog-levels.ts';
import { planStep, readSteps, type StepPlan, stepBytes } from './cog-read.ts';
import { openHeader } from './cog-source.ts';
import type { Dependency, Layer, LayerFacts } from './layer.ts';

export interface CogOptions {
  /** From 1, as in GDAL. */
  readonly band?: number;
  readonly signal?: AbortSignal;
}

/** What reading needs beside the facts; JSON. */
export interface CogReader {
  /** From 0. */
  readonly band: number;
  /** Value of blocks that are not stored, as text, as JSON has no NaN. */
  readonly fill: string;
  /** Of each object, native resolution first. */
  readonly files: readonly (readonly CogLevel[])[];
}

/**
 * Opens one band of one file, from its header alone.
 *
 * @throws MissingInput no such file
 * @throws CorruptInput, UnsupportedInput naming file and cause
 */
export async function openCog(store: Store, key: string, options: CogOptions = {}): Promise<Layer> {
  return reopenCog(store, await readCogFacts(store, key, options));
}

/** Makes the layer of facts that were read before, without a request. */
export function reopenCog(store: Store, facts: LayerFacts): Layer {
  const { fill } = facts.reader as CogReader;
  return {
    facts,
    dependencies: (region) => dependenciesOf(planRegion(facts, region, 0)),
    async read(region, { level = 0, signal } = {}) {
      const steps = planRegion(facts, region, level);
      const form = { dtype: facts.dtype, fill: Number(fill), plane: rowsOf(region) * colsOf(region) };
      return { region, ...(await readSteps(store, steps, form, signal)) };
    },
  };
}

/** Header, georeference and meaning of one band of one file. */
export async function readCogFacts(store: Store, key: string, options: CogOptions = {}): Promise<LayerFacts> {
  const source = await openHeader(store, key, options.signal);
  const { directories, littleEndian } = await readHeader(source);
  const levels = levelsOf(key, source.size, directories, littleEndian);
  const [{ image }] = levels;
  const main = directories[0]!;
  const band = options.band ?? 1;
  if (!Number.isInteger(band) || band < 1 || band > image.samples) {
    throw new BadRequest('band', `${band}: ${key} has bands 1 to ${image.samples}.`);
  }
  const { nodata, ...meaning } = bandMeaning(key, main, band - 1, image.dtype);
  const grid = georeference(key, main, image.width, image.height);
  const reader: CogReader = { band: band - 1, fill: String(nodata ?? 0), files: [levels] };
  return {
    kind: 'cog',
    title: band === 1 ? key : `${key} band ${band}`,
    grid,
    dtype: image.dtype,
    ...meaning,
    // NaN cells are missing anyhow, and neither NaN nor infinity is JSON.
    ...(nodata !== undefined && Number.isFinite(nodata) && { nodata: [nodata] }),
    block: { t: 1, y: image.blockHeight, x: image.blockWidth },
    ...(levels.length > 1 && { overviews: levels.slice(1).map((level) => overviewOf(grid, level.image)) }),
    objects: [{ key, etag: source.etag, size: source.size }],
    reader,
  };
}

function planRegion(facts: LayerFacts, region: Region, level: number): StepPlan[] {
  const size = level === 0 ? facts.grid : facts.overviews?.[level - 1];
  if (!size)
    throw new BadRequest('level', `${level}: ${facts.title} has ${facts.overviews?.length ?? 0} overviews.`);
  assertInside(facts.title, region, facts.objects.length, size);
  const { files, band } = facts.reader as CogReader;
  return facts.objects
    .slice(region.t0, region.t1)
    .map((object, i) => planStep(object, files[region.t0 + i]![level]!, region, band));
}

function assertInside(
  title: string,
  r: Region,
  steps: number,
  { height, width }: { height: number; width: number },
): void {
  const inside = (from: number, to: number, end: number) =>
    Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= end;
  if (inside(r.t0, r.t1, steps) && inside(r.y0, r.y1, height) && inside(r.x0, r.x1, width)) return;
  throw new BadRequest(
    'region',
    `[${r.t0},${r.t1}) x [${r.y0},${r.y1}) x [${r.x0},${r.x1}) is not inside ${title} (${steps} x ${height} x ${width}).`,
  );
}

function dependenciesOf(steps: readonly StepPlan[]): Dependency[] {
  return steps
    .map((step) => ({ key: step.cells.object.key, etag: step.cells.object.etag, bytes: stepBytes(step) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
