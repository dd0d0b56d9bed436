import TileLayer from 'ol/layer/WebGLTile.js';
import OlMap from 'ol/Map.js';
import GeoZarr from 'ol/source/GeoZarr.js';
import View from 'ol/View.js';

/** A map of one variable of a product's Zarr, as somebody would write it; bundled for a browser by the test. */
const { hash } = (globalThis as unknown as { readonly location: URL }).location;
const view = JSON.parse(decodeURIComponent(hash.slice(1)));
const { address, variable, index, west, north, rows, cols, pixel } = view;

const layer = new TileLayer({
  source: new GeoZarr({ url: address, bands: [variable], dimensions: { year: index } }),
  style: { color: ['case', ['==', ['band', 2], 0], [0, 0, 0, 0], [0, 128, 0, 1]] },
});
const extent = [west, north - rows * pixel, west + cols * pixel, north];
const map = new OlMap({
  target: 'map',
  layers: [layer],
  controls: [],
  view: new View({ projection: 'EPSG:4326' }),
});
map.getView().fit(extent, { size: map.getSize()! });
map.on('rendercomplete', () => {
  if (layer.getSource()!.getState() !== 'ready') return; // drawn empty, while the metadata are read
  const place = (y: number, x: number) => [west + (x + 0.5) * pixel, north - (y + 0.5) * pixel];
  const cells = Array.from({ length: rows * cols }, (_, i) => {
    const found = layer.getData(map.getPixelFromCoordinate(place(Math.floor(i / cols), i % cols)));
    return found instanceof Float32Array && found[1] ? found[0] : null;
  });
  Object.assign(globalThis, { shown: { cells } });
});
