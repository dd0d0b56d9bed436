import { askJson, isAbort, messageOf } from '../api/api.ts';
import { productAddress } from '../api/catalogue.ts';
import type { Product } from '../api/product.ts';
import { trouble } from '../readings/reading.ts';
import { byId, h } from '../view/dom.ts';
import type { Session } from '../view/session.ts';
import { titleOf, variableOf } from '../view/variables.ts';

interface Facts {
  readonly variable: string;
  readonly title: string;
  readonly units: string;
  readonly note?: string;
}

interface RampLegend extends Facts {
  readonly kind: 'ramp';
  readonly range: readonly [number, number];
  readonly colors: readonly string[];
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
  readonly below: boolean;
  readonly above: boolean;
}

interface ClassLegend extends Facts {
  readonly kind: 'classes';
  readonly classes: readonly { readonly value: number; readonly label: string; readonly color: string }[];
}

type Legend = RampLegend | ClassLegend;

/** From the same table that the server paints tiles with. */
export async function drawLegend(product: Product, session: Session, signal: AbortSignal): Promise<void> {
  const { variable } = session.view;
  const address = productAddress(product.info.id, '/legend.json', { variable });
  try {
    const legend = await askJson<Legend>(address, { signal });
    if (session.view.variable === variable) show(legend, titleOf(variableOf(product, variable)));
  } catch (error) {
    if (!isAbort(error)) byId('legend').replaceChildren(trouble(messageOf(error)));
  }
}

function show(legend: Legend, title: string): void {
  byId('legend').replaceChildren(
    h(
      'div',
      { class: 'legend-head' },
      h('h2', {}, title),
      legend.units !== '' && h('span', { class: 'unit' }, legend.units),
    ),
    legend.kind === 'ramp' ? ramp(legend) : classes(legend),
    h(
      'p',
      { class: 'legend-note' },
      h('span', { class: 'swatch swatch-none' }),
      h('span', {}, 'no data'),
      legend.note !== undefined && h('span', { class: 'legend-sign' }, legend.note),
    ),
  );
}

function ramp({ range: [low, high], colors, ticks, below, above }: RampLegend): HTMLElement {
  const share = (value: number): number => (100 * (value - low)) / (high - low);
  const bar = h('div', {
    class: `ramp${below ? ' ramp-below' : ''}${above ? ' ramp-above' : ''}`,
    style: `--ramp: linear-gradient(to right, ${thinned(colors).join(',')})`,
  });
  const labels = roomy(ticks).map(({ value, label }) => {
    const at = share(value);
    const edge = at < 4 ? ' tick-first' : at > 96 ? ' tick-last' : '';
    return h('span', { class: `tick${edge}`, style: `left: ${at}%` }, label);
  });
  return h('div', { class: 'ramp-frame' }, bar, h('div', { class: 'ticks' }, ...labels));
}

/** So wide is the ramp, and a digit under it, CSS pixels. */
const [RAMP_PX, DIGIT_PX, SPACE_PX] = [336, 7, 16];

/** Every second tick or fewer where all would touch; the one at 0 stays. */
function roomy(ticks: RampLegend['ticks']): RampLegend['ticks'] {
  const widest = Math.max(...ticks.map(({ label }) => label.length)) * DIGIT_PX + SPACE_PX;
  const every = Math.ceil((widest * (ticks.length - 1)) / RAMP_PX) || 1;
  const zero = Math.max(
    0,
    ticks.findIndex(({ value }) => value === 0),
  );
  return ticks.filter((_, i) => (i - zero) % every === 0);
}

/** Few enough stops that a browser blends them without effort; all colours look the same. */
const thinned = (colors: readonly string[]): readonly string[] =>
  colors.filter((_, i) => i % 8 === 0 || i === colors.length - 1);

const classes = ({ classes: found }: ClassLegend): HTMLElement =>
  h(
    'ul',
    { class: 'classes' },
    ...found.map(({ label, color }) =>
      h('li', {}, h('span', { class: 'swatch', style: `background: ${color}` }), label),
    ),
  );
