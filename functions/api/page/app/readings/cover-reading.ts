import { isAbort, messageOf } from '../api/api.ts';
import { saveAnswer } from '../api/download.ts';
import type { Product } from '../api/product.ts';
import { type CoverQuestion, coverQuestion, headline, reduceByCover } from '../api/reductions.ts';
import type { ZoneTotals } from '../api/totals.ts';
import { busy } from '../view/busy.ts';
import { button, h } from '../view/dom.ts';
import { stepName } from '../view/format.ts';
import { say } from '../view/say.ts';
import type { Session } from '../view/session.ts';
import { isCarbon } from '../view/variables.ts';
import { coverTable } from './cover-table.ts';
import { geometryOf } from './look.ts';
import { type Found, trouble } from './reading.ts';

type FoundZone = Extract<Found, { kind: 'zone' }>;

/** Answers by step, as long as the zone is shown: going back to a step asks nothing. */
const answers = new WeakMap<FoundZone, Map<string, Promise<readonly ZoneTotals[]>>>();

/**
 * The fluxes of the zone by class of land cover, asked for when somebody opens it: every pixel is looked at, which
 * costs more than the totals do.
 */
export function coverReading(session: Session, product: Product, found: FoundZone): HTMLElement[] {
  const { chosen, time, variable } = session.view;
  const variables = found.variables.filter(isCarbon);
  const { landCover } = product.info;
  if (!landCover || variables.length === 0 || !chosen || chosen.kind === 'place') return [];
  const geometry = geometryOf(product, chosen);
  const question = { variables, time, name: found.zone.name, geometry };
  const body = h('div');
  const box = h(
    'details',
    { class: 'cover', 'data-name': 'cover' },
    h('summary', {}, `By land cover, ${stepName(time)}`),
    body,
  );
  const fill = async (): Promise<void> => {
    if (!box.open || body.childElementCount > 0) return;
    body.append(h('p', { class: 'waiting', role: 'status' }, 'Reading every pixel…'));
    try {
      const zones = await answerTo(product, found, question);
      const told = { classes: landCover, zones, variables, shown: headline(variables, variable)! };
      body.replaceChildren(...coverTable(told), exporting(product, question));
    } catch (error) {
      if (!isAbort(error)) body.replaceChildren(trouble(messageOf(error)));
    }
  };
  box.addEventListener('toggle', () => busy(fill()));
  return [box];
}

function answerTo(
  product: Product,
  found: FoundZone,
  question: CoverQuestion,
): Promise<readonly ZoneTotals[]> {
  const known = answers.get(found) ?? new Map<string, Promise<readonly ZoneTotals[]>>();
  answers.set(found, known);
  const answer = known.get(question.time) ?? reduceByCover(product, question, {});
  known.set(question.time, answer);
  answer.catch(() => known.delete(question.time)); // opening it again asks again
  return answer;
}

/** The very table of the API, with every digit, areas and ratios. */
function exporting(product: Product, question: CoverQuestion): HTMLElement {
  const save = async (): Promise<void> => {
    const { address, body } = coverQuestion(product, question, 'csv');
    const place = question.name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-');
    await saveAnswer(`${product.info.id}-land-cover-${place}-${question.time}.csv`, address, body);
  };
  return button('Save as CSV', () => void save().catch((error) => say(messageOf(error), 8000)), {
    class: 'plain-button',
    'aria-label': 'Save as CSV: land cover',
  });
}
