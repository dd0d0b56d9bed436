import {
  TerraDraw,
  TerraDrawModeUndoRedo,
  TerraDrawPolygonMode,
  TerraDrawSelectMode,
  ValidateNotSelfIntersecting,
} from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import { mapColors } from '../view/theme.ts';
import { type LonLat, rounded } from '../view/view.ts';
import type { FluxMap } from './flux-map.ts';

/** Steps of the crosshair with arrow keys, CSS pixels. */
const NUDGE_PX = 24;
/** As links keep coordinates: what was drawn is what a link asks for. */
const DECIMALS = 6;

const EDITING =
  'Drag corners, or the points between them; a right click takes a corner away. Esc leaves it as it is.';

interface Listener {
  /** The polygon is closed, or a corner of it was moved, added or taken away. */
  onRing(ring: readonly LonLat[]): void;
  onGivenUp(): void;
  /** What to do next. */
  say(text: string): void;
}

/**
 * Drawing of one polygon by mouse, finger or keyboard, and changing it afterwards. Terra Draw does the drawing; the
 * keyboard presses its pointer down under the crosshair: arrows move the map, Space sets a corner.
 */
export class Sketch {
  readonly #on: FluxMap;
  readonly #draw: TerraDraw;
  readonly #listener: Listener;
  readonly #stop = new AbortController();

  constructor(on: FluxMap, listener: Listener) {
    this.#on = on;
    this.#listener = listener;
    this.#draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map: on.map, coordinatePrecision: DECIMALS }),
      modes: [this.#polygonMode(), selectMode()],
      undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
    });
    this.#draw.start();
    this.#draw.on('finish', (id) => this.#onFinish(id));
    this.#draw.on('change', () => this.#tell());
    const canvas = on.map.getCanvas();
    const options = { signal: this.#stop.signal, capture: true };
    canvas.addEventListener('keydown', (event) => this.#onKey(event), options);
    // Given up from anywhere: the focus may be on a button.
    document.addEventListener(
      'keydown',
      ({ key }) => key === 'Escape' && this.#listener.onGivenUp(),
      options,
    );
    this.#draw.setMode('polygon');
    this.#tell();
  }

  /** Takes up a polygon that is there already. */
  edit(ring: readonly LonLat[]): void {
    const id = this.#draw.getFeatureId();
    const coordinates = [[...ring, ring[0]!].map((corner) => [...corner])];
    const properties = { mode: 'polygon' };
    const geometry = { type: 'Polygon', coordinates } as const;
    const [{ valid } = { valid: false }] = this.#draw.addFeatures([
      { type: 'Feature', id, properties, geometry },
    ]);
    if (valid) this.#select(id);
  }

  end(): void {
    this.#stop.abort();
    this.#draw.stop();
  }

  #polygonMode(): TerraDrawPolygonMode {
    const { chosen, halo } = hexColors();
    return new TerraDrawPolygonMode({
      showCoordinatePoints: true,
      keyEvents: { cancel: null, finish: 'Enter' },
      styles: {
        fillColor: chosen,
        fillOpacity: 0.08,
        outlineColor: chosen,
        outlineWidth: 2,
        coordinatePointColor: halo,
        coordinatePointOutlineColor: chosen,
        coordinatePointOutlineWidth: 2,
        coordinatePointWidth: 4,
        closingPointColor: chosen,
        closingPointOutlineColor: halo,
        closingPointWidth: 5,
      },
      validation: (feature, { updateType }) => {
        if (updateType !== 'finish') return { valid: true };
        const crossing = ValidateNotSelfIntersecting(feature);
        if (!crossing.valid)
          this.#listener.say(
            'Its edges cross each other. Take the last corner back with Backspace, or draw on.',
          );
        return crossing;
      },
    });
  }

  #onFinish(id: string | number): void {
    const ring = this.#ringOf(id);
    if (!ring) return;
    if (this.#draw.getMode() === 'polygon') this.#select(id);
    this.#listener.onRing(ring);
  }

  #select(id: string | number): void {
    this.#draw.setMode('select');
    this.#draw.selectFeature(id);
    this.#tell();
  }

  #ringOf(id: string | number): LonLat[] | undefined {
    const geometry = this.#draw.getSnapshotFeature(id)?.geometry;
    if (geometry?.type !== 'Polygon') return undefined;
    return geometry.coordinates[0]!.slice(0, -1).map(([lon, lat]) => [rounded(lon!), rounded(lat!)]);
  }

  #tell(): void {
    this.#listener.say(this.#draw.getMode() === 'select' ? EDITING : this.#drawingText());
  }

  #drawingText(): string {
    const drawn = this.#draw.getSnapshot().find(({ properties }) => properties.currentlyDrawing);
    const corners = Number(drawn?.properties.committedCoordinateCount ?? 0);
    return corners < 3
      ? `Click the corners of a polygon (${corners} so far). Esc gives up.`
      : 'Enter or a click on the first or last corner closes it; Backspace takes one back.';
  }

  #onKey(event: KeyboardEvent): void {
    const nudge = NUDGES[event.key];
    if (nudge) this.#on.map.panBy(nudge, { duration: 0 });
    else if (event.key === ' ') this.#press();
    else if (event.key === 'Backspace') this.#draw.undo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The pointer goes down and up in the middle of the map. */
  #press(): void {
    const canvas = this.#on.map.getCanvas();
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const [clientX, clientY] = [left + width / 2, top + height / 2];
    const at = { clientX, clientY, isPrimary: true, bubbles: true };
    canvas.dispatchEvent(new PointerEvent('pointermove', { ...at, button: -1 }));
    canvas.dispatchEvent(new PointerEvent('pointerdown', { ...at, button: 0, buttons: 1 }));
    canvas.dispatchEvent(new PointerEvent('pointerup', { ...at, button: 0 }));
  }
}

function selectMode(): TerraDrawSelectMode {
  const { chosen, halo } = hexColors();
  return new TerraDrawSelectMode({
    keyEvents: null,
    allowManualDeselection: false,
    flags: {
      polygon: {
        feature: {
          validation: ValidateNotSelfIntersecting,
          coordinates: { draggable: true, deletable: true, midpoints: { draggable: true } },
        },
      },
    },
    styles: {
      selectedPolygonColor: chosen,
      selectedPolygonFillOpacity: 0.08,
      selectedPolygonOutlineColor: chosen,
      selectedPolygonOutlineWidth: 2,
      selectionPointColor: halo,
      selectionPointOutlineColor: chosen,
      selectionPointOutlineWidth: 2,
      selectionPointWidth: 5,
      midPointColor: chosen,
      midPointOutlineColor: halo,
      midPointOutlineWidth: 1,
      midPointWidth: 3,
    },
  });
}

type Hex = `#${string}`;
const hexColors = () => mapColors() as unknown as Readonly<Record<'chosen' | 'halo', Hex>>;

const NUDGES: Readonly<Record<string, [number, number]>> = {
  ArrowLeft: [-NUDGE_PX, 0],
  ArrowRight: [NUDGE_PX, 0],
  ArrowUp: [0, -NUDGE_PX],
  ArrowDown: [0, NUDGE_PX],
};
