import type { Map as MapLibre } from 'maplibre-gl';
import { ABOVE_DATA } from './base-map.ts';

/** What a map shows of a product: each is one picture of the world, in tiles. */
export interface Frame {
  /** Address of a tile with {z}, {x} and {y}. */
  readonly tiles: string;
  readonly bounds: readonly [number, number, number, number];
  readonly maxZoom: number;
}

const MOST_KEPT = 6;
const TILE = 256;
const SHOWN = 1;

/**
 * Pictures of a map, one at a time visible. The next is loaded unseen, and shown when it is whole: an animation never
 * flickers through half-loaded tiles.
 */
export class Frames {
  readonly #map: MapLibre;
  /** Least recently used first. */
  readonly #kept: string[] = [];
  #wanted: string | undefined;
  #shown: string | undefined;

  constructor(map: MapLibre) {
    this.#map = map;
  }

  /** Resolves when the frame is on the map, or another is wanted by now. */
  async show(frame: Frame): Promise<void> {
    this.#wanted = frame.tiles;
    this.#add(frame);
    if (this.#shown === undefined) this.#reveal(frame.tiles);
    await this.#loaded(frame.tiles);
    if (this.#wanted === frame.tiles) this.#reveal(frame.tiles);
  }

  /** Loads without showing. */
  async prepare(frame: Frame): Promise<void> {
    this.#add(frame);
    await this.#loaded(frame.tiles);
  }

  /** Asks for all tiles again; the server answers 304 for those that are what they were. */
  refresh(): void {
    for (const tiles of this.#kept.filter((kept) => kept !== this.#shown)) this.#drop(tiles);
    const source = this.#shown === undefined ? undefined : this.#map.getSource(idOf(this.#shown));
    (source as { setTiles?: (tiles: string[]) => void } | undefined)?.setTiles?.([this.#shown!]);
  }

  clear(): void {
    this.#wanted = undefined;
    this.#shown = undefined;
    for (const tiles of [...this.#kept]) this.#drop(tiles);
  }

  #add({ tiles, bounds, maxZoom }: Frame): void {
    const id = idOf(tiles);
    this.#touch(tiles);
    if (this.#map.getSource(id)) return;
    this.#map.addSource(id, {
      type: 'raster',
      tiles: [tiles],
      tileSize: TILE,
      bounds: [...bounds],
      maxzoom: maxZoom,
    });
    const paint = { 'raster-opacity': 0, 'raster-fade-duration': 0, 'raster-resampling': 'nearest' } as const;
    this.#map.addLayer({ id, type: 'raster', source: id, paint }, ABOVE_DATA);
  }

  #touch(tiles: string): void {
    const at = this.#kept.indexOf(tiles);
    if (at >= 0) this.#kept.splice(at, 1);
    this.#kept.push(tiles);
    const spare = this.#kept.filter(
      (kept) => kept !== this.#shown && kept !== this.#wanted && kept !== tiles,
    );
    for (const old of spare.slice(0, Math.max(0, this.#kept.length - MOST_KEPT))) this.#drop(old);
  }

  #drop(tiles: string): void {
    const id = idOf(tiles);
    const at = this.#kept.indexOf(tiles);
    if (at >= 0) this.#kept.splice(at, 1);
    if (this.#map.getLayer(id)) this.#map.removeLayer(id);
    if (this.#map.getSource(id)) this.#map.removeSource(id);
  }

  #reveal(tiles: string): void {
    this.#shown = tiles;
    for (const kept of this.#kept) {
      this.#map.setPaintProperty(idOf(kept), 'raster-opacity', kept === tiles ? SHOWN : 0);
    }
  }

  #loaded(tiles: string): Promise<void> {
    const map = this.#map;
    const id = idOf(tiles);
    return new Promise((resolve) => {
      const look = (): void => {
        if (map.getSource(id) && !map.isSourceLoaded(id)) return;
        map.off('sourcedata', look);
        map.off('idle', look);
        map.off('error', look);
        resolve();
      };
      map.on('sourcedata', look);
      map.on('idle', look);
      map.on('error', look);
      map.once('remove', () => resolve());
      map.triggerRepaint();
      // Tiles are asked for with the next picture of the map, not at once.
      map.once('render', look);
    });
  }
}

const idOf = (tiles: string): string => `frame ${tiles}`;
