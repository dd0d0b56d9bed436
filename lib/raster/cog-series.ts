import pLimit from 'p-limit';
import { GridMismatch, StaleInput } from '../errors.ts';
import { sameCrs } from '../grid/crs.ts';
import type { Store } from '../store/store.ts';
import { type CogOptions, type CogReader, readCogFacts, reopenCog } from './cog.ts';
import { type DatedObject, listSeries, parseFilePattern } from './file-series.ts';
import type { Layer, LayerFacts } from './layer.ts';

/** Headers that are read at a time. */
const CONCURRENCY = 16;

/**
 * Opens a series of files as one layer with a time axis, by a pattern of their names (`parseFilePattern`). Reads one
 * listing and each file's header.
 *
 * @throws MissingInput no file matches
 * @throws CorruptInput two files of one date, or a broken file
 * @throws GridMismatch files that differ in grid, type, nodata, scale, offset or unit; both are named
 */
export async function openCogSeries(store: Store, pattern: string, options: CogOptions = {}): Promise<Layer> {
  const parsed = parseFilePattern(pattern);
  const files = await listSeries(store, parsed, options.signal);
  const limit = pLimit(CONCURRENCY);
  const all = await Promise.all(files.map((file) => limit(() => factsOf(store, file, options))));
  const [first, ...others] = all as [LayerFacts, ...LayerFacts[]];
  for (const facts of others) assertAlike(first, facts);
  const bands = options.band === undefined || options.band === 1 ? '' : ` band ${options.band}`;
  const reader = first.reader as CogReader;
  return reopenCog(store, {
    ...first,
    title: pattern + bands,
    times: files.map(({ day }) => day),
    objects: all.map(({ objects }) => objects[0]!),
    reader: {
      ...reader,
      files: all.map((facts) => (facts.reader as CogReader).files[0]!),
    } satisfies CogReader,
  });
}

async function factsOf(store: Store, { object }: DatedObject, options: CogOptions): Promise<LayerFacts> {
  const facts = await readCogFacts(store, object.key, options);
  if (facts.objects[0]!.etag === object.etag) return facts;
  throw new StaleInput(`${object.key} changed while its series was opened.`);
}

function assertAlike(first: LayerFacts, other: LayerFacts): void {
  for (const [what, of] of COMPARED) {
    if (of(first) === of(other)) continue;
    throw new GridMismatch(
      `${first.title} and ${other.title} differ in ${what} (${of(first)} and ${of(other)}), so they are no series.`,
    );
  }
  if (sameCrs(first.grid.crs, other.grid.crs)) return;
  throw new GridMismatch(
    `${first.title} and ${other.title} differ in CRS (${first.grid.crs.name} and ${other.grid.crs.name}), so they are no series.`,
  );
}

/** What the steps of one layer must share; how each file is compressed and tiled is its own affair. */
const COMPARED: readonly [what: string, of: (facts: LayerFacts) => string][] = [
  ['size', ({ grid }) => `${grid.height}x${grid.width}`],
  ['georeference', ({ grid }) => grid.transform.join(' ')],
  ['cell type', ({ dtype }) => dtype],
  ['nodata', ({ nodata }) => String(nodata)],
  ['value of missing blocks', ({ reader }) => (reader as CogReader).fill],
  ['scale', ({ scale }) => String(scale)],
  ['offset', ({ offset }) => String(offset)],
  ['unit', ({ units }) => String(units)],
  [
    'overviews',
    ({ overviews }) => (overviews ?? []).map((o) => `${o.height}x${o.width}`).join(' ') || 'none',
  ],
];
