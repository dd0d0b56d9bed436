import { byId } from './dom.ts';

let fading: ReturnType<typeof setTimeout> | undefined;

/** A word over the map, also spoken; gone after a while if it asks for nothing. */
export function say(text: string | undefined, forMs?: number): void {
  clearTimeout(fading);
  const said = byId('say');
  if (said.textContent !== (text ?? '')) said.textContent = text ?? '';
  said.hidden = text === undefined;
  if (forMs !== undefined) fading = setTimeout(() => say(undefined), forMs);
}

let speaking: ReturnType<typeof setTimeout> | undefined;
/** Longer than a step of an animation: what is gone by then need not be heard. */
const SETTLED_MS = 1000;

/** Says a reading to screen readers, once it stays. */
export function speak(text: string): void {
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    byId('spoken').textContent = text;
  }, SETTLED_MS);
}
