import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { daysFromCivil, daysInYear } from '../../lib/grid/time.ts';
import { dailyLai } from '../../lib/science/beps/lai.ts';
import { runSite } from '../../lib/science/beps/site.ts';
import { STATE_LENGTH } from '../../lib/science/beps/state.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import {
  bepsSources,
  cellsOf,
  type FieldName,
  LAT,
  LON,
  onCells,
  putWeather,
  weatherOf,
} from '../helpers/tiny-beps.ts';
import { planTiny, runPlanned, tinyWorld } from '../helpers/tiny-product.ts';
import { json, putV2 } from '../raster/zarr-made.ts';

const doublesOf = (bytes: Uint8Array): Float64Array => {
  const raw = zstdDecompressSync(bytes);
  return new Float64Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
};

/** Leaf area of the half-months of one year, the same everywhere. */
const LEAVES = Float64Array.from({ length: 24 }, (_, k) =>
  Math.fround(0.5 + 3 * Math.sin((Math.PI * k) / 24)),
);

async function putLeaves(store: Store, years: readonly number[]): Promise<void> {
  const times = years.flatMap((year) =>
    Array.from({ length: 24 }, (_, k) => daysFromCivil(year, (k >> 1) + 1, k % 2 === 0 ? 1 : 16)),
  );
  const cells = Float32Array.from(
    times.flatMap((_, t) => new Array<number>(LAT.length * LON.length).fill(LEAVES[t % 24]!)),
  );
  const shape = [times.length, LAT.length, LON.length];
  await putV2(store, 'leaves.zarr/lai', {
    cells,
    shape,
    dims: ['time', 'lat', 'lon'],
    attrs: { units: 'm2 m-2' },
  });
  for (const [dim, values, units] of [
    ['time', times, 'days since 1970-01-01'],
    ['lat', LAT, 'degrees_north'],
    ['lon', LON, 'degrees_east'],
  ] as const)
    await putV2(store, `leaves.zarr/${dim}`, {
      cells: Float64Array.from(values),
      shape: [values.length],
      dims: [dim],
      attrs: { units },
    });
  await store.put('leaves.zarr/.zgroup', json({ zarr_format: 2 }));
}

/** The same weather as a tower's table. */
function tableOf(y: number, x: number, years: readonly number[]) {
  const days = years.flatMap((year) =>
    Array.from({ length: daysInYear(year) }, (_, i) => [year, i + 1, daysFromCivil(year, 1, 1) + i] as const),
  );
  const column = (name: FieldName) =>
    Float64Array.from(days, ([year, doy]) => Math.fround(weatherOf(name, year, doy, y, x)));
  return {
    heads: ['tmin', 'tmax', 'rad', 'rh', 'pr', 'co2'],
    time: Float64Array.from(days, ([, , day]) => day),
    values: {
      tmin: column('tmin'),
      tmax: column('tmax'),
      rad: column('rad'),
      rh: column('rh'),
      pr: column('pr'),
      co2: new Float64Array(days.length).fill(350),
    },
  };
}

const COLUMNS = {
  tempMin: { column: 'tmin', unit: 'degC' },
  tempMax: { column: 'tmax', unit: 'K' },
  shortwave: { column: 'rad', unit: 'W m-2' },
  rh: { column: 'rh', unit: '%' },
  rain: { column: 'pr', unit: 'mm s-1' },
  co2: { column: 'co2', unit: 'ppm' },
};

describe.each(['hold', 'linear'] as const)('a cell of a map with leaf area that is %s', (lai) => {
  it('is the site run of the same weather, to 1e-12', async () => {
    const inputs = memoryStore('inputs');
    await putWeather(inputs, [1983, 1984]);
    await putLeaves(inputs, [1983, 1984]);
    const world = tinyWorld(inputs);
    const spec = onCells({
      outputs: ['gpp_d', 'nep_d', 'et_d'],
      params: {
        tiles: { types: ['DBF'] },
        beps: { lai },
        spinUp: { from: 1983, to: 1984 },
      },
      sources: bepsSources({
        lai: { zarr: 'leaves.zarr', variable: 'lai' },
        landcover: { constant: 'DBF' },
      }),
    });
    expect((await runPlanned(world, await planTiny(world, spec))).state).toBe('complete');
    const leaves = dailyLai(Float64Array.from([...LEAVES, ...LEAVES]), lai);
    const first = daysFromCivil(1983, 1, 1);
    const leap = daysFromCivil(1984, 2, 29);
    const site = runSite(tableOf(1, 1, [1983, 1984]), {
      pft: 'DBF',
      latDeg: LAT[1]!,
      texture: { clay: 20, silt: 40 },
      columns: COLUMNS,
      lai: (day) => leaves[day - first - (day > leap ? 1 : 0)]!,
    });
    const object = await world.store.get('products/tiny/state/tiles/1/0/0');
    const cell = 3; // row 1, column 1 of 2 x 2
    const state = doublesOf(object!.bytes).subarray(cell * STATE_LENGTH, (cell + 1) * STATE_LENGTH);
    const last = site.states.subarray(site.states.length - STATE_LENGTH);
    for (const [i, value] of state.entries())
      expect(Math.abs(value - last[i]!)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(last[i]!)));
    for (const [name, series] of [
      ['gpp_d', site.gpp],
      ['nep_d', site.nep],
      ['et_d', site.et],
    ] as const) {
      const cells = await cellsOf(world.store, name);
      const worst = series.reduce((most, value, d) => Math.max(most, Math.abs(cells[6 * d + 4]! - value)), 0);
      expect(worst, name).toBeLessThan(1e-6); // single precision
    }
  });
});
