import { describe, expect, it } from 'vitest';
import { BadRequest } from '../../lib/errors.ts';
import {
  isExcluded,
  NO_TYPE,
  REPORTING_CLASSES,
  reportingClass,
  typeIndex,
  typeNamed,
  VEGETATION_TYPES,
} from '../../lib/science/landcover/classes.ts';
import {
  codesOfLegend,
  ESA_WORLDCOVER,
  GLC_FCS30,
  IGBP,
  knowsCode,
  legendNamed,
  ownLegend,
  typeIndexOf,
} from '../../lib/science/landcover/legends.ts';
import { modelById, modelIds, modelNamed } from '../../lib/science/models.ts';

describe('Vegetation types', () => {
  it('keep their index, which products have stored', () => {
    expect(VEGETATION_TYPES.slice(0, 13)).toEqual([
      'dnf',
      'enf',
      'dbf',
      'ebf',
      'mf',
      'mfb',
      'shrub',
      'grass',
      'crop',
      'urban',
      'bare',
      'water',
      'snow',
    ]);
  });

  it('leave out water and snow', () => {
    expect(VEGETATION_TYPES.filter(isExcluded)).toEqual(['water', 'snow']);
  });

  it('are known by the names of maps too', () => {
    expect(['cropland', 'Grassland', 'built-up', 'barren', 'oak'].map(typeNamed)).toEqual([
      'crop',
      'grass',
      'urban',
      'bare',
      undefined,
    ]);
  });

  it('are reported as the classes of the paper, shrub as forest and wetland as water', () => {
    expect(REPORTING_CLASSES.slice(0, 5)).toEqual(['forest', 'cropland', 'grassland', 'built', 'bare']);
    expect((['shrub', 'wetland', 'urban', 'mf'] as const).map(reportingClass)).toEqual([
      'forest',
      'water',
      'built',
      'forest',
    ]);
  });
});

describe('Legends', () => {
  it('give GLC_FCS30 codes the types of the specification', () => {
    const typeOf = (code: number) => VEGETATION_TYPES[typeIndexOf(GLC_FCS30, code)];
    const wanted = {
      10: 'crop',
      12: 'crop',
      20: 'crop',
      52: 'ebf',
      61: 'dbf',
      72: 'enf',
      81: 'dnf',
      91: 'mf',
      120: 'shrub',
      152: 'shrub',
      130: 'grass',
      150: 'grass',
      153: 'grass',
      180: 'grass',
      185: 'ebf',
      187: 'bare',
      190: 'urban',
      202: 'bare',
      210: 'water',
      220: 'snow',
    } as const;
    for (const [code, type] of Object.entries(wanted)) expect(typeOf(Number(code)), code).toBe(type);
    expect(Object.keys(GLC_FCS30.types)).toHaveLength(36);
  });

  it('tell fill from codes that nobody knows', () => {
    expect([0, 250].map((code) => typeIndexOf(GLC_FCS30, code))).toEqual([NO_TYPE, NO_TYPE]);
    expect([0, 250, 99].map((code) => knowsCode(GLC_FCS30, code))).toEqual([true, true, false]);
    expect(typeIndexOf(GLC_FCS30, 99)).toBe(NO_TYPE);
  });

  it('make orchards shrub where the product says so', () => {
    expect(codesOfLegend('glc-fcs30-orchard-shrub')[12]).toBe(typeIndex('shrub'));
  });

  it('know WorldCover and IGBP', () => {
    expect(ESA_WORLDCOVER.types[95]).toBe('ebf');
    expect(ESA_WORLDCOVER.types[10]).toBe('forest');
    expect(IGBP.types[5]).toBe('mfb');
    expect(IGBP.types[17]).toBe('water');
  });

  it('can be one’s own, with a way to say fill', () => {
    expect(codesOfLegend({ 1: 'forest', 2: 'cropland', 9: 'fill' })).toEqual({
      1: typeIndex('forest'),
      2: typeIndex('crop'),
      9: NO_TYPE,
    });
  });

  it('refuse names, codes and types that nobody knows, naming the field', () => {
    expect(() => legendNamed('corine', 'sources.vegtype.legend')).toThrow(
      /sources\.vegtype\.legend.*glc-fcs30/s,
    );
    expect(() => ownLegend({ '-1': 'crop' })).toThrow(BadRequest);
    expect(() => ownLegend({ 1: 'oak' }, 'legend')).toThrow(/legend\.1.*oak/s);
  });
});

describe('Models', () => {
  it('are found by name, or refused with the names there are', () => {
    expect(modelIds()).toContain('casa-nep');
    expect(modelById('casa-nep')?.id).toBe('casa-nep');
    expect(modelById('casa')).toBeUndefined();
    expect(() => modelNamed('casa')).toThrow(/casa-nep/);
  });
});
