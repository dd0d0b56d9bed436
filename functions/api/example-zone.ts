/** A triangle in the Pearl River Delta, for the examples of the API's document; degrees. */
export const EXAMPLE_POLYGON = {
  type: 'Polygon',
  coordinates: [
    [
      [113, 22.8],
      [113.6, 22.8],
      [113.6, 23.3],
      [113, 22.8],
    ],
  ],
};

export const EXAMPLE_FEATURE = { type: 'Feature', properties: {}, geometry: EXAMPLE_POLYGON };
