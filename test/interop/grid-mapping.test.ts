import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { crsByName } from '../../lib/grid/crs.ts';
import { DEFINITIONS } from '../../lib/grid/crs-table.ts';
import { gridMapping } from '../../lib/raster/geozarr.ts';
import { PYTHON_HINT, pythonWith } from '../helpers/python.ts';

const python = pythonWith('pyproj');
const script = fileURLToPath(new URL('check_mappings.py', import.meta.url));

describe.skipIf(!python)(`CF grid mappings in PROJ (${PYTHON_HINT})`, () => {
  it('say the same projection as the WKT beside them, to a millimetre', () => {
    const names = [...Object.keys(DEFINITIONS), 'EPSG:32650', 'EPSG:32733'];
    const mappings = names.map((name) => {
      const grid = { crs: crsByName(name), transform: [1, 0, 0, 0, -1, 0] as const, height: 1, width: 1 };
      const { crs_wkt: wkt, spatial_ref: _, GeoTransform: __, ...cf } = gridMapping(grid);
      return [name, { wkt, cf }] as const;
    });
    const input = JSON.stringify(Object.fromEntries(mappings));
    const { stdout, stderr } = spawnSync(python!, [script], { input, encoding: 'utf8' });
    const apart = Object.entries(
      JSON.parse(stdout || JSON.stringify({ [stderr]: 1 })) as Record<string, number | null>,
    );
    expect(apart.length).toBe(names.length);
    expect(apart.filter(([, metres]) => metres !== null && metres > 1e-3)).toEqual([]);
    // CF has no double stereographic and no Swiss oblique Mercator: crs_wkt alone tells them.
    expect(apart.filter(([, metres]) => metres === null).map(([name]) => name)).toEqual([
      'EPSG:28992',
      'EPSG:2056',
    ]);
  }); // pyproj looks for an operation for every pair
});
