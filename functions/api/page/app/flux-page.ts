import { isAbort, messageOf } from './api/api.ts';
import { openProduct } from './api/catalogue.ts';
import type { Brief, Product } from './api/product.ts';
import { readSet, storeSet } from './api/zone-store.ts';
import { productChoice, variableChoice } from './choose.ts';
import { Compare } from './map/compare.ts';
import type { FluxMap } from './map/flux-map.ts';
import { frameOf } from './map/frame-of.ts';
import { labelZones } from './map/labels.ts';
import { drawLegend } from './map/legend.ts';
import { boundsOf, chosenShape, zoneShapes } from './map/shapes.ts';
import { tools } from './map/tools.ts';
import { herePanel } from './readings/here.ts';
import { keepLive } from './state/live.ts';
import { timeBar } from './time/time-bar.ts';
import { busy } from './view/busy.ts';
import { linkNote } from './view/link-note.ts';
import { say } from './view/say.ts';
import type { Session } from './view/session.ts';
import { nearestStep } from './view/steps.ts';
import { tabs } from './view/tabs.ts';
import { nearestVariable } from './view/variables.ts';
import { readLink, type View } from './view/view.ts';
import { Bring } from './zones/bring.ts';
import type { Brought } from './zones/read-zones.ts';
import { zoneTable } from './zones/zone-table.ts';
import type { ZoneSet } from './zones/zones.ts';

const [PREFERRED_KIND, PREFERRED] = ['year', 'nep'];

/** What is asked for, made to fit what the product has. */
export function viewOf(product: Product, wanted: Partial<View>): View {
  const { info, steps } = product;
  const kind = steps.has(PREFERRED_KIND!) ? PREFERRED_KIND! : [...steps.keys()][0]!;
  const variable =
    info.variables.find(({ name }) => name === wanted.variable) ??
    nearestVariable(product, { base: PREFERRED! }, kind)!;
  const labels = steps.get(variable.step)!;
  const { against } = wanted;
  return {
    product: info.id,
    variable: variable.name,
    time: wanted.time === undefined ? labels.at(-1)! : nearestStep(labels, wanted.time),
    against: against && nearestStep(labels, against),
    camera: wanted.camera,
    chosen: wanted.chosen,
    set: product.zones?.name === wanted.set ? wanted.set : undefined,
    tab: wanted.tab ?? 'here',
    states: wanted.states ?? false,
  };
}

interface Panel {
  reload(): void;
}

/** The page around one product at a time, and around one set of its zones. */
export class FluxPage {
  readonly #products: readonly Brief[];
  readonly #session: Session;
  readonly #on: FluxMap;
  readonly #compare: Compare;
  readonly #bring = new Bring((brought, name) => this.#onBrought(brought, name));
  /** Second maps that carry the names of zones; they go with their map. */
  readonly #labelled = new WeakSet<FluxMap>();
  #closing = new AbortController();
  #closingZones = new AbortController();
  #product: Product | undefined;
  #panels: readonly Panel[] = [];

  constructor(products: readonly Brief[], session: Session, on: FluxMap) {
    this.#products = products;
    this.#session = session;
    this.#on = on;
    this.#compare = new Compare(on);
    on.map.on('moveend', () => session.set({ camera: on.camera }));
    on.map.on('error', ({ error }) => this.#onMapError(error));
    session.listen((view, before) => this.#follow(view, before));
    window.addEventListener('hashchange', () => void this.#onLink());
    tabs(session);
  }

  open(product: Product, fit: boolean): void {
    this.#closing.abort();
    this.#closing = new AbortController();
    const { signal } = this.#closing;
    const [session, on] = [this.#session, this.#on];
    on.frames.clear();
    this.#compare.close();
    document.title = `${product.info.title} · chunkflux`;
    productChoice(this.#products, product.info.id, (id) => void this.#change(id));
    variableChoice(session, product, signal);
    timeBar(session, product, (step) => on.frames.prepare(frameOf(product, session.view, step)), signal);
    keepLive(session, product, (changed) => this.#onUpdate(changed), signal);
    this.#openZones(product);
    if (fit) on.fit(product.info.bounds, false);
    this.#draw();
    session.set({});
  }

  tell(text: string): void {
    say(text, 8000);
  }

  /** Says what a link asked for in vain. */
  noteLink(wanted: Partial<View>): void {
    const note = linkNote(this.#product!, wanted, this.#session.view);
    if (note !== undefined) this.tell(note);
  }

  /** All that depends on which zones there are. */
  #openZones(product: Product): void {
    this.#closingZones.abort();
    this.#closingZones = new AbortController();
    const signal = AbortSignal.any([this.#closingZones.signal, this.#closing.signal]);
    const [session, on] = [this.#session, this.#on];
    this.#product = product;
    on.overlay('zones', zoneShapes(product.zones));
    signal.addEventListener('abort', labelZones(on, product));
    const drawing = tools(session, on, product, () => this.#bring.open(), signal);
    const actions = {
      onSet: (name: string) => void this.#showSet(name),
      onStore: (name: string) => this.#storeSet(name),
      onFind: (id: string) => this.#find(id),
    };
    const editing = { onMap: drawing.edit, asText: this.#bring.open.bind(this.#bring) };
    this.#panels = [
      herePanel(session, product, editing, signal),
      zoneTable(session, product, actions, signal),
    ];
  }

  async #change(id: string, wanted: Partial<View> = {}): Promise<void> {
    const { variable, time, tab } = this.#session.view;
    try {
      const product = await openProduct(id, wanted.set);
      this.#closing.abort();
      this.#closingZones.abort();
      this.#session.set({ ...viewOf(product, { variable, time, tab, ...wanted }) });
      this.open(product, wanted.camera === undefined);
    } catch (error) {
      this.tell(messageOf(error));
    }
  }

  /** Somebody pasted another link into the address bar. */
  async #onLink(): Promise<void> {
    const wanted = readLink(location.hash);
    const product = this.#product!;
    const other = wanted.product !== undefined && wanted.product !== product.info.id;
    const otherZones = product.zones?.own === true || wanted.set !== this.#session.view.set;
    if (other || otherZones)
      await this.#change(wanted.product ?? product.info.id, { tab: 'here', ...wanted });
    else this.#session.set(viewOf(product, { camera: this.#session.view.camera, ...wanted }));
    this.noteLink(wanted);
    const { camera } = wanted;
    if (camera) this.#on.map.jumpTo({ center: [camera.lon, camera.lat], zoom: camera.zoom });
  }

  #onBrought(brought: Brought, file: string): void {
    const product = this.#product!;
    if (brought.kind === 'polygon') {
      this.#session.set({ chosen: brought, tab: 'here' });
      this.#fitTo(chosenShape(product, brought));
      return;
    }
    const zones: ZoneSet = { name: file, own: true, features: brought.features };
    this.#takeSet({ ...product, zones });
    this.#session.set({ set: undefined, chosen: undefined, tab: 'zones' });
    this.#fitTo(zoneShapes(zones));
  }

  async #showSet(name: string): Promise<void> {
    const product = this.#product!;
    try {
      const zones = await readSet(product.info.id, name);
      this.#takeSet({ ...product, zones });
      this.#session.set({ set: name, chosen: undefined });
    } catch (error) {
      this.tell(messageOf(error));
    }
  }

  async #storeSet(name: string): Promise<void> {
    const product = this.#product!;
    const zones = await storeSet(product.info.id, name, product.zones!);
    this.#takeSet({ ...product, zones, sets: [...product.sets, name].sort() });
    this.#session.set({ set: name });
    this.tell(`The server keeps these zones as “${name}”. Links to them work now.`);
  }

  #takeSet(product: Product): void {
    this.#openZones(product);
    this.#compare.second?.overlay('zones', zoneShapes(product.zones));
    this.#drawChosen();
  }

  #find(id: string): void {
    this.#fitTo(chosenShape(this.#product!, { kind: 'zone', id }));
  }

  #fitTo(shape: GeoJSON.GeoJSON | undefined): void {
    const bounds = boundsOf(shape);
    if (bounds) this.#on.fit(bounds);
  }

  #follow(view: View, before: View): void {
    if (view.product !== this.#product?.info.id) return;
    const same = (names: readonly (keyof View)[]) => names.every((name) => view[name] === before[name]);
    if (!same(['variable', 'time', 'against', 'states'])) this.#drawData();
    if (view.variable !== before.variable) this.#drawLegend();
    if (view.chosen !== before.chosen) this.#drawChosen();
  }

  #draw(): void {
    this.#drawData();
    this.#drawLegend();
    this.#drawChosen();
  }

  #drawData(): void {
    const [product, view] = [this.#product!, this.#session.view];
    busy(this.#on.frames.show(frameOf(product, view, view.time)));
    if (view.against === undefined) this.#compare.close();
    else this.#drawSecond(product, view.time, view.against);
  }

  #drawSecond(product: Product, time: string, beside: string): void {
    const second = this.#compare.open(time, beside);
    const draw = async (): Promise<void> => {
      await second.ready;
      if (this.#compare.second !== second) return; // closed before it was there
      second.overlay('zones', zoneShapes(product.zones));
      if (!this.#labelled.has(second)) labelZones(second, product);
      this.#labelled.add(second);
      this.#drawChosen();
      const { against } = this.#session.view;
      if (against !== undefined) await second.frames.show(frameOf(product, this.#session.view, against));
    };
    busy(draw());
  }

  #drawLegend(): void {
    void drawLegend(this.#product!, this.#session, this.#closing.signal);
  }

  #drawChosen(): void {
    const shape = chosenShape(this.#product!, this.#session.view.chosen);
    for (const map of [this.#on, this.#compare.second]) map?.overlay('chosen', shape);
  }

  /** @param changed whether the product did; else the server was away, and answers again */
  #onUpdate(changed: boolean): void {
    this.#on.frames.refresh();
    this.#compare.second?.frames.refresh();
    for (const panel of this.#panels) panel.reload();
    this.#drawLegend();
    say(changed ? 'The product was updated; the map follows.' : 'The server answers again.', 4000);
  }

  #onMapError(error: { readonly message: string; readonly status?: number }): void {
    if (isAbort(error)) return;
    if (error.status === undefined) return; // no answer at all: the page says so once
    say(
      error.status === 503
        ? 'The server is busy; some tiles are missing. They are asked for again when you move the map.'
        : `A tile is missing (the server answered ${error.status}). Move the map to ask for it again.`,
      6000,
    );
  }
}
