import { byId } from './dom.ts';
import type { Session } from './session.ts';
import { TABS, type Tab } from './view.ts';

/** Tabs with the keys that screen readers announce: arrows, Home and End. */
export function tabs(session: Session): void {
  const tabOf = (name: Tab): HTMLElement => byId(`tab-${name}`);
  const draw = (): void => {
    for (const name of TABS) {
      const open = session.view.tab === name;
      tabOf(name).setAttribute('aria-selected', String(open));
      tabOf(name).tabIndex = open ? 0 : -1;
      byId(`panel-${name}`).hidden = !open;
    }
  };
  for (const [i, name] of TABS.entries()) {
    tabOf(name).addEventListener('click', () => session.set({ tab: name }));
    tabOf(name).addEventListener('keydown', ({ key }) => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: TABS.length - 1 }[key];
      if (to === undefined) return;
      const next = TABS[(to + TABS.length) % TABS.length]!;
      session.set({ tab: next });
      tabOf(next).focus();
    });
  }
  session.listen((view, before) => {
    if (view.tab !== before.tab) draw();
  });
  draw();
}
