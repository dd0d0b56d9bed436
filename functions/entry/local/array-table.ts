import type { ArrayDescription } from '../../../lib/raster/zarr-describe.ts';
import { type Column, type TableOptions, textTable } from '../../../lib/view/text-table.ts';

const COLUMNS: readonly Column<ArrayDescription>[] = [
  { head: 'array', align: 'left', text: ({ name }) => name || '.' },
  { head: 'dimensions', align: 'left', text: ({ dims }) => dims.join(' ') },
  { head: 'shape', align: 'left', text: ({ shape }) => shape.join(' x ') },
  { head: 'chunk', align: 'left', text: ({ chunk }) => chunk.join(' x ') },
  { head: 'type', align: 'left', text: ({ dtype }) => dtype ?? '' },
  { head: 'units', align: 'left', text: ({ units }) => units ?? '' },
  {
    head: 'name',
    align: 'left',
    shrinkTo: 16,
    text: ({ longName, problem }) => (problem ? `not read, see below` : (longName ?? '')),
  },
];

/** The arrays of a Zarr group, a line each; why some cannot be read stands below. */
export function arrayTable(arrays: readonly ArrayDescription[], options: TableOptions = {}): string {
  const problems = arrays.flatMap(({ problem }) => problem ?? []);
  return [textTable(COLUMNS, arrays, options), ...problems].join('\n');
}
