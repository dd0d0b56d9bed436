import { byId } from './dom.ts';

/** What is done sooner needs no sign, ms. */
const PATIENCE_MS = 250;

let open = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** A line runs over the map for as long as something is on its way. */
export function busy(work: Promise<unknown>): void {
  open++;
  timer ??= setTimeout(() => {
    byId('loading').hidden = false;
  }, PATIENCE_MS);
  void work.finally(() => {
    open--;
    if (open > 0) return;
    clearTimeout(timer);
    timer = undefined;
    byId('loading').hidden = true;
  });
}
