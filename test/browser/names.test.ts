import { describe, expect, it } from 'vitest';
import type { Product, Variable } from '../../functions/api/page/app/api/product.ts';
import { byWidth, kindName, nearestStep, yearsOf } from '../../functions/api/page/app/view/steps.ts';
import {
  fluxesOf,
  isCarbon,
  named,
  nearestVariable,
  prettyUnits,
  rankOf,
  shortName,
  typesOf,
} from '../../functions/api/page/app/view/variables.ts';

const variable = (name: string, step: string, units = `g m-2 ${step}-1`): Variable => ({
  name,
  title: name,
  units,
  step,
});
const product = (...variables: Variable[]): Product => ({ info: { variables } }) as unknown as Product;
const names = (variables: readonly Variable[]) => variables.map(({ name }) => name);

/** A daily model that tells vegetation types apart. */
const BEPS = product(
  ...['gpp', 'ar', 'npp', 'hr', 'nep', 'nep_enf', 'nep_dbf'].map((name) => variable(name, 'month')),
  variable('et', 'month', 'kg m-2 month-1'),
  variable('lai', 'month', '1'),
  ...['gpp_a', 'nep_a', 'nep_a_enf'].map((name) => variable(name, 'year')),
  variable('gpp_d', 'day'),
  variable('soil_c', 'year', 'kg m-2'),
);

describe('names of variables', () => {
  it('say the quantity and the vegetation type, whatever the step', () => {
    expect(named('nep_a_enf')).toEqual({ base: 'nep', type: 'enf' });
    expect(named('nep_enf')).toEqual({ base: 'nep', type: 'enf' });
    expect(named('gpp_d')).toEqual({ base: 'gpp' });
    expect(named('soil_c')).toEqual({ base: 'soil_c' });
    expect(['ar', 'hr', 'nep_a_enf', 'soil_c', 'et_a'].map(shortName)).toEqual([
      'Ra',
      'RH',
      'NEP ENF',
      'soil c',
      'ET',
    ]);
  });

  it('tell the fluxes of a step together, and those of a type apart', () => {
    expect(names(fluxesOf(BEPS, 'month'))).toEqual(['gpp', 'ar', 'npp', 'hr', 'nep', 'et']);
    expect(names(fluxesOf(BEPS, 'year'))).toEqual(['gpp_a', 'nep_a']);
    expect(names(fluxesOf(BEPS, 'year', 'enf'))).toEqual(['nep_a_enf']);
    expect(names(fluxesOf(BEPS, 'day'))).toEqual(['gpp_d']);
    expect(typesOf(BEPS, 'month')).toEqual(['enf', 'dbf']);
    expect(typesOf(BEPS, 'day')).toEqual([]);
  });

  it('lead to the same quantity by another step, else to one that is well known', () => {
    expect(nearestVariable(BEPS, { base: 'nep', type: 'enf' }, 'year')?.name).toBe('nep_a_enf');
    expect(nearestVariable(BEPS, { base: 'nep', type: 'dbf' }, 'year')?.name).toBe('nep_a');
    expect(nearestVariable(BEPS, { base: 'nep' }, 'day')?.name).toBe('gpp_d');
    expect(nearestVariable(product(variable('depth', 'month', 'm')), { base: 'nep' }, 'month')?.name).toBe(
      'depth',
    );
  });

  it('keep carbon and water apart, though both are masses per area', () => {
    const et = variable('et', 'day', 'kg m-2 day-1');
    expect([isCarbon(et), isCarbon(variable('gpp', 'day'))]).toEqual([false, true]);
    expect(isCarbon(variable('nep_a_enf', 'year')), 'it is per area of the type').toBe(false);
    expect(prettyUnits(et)).toBe('kg m⁻² day⁻¹');
    expect(prettyUnits(variable('nep_a', 'year'))).toBe('g C m⁻² yr⁻¹');
  });

  it('are offered with the fluxes first and quality last', () => {
    const offered = ['qa', 'soil_c', 'rh', 'nep', 'flag_a', 'gpp'];
    expect(offered.sort((a, b) => rankOf(a) - rankOf(b))).toEqual([
      'nep',
      'gpp',
      'rh',
      'flag_a',
      'soil_c',
      'qa',
    ]);
  });
});

describe('steps', () => {
  const months = ['2021', '2022'].flatMap((year) =>
    Array.from({ length: 12 }, (_, m) => `${year}-${String(m + 1).padStart(2, '0')}`),
  );

  it('come by width, also those that nobody has thought of', () => {
    expect(byWidth(['day', 'dekad', 'month', 'year', 'day'])).toEqual(['year', 'month', 'day', 'dekad']);
    expect(kindName('month')).toBe('Months');
  });

  it('are found by the nearest name: a year in its months, a month in its year, a day in its month', () => {
    expect(nearestStep(months, '2021')).toBe('2021-07');
    expect(nearestStep(['2021', '2022'], '2021-07')).toBe('2021');
    expect(nearestStep(months, '2022-03-09')).toBe('2022-03');
    expect(nearestStep(['2021-03-01', '2021-03-02', '2021-03-03'], '2021-03')).toBe('2021-03-02');
    expect(nearestStep(months, '2040')).toBe('2022-12');
    expect(nearestStep(months, '1999')).toBe('2021-01');
  });

  it('begin their years somewhere', () => {
    expect(yearsOf(months)).toEqual([
      { year: '2021', first: 0 },
      { year: '2022', first: 12 },
    ]);
    expect(yearsOf(['2021-11', '2021-12', '2022-01'])).toEqual([
      { year: '2021', first: 0 },
      { year: '2022', first: 2 },
    ]);
  });
});
