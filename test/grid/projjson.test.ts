import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { crsByName } from '../../lib/grid/crs.ts';
import { projJson } from '../../lib/grid/projjson.ts';
import { PYTHON_HINT, pythonWith } from '../helpers/python.ts';

const python = pythonWith('pyproj');
const NAMES = ['EPSG:4326', 'EPSG:32632', 'EPSG:3035', 'modis-sinusoidal', 'EPSG:5070'];

describe('a CRS as PROJJSON', () => {
  it('names the method and parameters of a sinusoidal sphere', () => {
    expect(projJson(crsByName('modis-sinusoidal').wkt)).toMatchObject({
      type: 'ProjectedCRS',
      base_crs: { datum: { ellipsoid: { radius: 6371007.181 } } },
      conversion: { method: { name: 'Sinusoidal' } },
      coordinate_system: { subtype: 'Cartesian', axis: [{ direction: 'east' }, { direction: 'north' }] },
    });
  });

  it.skipIf(!python)(`is the same CRS to PROJ as its WKT${python ? '' : PYTHON_HINT}`, () => {
    const script = [
      'import json, sys',
      'from pyproj import CRS, Transformer',
      'out = []',
      'for wkt, projjson in json.load(sys.stdin):',
      '    a, b = CRS.from_wkt(wkt), CRS.from_json_dict(projjson)',
      '    places = [(7.1, 51.2), (12.4, 47.9), (10, 60)]',
      '    moved = [[Transformer.from_crs("OGC:CRS84", c, always_xy=True).transform(*p) for p in places] for c in (a, b)]',
      '    out.append(moved)',
      'print(json.dumps(out))',
    ].join('\n');
    const pairs = NAMES.map((name) => crsByName(name).wkt).map((wkt) => [wkt, projJson(wkt)]);
    const found = JSON.parse(
      execFileSync(python!, ['-W', 'ignore', '-c', script], {
        input: JSON.stringify(pairs),
        encoding: 'utf8',
      }),
    ) as [number[][], number[][]][];
    expect(found.length).toBe(NAMES.length);
    for (const [i, [byWkt, byJson]] of found.entries())
      expect(byJson, NAMES[i]).toEqual(byWkt.map((place) => place.map((v) => expect.closeTo(v, 6))));
  });
});
