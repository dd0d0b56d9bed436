import type { MapMouseEvent } from 'maplibre-gl';
import type { Product } from '../api/product.ts';
import { button, byId, h, ICONS, icon } from '../view/dom.ts';
import { say } from '../view/say.ts';
import type { Session } from '../view/session.ts';
import { type LonLat, rounded } from '../view/view.ts';
import type { Sketch } from './draw.ts';
import type { FluxMap } from './flux-map.ts';

type Tool = 'place' | 'zone' | 'draw';

const TOOLS = {
  place: ['Place', 'Read a place'],
  zone: ['Zone', 'Choose a zone'],
  draw: ['Polygon', 'Draw a polygon'],
} as const satisfies Record<Tool, readonly [string, string]>;

/** What a click on the map means. Gives back how to take up a polygon that is there. */
export function tools(
  session: Session,
  on: FluxMap,
  product: Product,
  onBring: () => void,
  signal: AbortSignal,
): { edit(ring: readonly LonLat[]): void } {
  let tool: Tool = session.view.chosen?.kind === 'zone' ? 'zone' : 'place';
  let sketch: Sketch | undefined;
  const offered = (['place', 'zone', 'draw'] as const).filter((one) => one !== 'zone' || product.zones);
  const buttons = new Map(offered.map((one) => [one, toolButton(one, () => use(one))]));

  const draw = (): void => {
    for (const [one, made] of buttons) made.setAttribute('aria-pressed', String(one === tool));
    on.map.getCanvas().style.cursor = tool === 'zone' ? 'pointer' : 'crosshair';
  };
  const use = (next: Tool, ring?: readonly LonLat[]): void => {
    sketch?.end();
    sketch = undefined;
    say(undefined);
    tool = next;
    draw();
    if (next !== 'draw') return;
    on.map.getCanvas().focus();
    void begin(ring);
  };
  const begin = async (ring?: readonly LonLat[]): Promise<void> => {
    const drawing = await import('./draw.ts');
    if (tool !== 'draw' || sketch || signal.aborted) return;
    sketch = new drawing.Sketch(on, {
      onRing: (ring) => session.set({ chosen: { kind: 'polygon', ring }, tab: 'here' }),
      onGivenUp: () => use('place'),
      say: (text) => say(text),
    });
    if (ring) sketch.edit(ring);
  };
  const read = (at: LonLat): void => {
    if (tool === 'zone') {
      const id = zoneAt(on, at);
      if (id !== undefined) session.set({ chosen: { kind: 'zone', id }, tab: 'here' });
      else say('There is no zone here.', 2500);
    } else if (tool === 'place') {
      session.set({ chosen: { kind: 'place', at: [rounded(at[0]), rounded(at[1])] }, tab: 'here' });
    }
  };
  const onClick = ({ lngLat }: MapMouseEvent): void => read([lngLat.lng, lngLat.lat]);
  on.map.on('click', onClick);
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    const { lng, lat } = on.map.getCenter();
    read([lng, lat]);
  };
  on.map.getCanvas().addEventListener('keydown', onKey, { signal });
  session.listen(({ chosen }, before) => {
    if (!sketch || chosen === before.chosen || chosen?.kind === 'polygon') return;
    // What was drawn goes when something else is chosen, or nothing any more.
    if (chosen || before.chosen?.kind === 'polygon') use(chosen?.kind ?? 'place');
  }, signal);
  signal.addEventListener('abort', () => {
    sketch?.end();
    say(undefined);
    on.map.off('click', onClick);
  });
  byId('tools').replaceChildren(
    ...buttons.values(),
    toolIcon('Bring zones: coordinates, GeoJSON or a file', ICONS.bring, onBring),
    toolIcon('Show the whole product', ICONS.fit, () => on.fit(product.info.bounds)),
    toolIcon('Copy a link to this view', ICONS.link, () => void copyLink()),
  );
  byId('tools').onkeydown = moveInBar;
  draw();
  return { edit: (ring) => use('draw', ring) };
}

/** Arrows, Home and End go from tool to tool, as screen readers announce of a bar of tools. */
function moveInBar(event: KeyboardEvent): void {
  const all = [...byId('tools').querySelectorAll('button')];
  const at = all.indexOf(document.activeElement as HTMLButtonElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  all[(to + all.length) % all.length]!.focus();
}

function toolButton(tool: Tool, onClick: () => void): HTMLButtonElement {
  const [word, title] = TOOLS[tool];
  const made = button('', onClick, { class: 'tool', title, 'aria-label': title, 'data-tool': tool });
  made.append(icon(ICONS[tool]), h('span', { class: 'tool-word' }, word));
  return made;
}

function toolIcon(label: string, paths: string, onClick: () => void): HTMLButtonElement {
  const made = button('', onClick, { class: 'tool tool-icon', title: label, 'aria-label': label });
  made.append(icon(paths));
  return made;
}

const zoneAt = ({ map }: FluxMap, at: LonLat): string | undefined => {
  const [feature] = map.queryRenderedFeatures(map.project([...at]), { layers: ['zones-fill'] });
  return feature?.properties.zone as string | undefined;
};

async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    say('The link to this view is copied.', 2500);
  } catch {
    say('The link to this view is in the address bar.', 4000); // no clipboard without a secure context
  }
}
