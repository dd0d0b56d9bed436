import { Map as MapLibre, NavigationControl, ScaleControl } from 'maplibre-gl';
import { keyHeaders } from '../api/api.ts';
import { calm, mapColors, onThemeChange } from '../view/theme.ts';
import type { Camera } from '../view/view.ts';
import { baseStyle, keepBaseMap, paintBaseMap, setData } from './base-map.ts';
import { Frames } from './frames.ts';
import type { Bounds } from './shapes.ts';

const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
const OVERLAYS = ['zones', 'chosen', 'sketch'] as const;
/** So much around what is shown whole, CSS pixels, and no nearer than this. */
const FIT = { padding: 36, maxZoom: 13 };
type Overlay = (typeof OVERLAYS)[number];

/** A map with base, data, zones and what is chosen. Two of them make a comparison. */
export class FluxMap {
  readonly map: MapLibre;
  readonly frames: Frames;
  readonly #removed = new AbortController();
  /** Resolves when there is something to draw on, or never will be. */
  readonly ready: Promise<void>;

  /** @param begin where it looks first: at a camera, or at a box that it shows whole */
  constructor(container: HTMLElement, begin: Camera | Bounds, controls: boolean) {
    this.map = new MapLibre({
      container,
      style: baseStyle(),
      ...('zoom' in begin
        ? { center: [begin.lon, begin.lat], zoom: begin.zoom }
        : { bounds: [...begin], fitBoundsOptions: FIT }),
      locale: { 'Map.Title': 'Map. Arrows move it, plus and minus zoom, Enter reads its centre.' },
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      fadeDuration: calm() ? 0 : 150,
      transformRequest: (url) => ({ url, headers: keyHeaders() }),
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    if (controls) {
      this.map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
      this.map.addControl(new ScaleControl({ maxWidth: 90 }), 'bottom-left');
    }
    this.frames = new Frames(this.map);
    keepBaseMap(this.map);
    this.ready = new Promise((done) => {
      this.map.once('load', () => {
        this.#addOverlays();
        onThemeChange(() => this.#paint(), this.#removed.signal);
        done();
      });
      this.map.once('remove', () => done());
    });
  }

  remove(): void {
    this.#removed.abort();
    this.frames.clear();
    this.map.remove();
  }

  get camera(): Camera {
    const { lat, lng } = this.map.getCenter();
    return { zoom: this.map.getZoom(), lat, lon: lng };
  }

  fit(bounds: Bounds, animate = true): void {
    this.map.fitBounds([...bounds], { ...FIT, animate: animate && !calm(), duration: 700 });
  }

  overlay(name: Overlay, data: GeoJSON.GeoJSON | undefined): void {
    setData(this.map, name, data ?? EMPTY);
  }

  /** Follows another map, and leads it. */
  follow(other: FluxMap): () => void {
    let moving = false;
    const copy = (from: MapLibre, to: MapLibre) => () => {
      if (moving) return;
      moving = true;
      to.jumpTo({ center: from.getCenter(), zoom: from.getZoom() });
      moving = false;
    };
    const [there, back] = [copy(other.map, this.map), copy(this.map, other.map)];
    other.map.on('move', there);
    this.map.on('move', back);
    there();
    return () => other.map.off('move', there);
  }

  #addOverlays(): void {
    for (const name of OVERLAYS) this.map.addSource(name, { type: 'geojson', data: EMPTY });
    const { zone, halo, chosen } = mapColors();
    const line = (id: string, source: string, color: string, width: number, opacity = 1) =>
      this.map.addLayer({
        id,
        type: 'line',
        source,
        layout: { 'line-join': 'round' },
        paint: { 'line-color': color, 'line-width': width, 'line-opacity': opacity },
      });
    this.map.addLayer({ id: 'zones-fill', type: 'fill', source: 'zones', paint: { 'fill-opacity': 0 } });
    line('zones-line', 'zones', zone, 0.9, 0.75);
    line('chosen-halo', 'chosen', halo, 5, 0.85);
    line('chosen-line', 'chosen', chosen, 2.2);
    line('sketch-halo', 'sketch', halo, 5, 0.85);
    line('sketch-line', 'sketch', chosen, 2.2);
    for (const source of ['chosen', 'sketch']) {
      this.map.addLayer({
        id: `${source}-point`,
        type: 'circle',
        source,
        filter: ['==', ['geometry-type'], 'Point'],
        paint: {
          'circle-radius': source === 'chosen' ? 7 : 5,
          'circle-color': halo,
          'circle-stroke-color': chosen,
          'circle-stroke-width': 2.5,
        },
      });
    }
  }

  #paint(): void {
    const colors = mapColors();
    paintBaseMap(this.map, colors);
    this.map.setPaintProperty('zones-line', 'line-color', colors.zone);
    for (const source of ['chosen', 'sketch']) {
      this.map.setPaintProperty(`${source}-halo`, 'line-color', colors.halo);
      this.map.setPaintProperty(`${source}-line`, 'line-color', colors.chosen);
      this.map.setPaintProperty(`${source}-point`, 'circle-color', colors.halo);
      this.map.setPaintProperty(`${source}-point`, 'circle-stroke-color', colors.chosen);
    }
  }
}
