import { button, byId, h } from './dom.ts';

let told: string | undefined;

/** That the server does not answer, over the map, for as long as it does not. @param problem undefined when it does */
export function offline(problem: string | undefined, nextMs = 0, onTry = (): void => undefined): void {
  byId('app').toggleAttribute('data-offline', problem !== undefined);
  const banner = byId('offline');
  banner.hidden = problem === undefined;
  const when = `Trying again in ${Math.round(nextMs / 1000)} s.`;
  // What is said already is not said again: a screen reader would repeat it.
  if (problem !== undefined && told === problem) {
    banner.querySelector('.when')!.textContent = when;
    return;
  }
  told = problem;
  if (problem === undefined) return;
  banner.replaceChildren(
    h('p', { role: 'alert' }, problem),
    h('span', { class: 'when' }, when),
    button('Try now', onTry, { class: 'plain-button' }),
  );
}
