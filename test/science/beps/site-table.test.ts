import { describe, expect, it } from 'vitest';
import { BadRequest, CorruptInput, MissingInput } from '../../../lib/errors.ts';
import { daysFromCivil } from '../../../lib/grid/calendar.ts';
import { FLAG } from '../../../lib/science/beps/forcing.ts';
import { runSite } from '../../../lib/science/beps/site.ts';
import { checkNeeded, findColumns } from '../../../lib/science/beps/site-columns.ts';
import { daysOfTable, extremesOf } from '../../../lib/science/beps/site-days.ts';
import { laiOfTable } from '../../../lib/science/beps/site-lai.ts';
import { readSiteTable } from '../../../lib/science/beps/site-table.ts';
import { daytimeTemp, nightTemp, relativeHumidity, saturationKPa } from '../../../lib/science/sun.ts';
import { daysOf, hourly, request } from './hourly.ts';

describe('A table of hours becomes days', () => {
  it('takes extremes of temperature, the mean light and the mean rate of rain', () => {
    const { forcing, days } = daysOf(hourly('2013-06-01', 3));
    expect([...days]).toEqual([0, 1, 2].map((d) => daysFromCivil(2013, 6, 1) + d));
    expect([...forcing.doy]).toEqual([152, 153, 154]);
    expect(forcing.tempMinC[1]).toBeCloseTo(10, 12);
    expect(forcing.tempMaxC[1]).toBeCloseTo(20, 12);
    const light = Array.from({ length: 24 }, (_, h) =>
      Math.max(0, 700 * Math.cos((2 * Math.PI * (h - 12)) / 24)),
    );
    expect(forcing.shortwaveMJ[1]).toBeCloseTo((light.reduce((a, b) => a + b, 0) * 3600) / 1e6, 9);
    expect([forcing.rainMm[1], forcing.lai[1], forcing.co2Ppm[1]]).toEqual([2, 3, 390]);
    expect(forcing.humidity[1]).toBeCloseTo(0.6, 12);
  });

  it('moves UTC to local time before it cuts days', () => {
    const at120E = hourly('2013-06-01', 3, 4);
    const local = daysOf(at120E, { clockOffsetHours: 8 });
    expect(local.days).toHaveLength(4);
    expect(Number.isNaN(local.forcing.tempMinC[0]!)).toBe(true); // 16 of 24 rows
    expect(local.forcing.shortwaveMJ[1]).toBeCloseTo(
      daysOf(hourly('2013-06-01', 3)).forcing.shortwaveMJ[1]!,
      9,
    );
  });

  it('leaves out 29 February and counts it', () => {
    const { forcing, leapDays } = daysOf(hourly('2012-02-27', 5));
    expect(leapDays).toBe(1);
    expect([...forcing.doy]).toEqual([58, 59, 60, 61]);
    expect([...daysOf(hourly('2012-12-30', 3)).forcing.doy]).toEqual([364, 365, 1]);
  });

  it('has a gap where more than a tenth of a day is missing, and no gap below', () => {
    const missing = (hours: number, fill: number | string) =>
      daysOf(
        hourly(
          '2013-06-01',
          2,
          12,
          (row): Record<string, number | string> => (row >= 24 && row < 24 + hours ? { light: fill } : {}),
        ),
      ).forcing.shortwaveMJ;
    for (const fill of [-9999, 'NA', -999, 1e20, '']) {
      expect(missing(2, fill)[1]).toBeGreaterThan(0);
      expect(missing(3, fill)[1]).toBeNaN();
      expect(missing(3, fill)[0]).toBeGreaterThan(0);
    }
  });

  it('puts a day that is not there in its place, as a gap', () => {
    const table = hourly('2013-06-01', 4);
    const kept = table.time.map((_, row) => (row >= 24 && row < 48 ? 0 : 1));
    const cut = {
      ...table,
      time: table.time.filter((_, row) => kept[row] === 1),
      values: Object.fromEntries(
        Object.entries(table.values).map(([head, values]) => [
          head,
          values.filter((_, row) => kept[row] === 1),
        ]),
      ),
    };
    const result = runSite(cut, request);
    expect(result.dates).toEqual(['2013-06-01', '2013-06-02', '2013-06-03', '2013-06-04']);
    expect(result.absent).toBe(1);
    expect([...result.flag].map((flag) => flag & FLAG.gap)).toEqual([0, 1, 0, 0]);
    expect([...result.gpp].map(Number.isNaN)).toEqual([false, true, false, false]);
  });

  it('reads semicolons, tabs and cells in quotes as it reads commas', () => {
    const rows = [
      ['TIMESTAMP', 'lai', '"site, name"'],
      ['20130601', '2.5', '"Laon; France"'],
      ['20130602', '-9999', '""'],
    ];
    for (const mark of [',', ';', '\t']) {
      const { values, heads } = readSiteTable(`${rows.map((row) => row.join(mark)).join('\r\n')}\r\n\r\n`);
      expect(heads).toEqual(['TIMESTAMP', 'lai', 'site, name']);
      expect([...values.lai!]).toEqual([2.5, Number.NaN]);
    }
  });

  it('takes FLUXNET’s rain as the sum of a row, of half an hour or of a day', () => {
    const table = (stamps: readonly string[], heads: string) => {
      const cells = stamps.map((stamp) => `${stamp},15,10,20,200,5,400,0.5,3`);
      return readSiteTable([`TIMESTAMP,TA_F,${heads},SW_IN_F,VPD_F,CO2_F_MDS,P_F,lai`, ...cells].join('\n'));
    };
    const rain = (read: ReturnType<typeof table>) =>
      daysOfTable(read, findColumns(read.heads)).forcing.rainMm[0];
    const halfHours = Array.from(
      { length: 48 },
      (_, i) => `20130601${String(i >> 1).padStart(2, '0')}${i % 2 === 0 ? '00' : '30'}`,
    );
    expect(rain(table(halfHours, 'temp_min_degC,temp_max_degC'))).toBeCloseTo(24, 12);
    expect(rain(table(['20130601', '20130602'], 'temp_min_degC,temp_max_degC'))).toBeCloseTo(0.5, 12);
  });

  it('reads humidity in three ways', () => {
    const of = (head: string, values: Record<string, string | number>) => {
      const row = {
        time: '2013-06-01',
        temp_min_degC: 10,
        temp_max_degC: 20,
        shortwave_MJ_m2_d: 20,
        lai: 3,
        ...values,
      };
      const table = readSiteTable(`${Object.keys(row).join(',')}\n${Object.values(row).join(',')}`, head);
      return daysOfTable(table, findColumns(table.heads)).forcing.humidity[0]!;
    };
    expect(of('rh', { rh_pct: 55 })).toBeCloseTo(0.55, 12);
    expect(of('vpd', { vpd_hPa: 5 })).toBeCloseTo(1 - 0.5 / saturationKPa(15), 12);
    expect(of('q', { specific_humidity_kg_kg: 0.006, pressure_Pa: 95_000 })).toBeCloseTo(
      relativeHumidity(0.006, 15, 95),
      12,
    );
  });

  it('turns means of day and night into the extremes that give them again', () => {
    for (const [day, night] of [
      [18, 9],
      [-3, -11.5],
      [5, 5],
    ] as const) {
      const [low, high] = extremesOf(day, night);
      const tempDay = daytimeTemp(0.5 * (low + high), high);
      expect(tempDay).toBeCloseTo(day, 12);
      expect(nightTemp(tempDay, low)).toBeCloseTo(night, 12);
    }
    expect(extremesOf(5, 7)).toEqual([5, 5]);
    const csv = 'TIMESTAMP,TA_F_DAY,TA_F_NIGHT,SW_IN_F,VPD_F,lai\n20130601,18,9,200,5,3';
    const table = readSiteTable(csv);
    const { forcing } = daysOfTable(table, findColumns(table.heads));
    expect([forcing.tempMinC[0], forcing.tempMaxC[0]]).toEqual(extremesOf(18, 9));
    expect(forcing.humidity[0]).toBeGreaterThan(0.5);
  });

  it('takes leaf area from a table of its own, held or along a line', () => {
    const table = readSiteTable('date,lai\n2013-06-01,1\n2013-06-11,-9999\n2013-06-21,3', 'lai.csv');
    const day = (date: number) => daysFromCivil(2013, 6, date);
    const at = (form: 'hold' | 'linear') =>
      [1, 11, 20, 21, 30].map((date) => laiOfTable(table, form)(day(date)));
    expect(at('hold')).toEqual([1, 1, 1, 3, 3]);
    expect(at('linear')).toEqual([1, 2, 2.9, 3, 3]);
    expect(laiOfTable(table)(day(1) - 300)).toBe(1);
    expect(() => laiOfTable(readSiteTable('date,leaf\n2013-06-01,1', 'l.csv'))).toThrow(
      /l\.csv: .*no column "lai"/,
    );
    expect(() => laiOfTable(readSiteTable('date,lai\n2013-06-01,NA', 'l.csv'))).toThrow(
      /no value of leaf area/,
    );
    expect(() => laiOfTable(readSiteTable('date,lai\n2013-06-01,many', 'l.csv'))).toThrow(
      /line 2, column "lai": "many" is no number/,
    );
  });

  it('reads leaf area from fAPAR by Beer’s law and keeps it finite', () => {
    const at = (fapar: number) => {
      const table = readSiteTable(
        `time,temp_min_degC,temp_max_degC,shortwave_MJ_m2_d,rh_pct,fapar\n2013-06-01,10,20,20,60,${fapar}`,
      );
      return daysOfTable(table, findColumns(table.heads)).forcing.lai[0]!;
    };
    expect(at(0.632120558828558)).toBeCloseTo(2, 9);
    expect(at(0)).toBe(-0);
    expect(Number.isFinite(at(1))).toBe(true);
  });
});

describe('A table that cannot be read is refused by name', () => {
  it.each([
    ['no column of time', 'day,lai\n1,2', /no column of time/],
    ['a head line and no rows', 'time,lai\n', /no rows/],
    ['a line with too many cells', 'time,lai\n2013-06-01,2,3', /line 2: 3 cells under 2 heads/],
    ['a date that is none', 'time,lai\n2013-02-30,2', /line 2: "2013-02-30" is no date/],
    ['rows out of order', 'time,lai\n2013-06-02,2\n2013-06-01,2', /line 3: 2013-06-01 is not after/],
    ['a row twice', 'time,lai\n2013-06-01,2\n2013-06-01,2', /line 3/],
  ])('%s', (_, csv, message) => {
    expect(() => readSiteTable(csv, 'f.csv')).toThrow(CorruptInput);
    expect(() => readSiteTable(csv, 'f.csv')).toThrow(message);
  });

  it('refuses rows of months', () => {
    const months = readSiteTable('TIMESTAMP,TA_F\n201301,1\n201302,2\n201303,4', 'f.csv');
    expect(() => daysOfTable(months, {})).toThrow('Rows are 28 days apart; the model needs days');
  });

  it('names the quantity that is missing, and what would do', () => {
    const table = hourly('2013-06-01', 1);
    const { lai, ...rest } = findColumns(table.heads);
    expect(lai).toEqual({ column: 'lai', unit: '1' });
    expect(() => checkNeeded(rest, false)).toThrow(MissingInput);
    expect(() => checkNeeded(rest, false)).toThrow(/no lai, or fapar/);
    expect(() => checkNeeded({ ...rest, lai: lai! }, true)).toThrow(
      /no tempMin and tempMax, or tempDay and tempNight \(it has one row a day\)\. .* tempMin=COLUMN:degC \(or K\)\.$/,
    );
  });

  it('reads a unit that a head says in brackets, and asks where nobody says one', () => {
    const heads = ['time', 'temp [K]', 'TA_F (degC)', 'Rn', 'rh (%)'];
    expect(findColumns(heads).temp).toEqual({ column: 'temp [K]', unit: 'K' });
    expect(findColumns(heads).rh).toEqual({ column: 'rh (%)', unit: '%' });
    expect(findColumns(heads, { temp: { column: 'TA_F' } }).temp).toEqual({
      column: 'TA_F (degC)',
      unit: 'degC',
    });
    expect(findColumns(['temp [degC]', 'T_K'], { temp: { column: 'T_K', unit: 'K' } }).temp?.unit).toBe('K');
    expect(() => findColumns(heads, { shortwave: { column: 'Rn' } })).toThrow(
      /neither you nor the head "Rn" say a unit\. Units: W m-2/,
    );
    expect(() => findColumns(['temp [F]'])).toThrow(/"F" is no unit of it/);
  });

  it('does not guess a unit: a head that does not say it is not read', () => {
    expect(findColumns(['time', 'vpd', 'tc', 'LAI'])).toEqual({});
    expect(findColumns(['TIMESTAMP', 'TA_F', 'VPD_F']).vpd).toEqual({ column: 'VPD_F', unit: 'hPa' });
    expect(findColumns(['vpd'], { vpd: { column: 'vpd', unit: 'Pa' } }).vpd?.unit).toBe('Pa');
  });

  it('refuses a column that is not there and a unit that a quantity does not have', () => {
    expect(() => findColumns(['a'], { vpd: { column: 'b', unit: 'Pa' } })).toThrow(
      /no column "b"\. It has a/,
    );
    expect(() => findColumns(['a'], { vpd: { column: 'a', unit: 'mbar' } })).toThrow(
      /"mbar" is no unit .* kPa, hPa, Pa/,
    );
  });

  it('names line and column of a word where a number should be', () => {
    const table = hourly('2013-06-01', 2, 12, (row) => (row === 30 ? { temp: 'warm' } : {}));
    expect(() => runSite(table, request)).toThrow(CorruptInput);
    expect(() => runSite(table, request)).toThrow(
      'made.csv, line 32, column "temp_degC": "warm" is no number.',
    );
    const unasked = readSiteTable('time,lai,quality\n2013-06-01,2,A', 'made.csv');
    expect(unasked.words).toEqual({ quality: { row: 0, cell: 'A' } });
    expect(() => daysOfTable(unasked, {}, {})).toThrow(/no tempMin and tempMax, or tempDay and tempNight/);
  });

  it('doubts a unit in which most values cannot be meant, and keeps quiet about a few', () => {
    const kelvin = (rows: number) =>
      hourly('2013-06-01', 4, 12, (row): Record<string, number> => (row < rows ? { temp: 288 } : {}));
    expect(() => runSite(kelvin(60), request)).toThrow(
      /line 2, column "temp_degC": 288 degC is no temp, which lies within -95 to 65 degC; so are 60 of 96 values/,
    );
    expect(runSite(kelvin(24), request).notes.join(' ')).toMatch(
      /1 day of 4 have no flux, for want of temperature \(1\)/,
    );
  });

  it('refuses two columns of one name', () => {
    expect(() => readSiteTable('time,lai,lai\n2013-06-01,1,2')).toThrow(/two columns are named "lai"/);
  });

  it('refuses no CO2, no latitude and no type', () => {
    const table = hourly('2013-06-01', 2);
    const noCo2 = { ...table, heads: table.heads.filter((head) => head !== 'co2_ppm') };
    expect(() => runSite(noCo2, request)).toThrow(MissingInput);
    expect(runSite(noCo2, { ...request, co2Ppm: 380 }).gpp[0]).toBeGreaterThan(0);
    expect(() => runSite(table, { ...request, latDeg: 95 })).toThrow(BadRequest);
    expect(() => runSite(table, { ...request, pft: 'oak' })).toThrow(/"oak" is no plant functional type/);
  });

  it('refuses rows that do not divide a day', () => {
    const csv = [
      'time,lai',
      ...[0, 7, 14, 21].map((hour) => `2013-06-01 ${String(hour).padStart(2, '0')}:00,2`),
    ];
    const table = readSiteTable(csv.join('\n'));
    expect(() => daysOfTable(table, {})).toThrow(/7\.000 h apart/);
  });
});
