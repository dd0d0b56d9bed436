import { z } from 'zod';

/** Parts of paths and queries that several routes share. Numbers come as text, so that the document stays valid. */

export const productParam = z.string().meta({ description: 'Name of the product', example: 'prd-small' });
export const variableParam = z.string().meta({ description: 'Name of the variable', example: 'nep_a' });

const whole = /^\d{1,9}$/;
export const index = (what: string) =>
  z.string().regex(whole, 'a whole number').meta({ description: what, example: '0' });
export const boolText = () => z.enum(['true', 'false', 'True', 'False', '1', '0']).optional();

const several = z.union([z.string(), z.array(z.string())]).optional();

/** What other servers do and this one does not is refused by name, with what to do instead: never left out in silence. */
const refused = (remedy: string) =>
  z
    .string()
    .optional()
    .refine((said) => said === undefined || said === '', `is not done here; ${remedy}`)
    .meta({ description: `Not done here: ${remedy}` });

/** A variable, and the step of it that is meant. */
export const variableQuery = {
  variable: z.string().optional().meta({
    description: 'What to show; the first annual balance, or the first variable, when absent',
    example: 'nep_a',
  }),
  time: z.string().optional().meta({
    description: 'A year, a month, a day or `latest`',
    example: '2021',
  }),
  datetime: z.string().optional().meta({ description: 'As `time`' }),
  sel: several.meta({
    description: 'TiTiler: `time=2021-07` or `time=nearest::2021-07-15`',
    example: 'time=2021',
  }),
  sel_method: z
    .enum(['nearest', 'pad', 'ffill', 'backfill', 'bfill'])
    .optional()
    .meta({ description: 'TiTiler 1.x: how `sel` looks for a step that is not there' }),
  bidx: several.meta({
    description: 'TiTiler: the step by its number from 1, where no time is said',
    example: '1',
  }),
  url: z.string().optional().meta({
    description: 'Under /zarr: name of a product of this server, or the address of its Zarr',
    example: 'prd-small',
  }),
  group: z.string().optional().meta({
    description: 'TiTiler: taken, and of no effect: the level follows from how large the picture is',
  }),
  expression: refused('ask for the variables as npy or float GeoTIFF and compute with them'),
};

export const styleQuery = {
  rescale: several.meta({
    description: '`low,high` of the colours; from the values of the product when absent',
    example: '0,1200',
  }),
  colormap_name: z.string().optional().meta({
    description: 'A ramp of /colorMaps, `_r` for its reverse; by the field when absent',
    example: 'viridis',
  }),
  colormap: z.string().optional().meta({
    description: 'Colours as JSON: by place on the range, 0 to 255, or by intervals of values',
    example: '{"0":"#440154","255":"#fde725"}',
  }),
  color_formula: refused('ask for another colormap_name or rescale'),
};

const kernel = z.enum(['nearest', 'bilinear'], {
  error: 'is not done here; ask for nearest or bilinear: coarser levels are area-weighted means already',
});

/** How values become a picture. */
export const pictureQuery = {
  ...styleQuery,
  resampling: kernel.optional().meta({ description: '`nearest` shows the very pixels of the product' }),
  reproject: kernel.optional().meta({ description: 'TiTiler: as `resampling`, which wins' }),
  states: z.enum(['none', 'hatch']).optional().meta({
    description: '`hatch` marks chunks that are missing, failed or not computed yet',
  }),
  return_mask: boolText().meta({ description: 'false paints nodata, and leaves the mask out of npy' }),
  nodata: z.string().optional().meta({ description: 'One more value that means no data', example: 'nan' }),
  unscale: boolText().meta({ description: 'TiTiler: of no effect, values are in their units' }),
  algorithm: refused('ask for npy or float GeoTIFF and compute with the values'),
  algorithm_params: refused('there are no algorithms'),
};

const number = String.raw`-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?`;
export const numberText = new RegExp(`^${number}$`);

export const formatQuery = (formats: readonly [string, ...string[]]) =>
  z
    .enum(formats)
    .optional()
    .meta({ description: `Form of the answer: ${formats.join(', ')}` });

const side = z
  .string()
  .regex(/^\d{1,5}$/, 'a number of pixels')
  .optional();

/** How many pixels a picture has, and where. */
export const sizeQuery = {
  width: side.meta({ description: 'Pixels', example: '512' }),
  height: side.meta({ description: 'Pixels', example: '512' }),
  max_size: side.meta({ description: 'Pixels of the longer side; 1024 unless said', example: '512' }),
  coord_crs: z
    .string()
    .optional()
    .meta({ description: 'CRS of the coordinates; longitude and latitude unless said' }),
  'coord-crs': z.string().optional().meta({ description: 'TiTiler 1.x: as `coord_crs`' }),
  dst_crs: z
    .string()
    .optional()
    .meta({ description: 'CRS of the picture; that of the coordinates, or WebMercator for previews' }),
  f: z.string().optional().meta({ description: 'Form, where the path does not say', example: 'png' }),
  format: z.string().optional().meta({ description: 'As `f`' }),
};

/** A product is named by its path, or by `url` below /zarr as TiTiler has it. */
export const ROOTS = [
  ['/products/:product', { product: productParam }],
  ['/zarr', {}],
] as const satisfies readonly (readonly [string, Readonly<Record<string, z.ZodType>>])[];
