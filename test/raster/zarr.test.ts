import { describe, expect, it } from 'vitest';
import { CorruptInput, MissingInput, NotFound, StaleInput, UnsupportedInput } from '../../lib/errors.ts';
import { crsByName } from '../../lib/grid/crs.ts';
import { openZarr, reopenZarr } from '../../lib/raster/zarr.ts';
import { countingStore } from '../../lib/store/counting.ts';
import { memoryStore } from '../../lib/store/memory.ts';
import { ALL, allCells, cellValue, json, LAT, LON, madeCube, putV2 } from './zarr-made.ts';

const close = (value: number) => expect.closeTo(value, 9);

describe('opening', () => {
  it('gives rows from the top, columns and steps of a ragged cube', async () => {
    const layer = await openZarr(await madeCube(), 'cube', 't2m');
    expect(layer.facts).toMatchObject({ title: 'cube/t2m', units: 'K', times: [18_993, 19_024, 19_052] });
    expect(layer.facts.block).toEqual({ t: 2, y: 4, x: 4 });
    expect(layer.facts.grid.transform).toEqual([close(0.1), 0, close(113), 0, close(-0.1), close(23)]);
    expect([...(await layer.read(ALL)).cells]).toEqual(allCells());
  });

  it('turns rows stored from south to north', async () => {
    const store = await madeCube({
      lat: LAT.toReversed(),
      value: (t, row, col) => cellValue(t, 4 - row, col),
    });
    const layer = await openZarr(store, 'cube', 't2m');
    expect(layer.facts.grid.transform).toEqual([close(0.1), 0, close(113), 0, close(-0.1), close(23)]);
    expect([...(await layer.read(ALL)).cells]).toEqual(allCells());
    const window = await layer.read({ t0: 2, t1: 3, y0: 1, y1: 3, x0: 2, x1: 4 });
    expect([...window.cells]).toEqual([212, 213, 222, 223]);
    expect(layer.dependencies({ t0: 2, t1: 3, y0: 0, y1: 1, x0: 0, x1: 1 })).toMatchObject([
      { key: 'cube/t2m/1.1.0' },
    ]);
  });

  it('turns columns stored from east to west', async () => {
    const store = await madeCube({
      lon: LON.toReversed(),
      value: (t, row, col) => cellValue(t, row, 5 - col),
    });
    const layer = await openZarr(store, 'cube', 't2m');
    expect(layer.facts.grid.transform[0]).toBeCloseTo(0.1, 9);
    expect([...(await layer.read(ALL)).cells]).toEqual(allCells());
  });

  it('transposes an array stored as longitude, time, latitude', async () => {
    const store = await madeCube();
    const cells = Float32Array.from({ length: 90 }, (_, i) =>
      cellValue(Math.floor(i / 5) % 3, i % 5, Math.floor(i / 15)),
    );
    await putV2(store, 'cube/xty', {
      cells,
      shape: [6, 3, 5],
      chunks: [4, 2, 2],
      dims: ['lon', 'time', 'lat'],
    });
    const layer = await openZarr(store, 'cube', 'xty');
    expect(layer.facts.block).toEqual({ t: 2, y: 2, x: 4 });
    expect([...(await layer.read(ALL)).cells]).toEqual(allCells());
  });

  it('leaves longitudes from 0 to 360 as they are stored', async () => {
    const layer = await openZarr(await madeCube({ lon: [0, 60, 120, 180, 240, 300] }), 'cube', 't2m');
    expect(layer.facts.grid.transform.slice(0, 3)).toEqual([60, 0, -30]);
  });

  it('unrolls longitudes that jump at the date line', async () => {
    const layer = await openZarr(await madeCube({ lon: [177, 178, 179, -180, -179, -178] }), 'cube', 't2m');
    expect(layer.facts.grid.transform.slice(0, 3)).toEqual([1, 0, 176.5]);
  });

  it('gives a map without a time dimension no times', async () => {
    const store = await madeCube();
    await putV2(store, 'cube/map', {
      cells: Float32Array.from(allCells().slice(0, 30)),
      shape: [5, 6],
      dims: ['lat', 'lon'],
    });
    const layer = await openZarr(store, 'cube', 'map');
    expect(layer.facts.times).toBeUndefined();
    expect([...(await layer.read({ ...ALL, t1: 1 })).cells]).toEqual(allCells().slice(0, 30));
  });

  it('holds other dimensions at the index that is selected, and asks for it', async () => {
    const store = await madeCube();
    const cells = Float32Array.from({ length: 60 }, (_, i) => i);
    await putV2(store, 'cube/deep', {
      cells,
      shape: [2, 5, 6],
      chunks: [1, 5, 6],
      dims: ['level', 'lat', 'lon'],
    });
    await expect(openZarr(store, 'cube', 'deep')).rejects.toThrow(
      'dimension "level" has 2 entries; say which one: select: { level: 0 }',
    );
    await expect(openZarr(store, 'cube', 'deep', { select: { level: 2 } })).rejects.toThrow('outside 0..1');
    const layer = await openZarr(store, 'cube', 'deep', { select: { level: 1 } });
    expect((await layer.read({ ...ALL, t1: 1, y1: 1, x1: 2 })).cells).toEqual(Float32Array.of(30, 31));
    expect(layer.dependencies({ ...ALL, t1: 1 }).map(({ key }) => key)).toEqual(['cube/deep/1.0.0']);
  });

  it('names the arrays that there are when the variable is not among them', async () => {
    const store = await madeCube();
    const metadata = { '.zgroup': { zarr_format: 2 }, 't2m/.zarray': {}, 'lat/.zarray': {} };
    await store.put('cube/.zmetadata', json({ metadata, zarr_consolidated_format: 1 }));
    await expect(openZarr(store, 'cube', 't2n')).rejects.toThrow(NotFound);
    await expect(openZarr(store, 'cube', 't2n')).rejects.toThrow(
      'no array cube/t2n. The group has t2m, lat.',
    );
    await expect(openZarr(store, 'nowhere', 't2m')).rejects.toThrow('no Zarr group or array at "nowhere"');
  });

  it('refuses uneven coordinates, naming the entry', async () => {
    const open = openZarr(await madeCube({ lat: [22.95, 22.85, 22.7, 22.65, 22.55] }), 'cube', 't2m');
    await expect(open).rejects.toThrow(UnsupportedInput);
    await expect(open).rejects.toThrow('lat: not evenly spaced: entry 2 is 22.7');
  });

  it('takes coordinates rounded to float32 for even', async () => {
    const lon = Array.from({ length: 6 }, (_, i) => Math.fround(179.97 + i / 240));
    const { facts } = await openZarr(await madeCube({ lon }), 'cube', 't2m');
    expect(facts.grid.transform[0]).toBeCloseTo(1 / 240, 5);
  });

  it('takes the CRS that the caller knows where the file says none', async () => {
    const store = await madeCube();
    await putV2(store, 'cube/y', { cells: Float64Array.of(5e6, 4.9e6), shape: [2], dims: ['y'] });
    await putV2(store, 'cube/x', { cells: Float64Array.of(3e5, 4e5), shape: [2], dims: ['x'] });
    await putV2(store, 'cube/dem', { cells: Float32Array.of(1, 2, 3, 4), shape: [2, 2], dims: ['y', 'x'] });
    await expect(openZarr(store, 'cube', 'dem')).rejects.toThrow('no CRS');
    const { facts } = await openZarr(store, 'cube', 'dem', { crs: crsByName('EPSG:32632') });
    expect(facts.grid.transform).toEqual([1e5, 0, 2.5e5, 0, -1e5, 5.05e6]);
  });
});

describe('times', () => {
  const timesOf = async (times: readonly number[], timeAttrs: Record<string, unknown>) =>
    (await openZarr(await madeCube({ times, timeAttrs }), 'cube', 't2m')).facts.times;

  it('decodes hours since 1900 and the real dates of a calendar without leap days', async () => {
    const hours = { units: 'hours since 1900-01-01 00:00:00.0', calendar: 'gregorian' };
    expect(await timesOf([613_608, 613_620, 613_632], hours)).toEqual(
      [0, 0.5, 1].map((d) => d + 0 + 613_608 / 24 - 25_567),
    );
    const noleap = { units: 'days since 2000-01-01', calendar: 'noleap' };
    expect(await timesOf([0, 58, 59], noleap)).toEqual([10_957, 11_015, 11_017]); // 28 February, 1 March
  });

  it('refuses a calendar whose dates are not real, naming the variable', async () => {
    const open = timesOf([0, 30, 60], { units: 'days since 2000-01-01', calendar: '360_day' });
    await expect(open).rejects.toThrow(UnsupportedInput);
    await expect(open).rejects.toThrow(/cube\/t2m: time: calendar "360_day"/);
  });

  it('refuses months as units, times without units and times that do not run forwards', async () => {
    await expect(timesOf([0, 1, 2], { units: 'months since 2000-01-01' })).rejects.toThrow('months since');
    await expect(timesOf([0, 1, 2], { units: '1' })).rejects.toThrow('"1"');
    await expect(timesOf([0, 2, 1], {})).rejects.toThrow(CorruptInput);
    await expect(timesOf([0, 1, 1], {})).rejects.toThrow('entry 2');
  });

  it('does not take a fill value among the times for a date', async () => {
    await expect(timesOf([0, 1, 9e36], { _FillValue: 9e36 })).rejects.toThrow('entry 2');
  });

  it('reads 64-bit integer hours', async () => {
    const store = await madeCube();
    await putV2(store, 'cube/time', {
      cells: BigInt64Array.of(24n, 48n, 72n),
      shape: [3],
      dims: ['time'],
      attrs: { units: 'hours since 1970-01-01' },
    });
    expect((await openZarr(store, 'cube', 't2m')).facts.times).toEqual([1, 2, 3]);
  });
});

describe('coordinates', () => {
  it('takes a time that was not stored because it is the fill value', async () => {
    const store = await madeCube({ times: [0], chunks: [1, 4, 4] });
    await putV2(store, 'cube/time', {
      cells: Int32Array.of(0),
      shape: [1],
      dims: ['time'],
      attrs: { units: 'days since 2022-01-01' },
      fill: 0,
    });
    await store.delete('cube/time/0');
    expect((await openZarr(store, 'cube', 't2m')).facts.times).toEqual([18_993]);
  });

  it('does not take a lost chunk of a coordinate for zeros', async () => {
    const store = await madeCube();
    await putV2(store, 'cube/lat', {
      cells: Float64Array.from(LAT),
      shape: [5],
      dims: ['lat'],
      attrs: { units: 'degrees_north' },
      fill: 0,
    });
    await store.delete('cube/lat/0');
    await expect(openZarr(store, 'cube', 't2m')).rejects.toThrow('cube/t2m: lat: not evenly spaced');
  });

  it('refuses 64-bit integers that a double cannot hold, but takes the least one as a mark', async () => {
    const store = await madeCube();
    const put = (value: bigint) =>
      putV2(store, 'cube/count', {
        cells: new BigInt64Array(30).fill(value),
        shape: [5, 6],
        dims: ['lat', 'lon'],
      });
    const read = async () =>
      (await (await openZarr(store, 'cube', 'count')).read({ ...ALL, t1: 1 })).cells[0];
    await put(2n ** 53n + 1n);
    await expect(read()).rejects.toThrow('cube/count/0.0: 9007199254740993 has no double');
    await put(-(2n ** 63n));
    expect(await read()).toBe(-(2 ** 63));
  });
});

describe('objects', () => {
  it('reads a window from the chunks that it touches alone', async () => {
    const counting = countingStore(await madeCube());
    const layer = await openZarr(counting.store, 'cube', 't2m');
    counting.take();
    await layer.read({ t0: 0, t1: 3, y0: 0, y1: 4, x0: 4, x1: 6 });
    expect(counting.take()).toMatchObject({ get: 2, list: 0 });
  });

  it('opens from consolidated metadata with one document, three coordinates and one listing', async () => {
    const store = await madeCube();
    const metadata: Record<string, unknown> = { '.zgroup': { zarr_format: 2 } };
    for await (const { key } of store.list('cube/')) {
      if (!/\.z(array|attrs)$/.test(key)) continue;
      const object = await store.get(key);
      metadata[key.slice(5)] = JSON.parse(new TextDecoder().decode(object!.bytes));
    }
    await store.put('cube/.zmetadata', json({ metadata, zarr_consolidated_format: 1 }));
    const counting = countingStore(store);
    await openZarr(counting.store, 'cube', 't2m');
    // zarr.json is asked for first, then .zmetadata, .zgroup and .zarray at once.
    expect(counting.take()).toMatchObject({ get: 4 + 3, list: 1 });
  });

  it('lists dependencies in key order with the versions of one listing', async () => {
    const layer = await openZarr(await madeCube(), 'cube', 't2m');
    const all = layer.dependencies(ALL);
    expect(all.map(({ key }) => key.slice('cube/t2m/'.length))).toEqual([
      '0.0.0',
      '0.0.1',
      '0.1.0',
      '0.1.1',
      '1.0.0',
      '1.0.1',
      '1.1.0',
      '1.1.1',
    ]);
    expect(all.every(({ etag, bytes }) => etag && bytes > 0)).toBe(true);
    expect(layer.facts.objects.map(({ key }) => key)).toEqual(all.map(({ key }) => key));
  });

  it('opens again in a worker from plain JSON without a request', async () => {
    const store = await madeCube({
      lat: LAT.toReversed(),
      value: (t, row, col) => cellValue(t, 4 - row, col),
    });
    const { facts } = await openZarr(store, 'cube', 't2m');
    const counting = countingStore(store);
    const layer = reopenZarr(counting.store, JSON.parse(JSON.stringify(facts)));
    expect(layer.dependencies(ALL)).toHaveLength(8);
    expect(counting.take()).toMatchObject({ get: 0, list: 0, head: 0 });
    expect([...(await layer.read(ALL)).cells]).toEqual(allCells());
  });

  it('names a chunk that is not there, keeps it apart from nodata, and fills it only when told to', async () => {
    const store = await madeCube();
    await store.delete('cube/t2m/0.0.1');
    const strict = await openZarr(store, 'cube', 't2m');
    expect(strict.dependencies({ ...ALL, t1: 1, y1: 1 })).toEqual([
      { key: 'cube/t2m/0.0.0', etag: expect.any(String), bytes: expect.any(Number) },
      { key: 'cube/t2m/0.0.1', bytes: 0 },
    ]);
    await expect(strict.read(ALL)).rejects.toThrow(MissingInput);
    await expect(strict.read(ALL)).rejects.toThrow('cube/t2m: chunk cube/t2m/0.0.1 is not there');
    const filled = await openZarr(store, 'cube', 't2m', { absentChunks: 'fill' });
    const row = (await filled.read({ ...ALL, t1: 1, y1: 1 })).cells;
    expect([...row]).toEqual([0, 1, 2, 3, Number.NaN, Number.NaN]);
  });

  it('refuses to fill integers when no fill value says with what', async () => {
    const store = await madeCube();
    await putV2(store, 'cube/code', { cells: new Uint8Array(30), shape: [5, 6], dims: ['lat', 'lon'] });
    await store.delete('cube/code/0.0');
    const layer = await openZarr(store, 'cube', 'code', { absentChunks: 'fill' });
    await expect(layer.read({ ...ALL, t1: 1 })).rejects.toThrow('no fill_value');
  });

  it('says so when a chunk was replaced or removed after it was listed', async () => {
    const store = await madeCube();
    const layer = await openZarr(store, 'cube', 't2m');
    const other = await store.get('cube/t2m/0.1.0');
    await store.put('cube/t2m/0.0.0', other!.bytes);
    await expect(layer.read({ ...ALL, t1: 1, y1: 1, x1: 1 })).rejects.toThrow(StaleInput);
    await store.delete('cube/t2m/1.0.0');
    await expect(layer.read({ ...ALL, t0: 2, y1: 1, x1: 1 })).rejects.toThrow('was listed and is gone now');
  });

  it('stops at an abort and refuses windows outside the array', async () => {
    const layer = await openZarr(await madeCube(), 'cube', 't2m');
    await expect(layer.read(ALL, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
    await expect(layer.read({ ...ALL, y1: 6 })).rejects.toThrow(RangeError);
  });

  it('gives an empty window no cells and no dependencies', async () => {
    const layer = await openZarr(await madeCube(), 'cube', 't2m');
    const none = { ...ALL, x0: 3, x1: 3 };
    expect((await layer.read(none)).cells).toHaveLength(0);
    expect(layer.dependencies(none)).toEqual([]);
  });

  it('does not count neighbours with a longer name as chunks', async () => {
    const store = await madeCube();
    await store.put('cube/t2m_old/0.0.0', new Uint8Array(4));
    await store.put('cube/t2m/0.0.0.tmp', new Uint8Array(4));
    expect((await openZarr(store, 'cube', 't2m')).facts.objects).toHaveLength(8);
  });
});

it('reads metadata with the bare NaN that Python writes', async () => {
  const store = memoryStore();
  await store.put('a/.zgroup', json({ zarr_format: 2 }));
  const text =
    '{"zarr_format":2,"shape":[2],"chunks":[2],"dtype":"<f4","compressor":null,"fill_value":NaN,"filters":null,"order":"C"}';
  await store.put('a/v/.zarray', new TextEncoder().encode(text));
  await store.put(
    'a/v/.zattrs',
    new TextEncoder().encode('{"note":"NaN and Infinity stay \\"NaN\\"","bound":-Infinity}'),
  );
  await expect(openZarr(store, 'a', 'v')).rejects.toThrow('dimensions have no names');
});
