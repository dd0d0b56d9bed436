import { h } from '../view/dom.ts';
import { stepName } from '../view/format.ts';
import { nearestStep } from '../view/steps.ts';

/** A longer list than this is no list for people: days are then chosen as a date. */
const MOST_OPTIONS = 600;

/**
 * A field for one of some steps: a list by years, or a date where there are thousands of days.
 *
 * @param nothing what it says when no step is chosen; a step must be chosen when absent
 */
export function stepField(
  id: string,
  steps: readonly string[],
  chosen: string | undefined,
  onChoose: (step: string) => void,
  nothing?: string,
): HTMLSelectElement | HTMLInputElement {
  const field = steps.length > MOST_OPTIONS ? dateField(steps, nothing) : listField(steps, nothing);
  field.id = id;
  field.value = chosen ?? '';
  field.addEventListener('change', () => {
    const step = field.value === '' ? '' : nearestStep(steps, field.value);
    if (step !== '' || nothing !== undefined) onChoose(step);
    field.value = step || (chosen ?? '');
  });
  return field;
}

const dateField = (steps: readonly string[], nothing: string | undefined): HTMLInputElement =>
  h('input', {
    type: 'date',
    class: 'step-field',
    min: steps[0],
    max: steps.at(-1),
    required: nothing === undefined,
  });

function listField(steps: readonly string[], nothing: string | undefined): HTMLSelectElement {
  const field = h('select', { class: 'step-field' });
  if (nothing !== undefined) field.append(h('option', { value: '' }, nothing));
  const option = (step: string) => h('option', { value: step }, stepName(step));
  const years = Map.groupBy(steps, (step) => step.slice(0, 4));
  if (years.size === steps.length || years.size === 1) field.append(...steps.map(option));
  else
    for (const [year, inYear] of years) field.append(h('optgroup', { label: year }, ...inYear.map(option)));
  return field;
}
