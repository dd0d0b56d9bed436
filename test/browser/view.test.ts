import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Product } from '../../functions/api/page/app/api/product.ts';
import { clipLine, clipRing } from '../../functions/api/page/app/map/clip.ts';
import {
  changeText,
  massUnit,
  number,
  placeName,
  signed,
  stepName,
  tickTexts,
} from '../../functions/api/page/app/view/format.ts';
import { linkNote } from '../../functions/api/page/app/view/link-note.ts';
import { type Choice, linkOf, readLink, rounded, type View } from '../../functions/api/page/app/view/view.ts';

const lon = fc.double({ min: -180, max: 180, noNaN: true }).map(rounded);
const lat = fc.double({ min: -85, max: 85, noNaN: true }).map(rounded);
const vertex = fc.tuple(lon, lat);
const choice: fc.Arbitrary<Choice> = fc.oneof(
  fc.record({ kind: fc.constant('place' as const), at: vertex }),
  fc.record({ kind: fc.constant('zone' as const), id: fc.string({ minLength: 1 }) }),
  fc.record({
    kind: fc.constant('polygon' as const),
    ring: fc.array(vertex, { minLength: 3, maxLength: 30 }),
  }),
);
const view: fc.Arbitrary<View> = fc.record({
  product: fc.stringMatching(/^[a-z0-9-]{1,20}$/),
  variable: fc.stringMatching(/^[a-z_]{1,10}$/),
  time: fc.constantFrom('2021', '2021-07'),
  against: fc.constantFrom(undefined, '2022-01'),
  camera: fc.constantFrom(undefined, { zoom: 7.25, lat: -22.5, lon: 113.125 }),
  chosen: fc.option(choice, { nil: undefined }),
  set: fc.constantFrom(undefined, 'cities'),
  tab: fc.constantFrom('here' as const, 'zones' as const, 'state' as const),
  states: fc.boolean(),
});
const plain = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll('-0,', '0,'));

describe('a link to what is not there', () => {
  const product = { info: { id: 'alps', title: 'NEP of the Alps' } } as Product;
  const shown = { product: 'alps', variable: 'nep_a', time: '2021', against: undefined } as View;

  it.each([
    [{}, undefined],
    [{ product: 'alps', variable: 'nep_a', time: '2021' }, undefined],
    [{ product: 'andes' }, 'There is no product “andes” here; this is NEP of the Alps.'],
    [
      { variable: 'nbp_a' },
      'The link asks for “nbp_a”, which NEP of the Alps does not have; this is “nep_a”.',
    ],
    [{ time: '1999-07' }, 'The link asks for July 1999, which is not there; this is 2021.'],
  ])('says so: %o', (wanted, note) => {
    expect(linkNote(product, wanted, shown)).toBe(note);
  });
});

describe('a link to a view', () => {
  it('gives back all that it was made of, polygons to the last digit', () => {
    fc.assert(
      fc.property(view, (one) => {
        const back = { tab: 'here', states: false, ...readLink(`#${linkOf(one)}`) };
        expect(plain(back)).toEqual(plain(one));
      }),
    );
  });

  it('leaves out what makes no sense', () => {
    expect(readLink('#product=a&at=9/x/3&place=1,95&polygon=1,2;3,4&tab=nowhere&time=')).toEqual({
      product: 'a',
      time: '',
    });
    expect(readLink('')).toEqual({});
  });

  it('can be read by people', () => {
    const link = linkOf({
      product: 'prd-small',
      variable: 'nep_a',
      time: '2021',
      against: undefined,
      camera: { zoom: 8.2, lat: 22.9, lon: 113.4 },
      chosen: { kind: 'place', at: [113.3, 23.1] },
      set: undefined,
      tab: 'here',
      states: false,
    });
    expect(link).toBe('product=prd-small&variable=nep_a&time=2021&at=8.20/22.9000/113.4000&place=113.3,23.1');
  });
});

describe('numbers on the page', () => {
  it('keep three digits, a true minus, and no sign on a zero', () => {
    expect([1234.5, 46.72, 0.8123, -42.06, -0.0001, 0].map((value) => number(value))).toEqual([
      '1\u202f235',
      '46.7',
      '0.812',
      '−42.1',
      '0.000',
      '0.000',
    ]);
    expect(signed(46.7)).toBe('+46.7');
    expect(number(null)).toBe('–');
  });

  it('are in a unit of carbon that suits the largest', () => {
    expect(massUnit([2e12, 1]).unit).toBe('KtC');
    expect(massUnit([-3e6, null]).unit).toBe('tC');
    expect(massUnit([900]).unit).toBe('kgC');
  });

  it('mark an axis as evenly as it is spaced', () => {
    expect(tickTexts([0, 2.5, 5, 7.5])).toEqual(['0.0', '2.5', '5.0', '7.5']);
    expect(tickTexts([-50, 0, 50])).toEqual(['−50', '0', '50']);
    expect(tickTexts([0.1, 0.1 + 0.05, 0.2])).toEqual(['0.10', '0.15', '0.20']);
  });

  it('tell a change from the earlier date to the later, whichever is shown', () => {
    const change = 'Change from 2021 to 2022: −74.5 KtC';
    expect(changeText(['2022', 59.5], ['2021', 134], 'KtC')).toBe(change);
    expect(changeText(['2021', 134], ['2022', 59.5], 'KtC')).toBe(change);
    expect(changeText(['2021', null], ['2022', 59.5], 'KtC')).toBeUndefined();
  });

  it('name months and places', () => {
    expect(stepName('2021-07')).toBe('July 2021');
    expect(placeName([-70.5, -33.25])).toBe('33.250° S, 70.500° W');
  });
});

describe('land around a map', () => {
  const box = [0, 0, 10, 10] as const;

  it('is cut at the edges of the box', () => {
    const ring = [
      [-5, -5],
      [5, -5],
      [5, 5],
      [-5, 5],
      [-5, -5],
    ];
    const xs = clipRing(ring, box).flat();
    expect([Math.min(...xs), Math.max(...xs)]).toEqual([0, 5]);
    expect(
      clipRing(
        ring.map(([x, y]) => [x! - 50, y!]),
        box,
      ),
    ).toEqual([]);
  });

  it('keeps the segments of a coast that come near, in parts', () => {
    const line = [
      [-20, 5],
      [5, 5],
      [30, 5],
      [40, 40],
      [5, 40],
      [5, 8],
    ];
    expect(clipLine(line, box)).toEqual([
      [
        [-20, 5],
        [5, 5],
        [30, 5],
      ],
      [
        [5, 40],
        [5, 8],
      ],
    ]);
  });
});
