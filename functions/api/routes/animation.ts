import { z } from 'zod';
import type { GeoGrid } from '../../../lib/grid/geo-grid.ts';
import { encodeApng } from '../../../lib/view/apng.ts';
import { captioned } from '../../../lib/view/caption.ts';
import { encodeGif } from '../../../lib/view/gif.ts';
import type { PaletteImage } from '../../../lib/view/palette-png.ts';
import { paletteImage } from '../../../lib/view/tile-image.ts';
import type { Api } from '../app.ts';
import { type Chosen, chosen, timeOf } from '../choose.ts';
import type { ApiContext } from '../context.ts';
import { checked, describe } from '../doc.ts';
import { OverLimit } from '../errors.ts';
import { legendFor } from '../legends.ts';
import { pictureQuery, productParam, variableQuery } from '../params.ts';
import { looksOf, planPicture, recordFacts } from '../picture.ts';
import { previewGrid } from '../preview-grid.ts';
import { etagOf, sendBytes, unchanged } from '../reply.ts';
import { stepRange } from '../step-axis.ts';

const MOST_FRAMES = 120;
const MOST_FRAME_MS = 65_535;
/** PNG keeps every colour and half-clear edges; GIF is for slides and mails that show no moving PNG. */
const FORMS = {
  png: { type: 'image/apng', encode: encodeApng },
  gif: { type: 'image/gif', encode: encodeGif },
} as const;

const query = z.object({
  ...variableQuery,
  ...pictureQuery,
  max_size: z
    .string()
    .regex(/^\d{1,4}$/, 'a number of pixels')
    .optional()
    .meta({ description: 'Pixels of the longer side; 512 unless said', example: '256' }),
  frame_ms: z
    .string()
    .regex(/^\d{1,5}$/, 'milliseconds')
    .optional()
    .meta({ description: 'How long a step is shown; 500 unless said', example: '500' }),
  caption: z
    .enum(['step', 'none'])
    .optional()
    .meta({ description: '`step` writes the month or year; so unless said' }),
});
type Query = z.infer<typeof query>;

/** The steps of a period as one moving picture. */
export function addAnimation(app: Api): void {
  for (const form of ['png', 'gif'] as const) {
    const doc = describe({
      summary: `A year, or any period, as animated ${form.toUpperCase()}`,
      tag: 'maps',
      description: '`time` is a year or `from/to`; the last year when absent.',
      answers: { [FORMS[form].type]: undefined },
    });
    app.get(
      `/products/:product/animation.${form}`,
      doc,
      checked('param', z.object({ product: productParam })),
      checked('query', query),
      (c) => sendAnimation(c, form, c.req.valid('query')),
    );
  }
}

async function sendAnimation(c: ApiContext, form: keyof typeof FORMS, q: Query): Promise<Response> {
  const { world } = c.var;
  const { product, variable } = await chosen(c, { variable: q.variable });
  const steps = stepsOf(variable, q);
  const target = previewGrid(product.grid(), { max_size: q.max_size ?? '512' });
  checkFrames(c, target, steps.length);
  const pictures = await Promise.all(
    steps.map((step) => planPicture(world, { product, variable, step }, target, q.resampling ?? q.reproject)),
  );
  const legend = await legendFor(world, product, variable, q);
  const frameMs = Math.min(MOST_FRAME_MS, Number(q.frame_ms ?? 500));
  const etag = etagOf(
    [form, product.etag, variable.name, steps, target.width, frameMs],
    [q.resampling, q.reproject, q.return_mask, q.caption, looksOf(legend)],
    pictures.map(({ records }) => recordFacts(records)),
  );
  const same = unchanged(c, etag);
  if (same) return same;
  const opaque = q.return_mask === 'false';
  const frames: PaletteImage[] = [];
  for (const [i, { values }] of pictures.entries()) {
    world.signal?.throwIfAborted();
    const frame = paletteImage(await values(), target.width, target.height, legend, { opaque });
    frames.push(q.caption === 'none' ? frame : captioned(frame, variable.axis.labels[steps[i]!]!));
  }
  const { type, encode } = FORMS[form];
  return sendBytes(c, encode(frames, frameMs), type, { etag });
}

function stepsOf({ axis, depth }: Chosen['variable'], q: Query): number[] {
  const lastYear = axis.kind === 'month' ? axis.labels.at(-depth)!.slice(0, 4) : undefined;
  const { t0, t1 } = stepRange(axis, timeOf(q) ?? lastYear);
  return Array.from({ length: t1 - t0 }, (_, i) => t0 + i);
}

function checkFrames(c: ApiContext, { width, height }: GeoGrid, frames: number): void {
  const most = 4 * c.var.limits.imagePixels;
  if (frames > MOST_FRAMES) throw new OverLimit('frames', MOST_FRAMES, frames, 'Ask for a shorter period.');
  if (width * height * frames > most)
    throw new OverLimit(
      'imagePixels',
      most,
      width * height * frames,
      'Ask for a smaller picture or a shorter period.',
    );
}
