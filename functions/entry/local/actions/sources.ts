import { NotFound } from '../../../../lib/errors.ts';
import { type Checksums, checksumOf, readChecksums, takeChecksums } from '../../../../lib/job/checksums.ts';
import {
  type InputObject,
  inputObjects,
  newestRunOf,
  readPlannedInputs,
} from '../../../../lib/job/input-objects.ts';
import { allWindows } from '../../../../lib/job/product.ts';
import { isWritten } from '../../../../lib/job/spec.ts';
import { type Column, textTable } from '../../../../lib/view/text-table.ts';
import { EXIT } from '../exit.ts';
import { openJob, stopOnInterrupt } from '../open-job.ts';
import { tableOptions } from '../terminal.ts';

export interface Options {
  readonly checksum?: boolean;
  readonly list?: boolean;
  readonly json?: boolean;
}

interface Row {
  readonly name: string;
  readonly objects: readonly (InputObject & { readonly sha256?: string })[];
}

export async function showSources(specPath: string, options: Options, store: string): Promise<void> {
  const { spec, world } = await openJob(specPath, store, stopOnInterrupt());
  const run = await newestRunOf(world, spec.product);
  const planned = run && (await readPlannedInputs(world, run));
  if (!planned) throw new NotFound(`no plan of ${spec.product} is kept; make one by chunkflux run`);
  const every = inputObjects(planned, allWindows(planned.product));
  const read = Object.entries(planned.plan.spec.sources).filter(([, source]) => !isWritten(source));
  const found = Object.fromEntries(read.map(([name]) => [name, every[name] ?? []]));
  const all = Object.values(found).flat();
  const taken = options.checksum ? await takeChecksums(world, spec.product, all) : undefined;
  const rows = rowsOf(found, taken?.checksums ?? (await readChecksums(world, spec.product)));
  const none = rows.every(({ objects }) => objects.every(({ sha256 }) => !sha256));
  if (options.list && none) console.error('No SHA-256 is known yet: --checksum takes them.');
  else console.log(options.json ? JSON.stringify(rows, null, 2) : options.list ? list(rows) : table(rows));
  for (const key of taken?.changed ?? []) console.error(`${key} is no longer what ${run} read`);
  if (taken?.changed.length) process.exitCode = EXIT.incomplete;
}

const rowsOf = (found: Readonly<Record<string, readonly InputObject[]>>, checksums: Checksums): Row[] =>
  Object.entries(found).map(([name, objects]) => ({
    name,
    objects: objects.map((object) => {
      const sha256 = checksumOf(checksums, object);
      return { ...object, ...(sha256 && { sha256 }) };
    }),
  }));

/** Sources may share objects: each once. */
const list = (rows: readonly Row[]): string =>
  [
    ...new Set(
      rows.flatMap(({ objects }) =>
        objects.flatMap(({ key, sha256 }) => (sha256 ? [`${sha256}  ${key}`] : [])),
      ),
    ),
  ].join('\n');

const table = (rows: readonly Row[]): string => textTable(COLUMNS, rows, tableOptions());

const COLUMNS: readonly Column<Row>[] = [
  { head: 'source', align: 'left', text: ({ name }) => name },
  { head: 'objects', align: 'right', text: ({ objects }) => String(objects.length) },
  { head: 'MB', align: 'right', text: ({ objects }) => (sizeOf(objects) / 1e6).toFixed(1) },
  {
    head: 'with SHA-256',
    align: 'right',
    text: ({ objects }) => String(objects.filter(({ sha256 }) => sha256).length),
  },
  {
    head: 'missing',
    align: 'right',
    text: ({ objects }) => String(objects.filter(({ etag }) => !etag).length),
  },
];

const sizeOf = (objects: Row['objects']): number => objects.reduce((sum, { size = 0 }) => sum + size, 0);
