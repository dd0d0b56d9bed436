import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../lib/job/spec-text.ts';

const good = `
product: alps-nep
title: NEP of the Alps
model: casa-nep
grid: { like: ndvi }
time: { from: 2021-01, to: 2021-12 }
sources:
  ndvi: { files: "ndvi_{YYYY}{DDD}.tif", composite: { period: 16 } }
  temperature: { zarr: era5.zarr, variable: t2m }
`;

const refusal = (text: string): string => {
  try {
    parseSpec(text, 'alps.yaml');
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the spec was accepted');
};

describe('a spec', () => {
  it('is read from YAML with its defaults filled in', () => {
    const spec = parseSpec(good);
    expect(spec.grid).toMatchObject({ shard: [512, 512], chunk: [256, 256] });
    expect(spec.sources.ndvi).toMatchObject({ band: 1, composite: { method: 'mvc', qa: 'lenient' } });
    expect(spec.sources.temperature).toMatchObject({ absentChunks: 'error', climatology: false });
  });

  it('is read from JSON as well', () => {
    expect(parseSpec(JSON.stringify(parseSpec(good)))).toEqual(parseSpec(good));
  });

  it.each([
    [
      'a misspelt field',
      good.replace('title:', 'titel:'),
      /^alps\.yaml: unknown field "titel"; did you mean "title"\?\nalps\.yaml\.title: missing$/,
    ],
    [
      'a misspelt field of a source',
      good.replace('variable:', 'varible:'),
      /sources\.temperature.*"varible".*"variable"/,
    ],
    ['a source of no kind', good.replace('zarr: era5.zarr,', ''), /sources\.temperature: say exactly one of/],
    [
      'a month that is none',
      good.replace('2021-12', '2021-13'),
      /time\.to: a month as YYYY-MM; not "2021-13"/,
    ],
    [
      'an unknown accumulation',
      good.replace('t2m }', 't2m, accumulation: daily }'),
      /temperature\.accumulation: "daily" is none of: per_day/,
    ],
    [
      'a misspelt option',
      good.replace('16 }', '16, method: mcv }'),
      /composite\.method: "mcv" is none of: mvc, weighted; did you mean "mvc"\?/,
    ],
    [
      'a field of another kind of source',
      good.replace('variable: t2m', 'variable: t2m, band: 1'),
      /sources\.temperature: "band" does not go with the other fields/,
    ],
    ['a word for a number', good.replace('16 }', 'sixteen }'), /composite\.period: "sixteen" is no number/],
    ['a list instead of fields', '[]', /^alps\.yaml: \[\] is no group of fields$/],
    ['a product name with a path in it', good.replace('alps-nep', '../alps'), /alps\.yaml\.product/],
    ['a key said twice', `${good}\ntitle: again`, /Map keys must be unique/],
  ])('with %s is refused by the name of the field', (_what, text, message) => {
    expect(refusal(text)).toMatch(message);
  });
});
