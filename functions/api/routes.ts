import type { Api } from './app.ts';
import { addAnimation } from './routes/animation.ts';
import { addChunks } from './routes/chunks.ts';
import { addCollections } from './routes/collections.ts';
import { addDataset } from './routes/dataset.ts';
import { addDocument } from './routes/document.ts';
import { addEdr } from './routes/edr.ts';
import { addImages } from './routes/images.ts';
import { addInfo } from './routes/info.ts';
import { addLandCover } from './routes/land-cover.ts';
import { addLanding } from './routes/landing.ts';
import { addLegends } from './routes/legend.ts';
import { addPoint } from './routes/point.ts';
import { addProducts } from './routes/products.ts';
import { addReductionRuns } from './routes/reduction-runs.ts';
import { addReductions } from './routes/reductions.ts';
import { addSources } from './routes/sources.ts';
import { addStac } from './routes/stac.ts';
import { addStatistics } from './routes/statistics.ts';
import { addTileJson } from './routes/tilejson.ts';
import { addTiles } from './routes/tiles.ts';
import { addTitiler } from './routes/titiler.ts';
import { addUpdates } from './routes/updates.ts';
import { addValidation } from './routes/validation.ts';
import { addWmts } from './routes/wmts.ts';
import { addXpublish } from './routes/xpublish.ts';
import { addZarr } from './routes/zarr.ts';
import { addZones } from './routes/zones.ts';

const RESOURCES = [
  addLanding,
  addDocument,
  addProducts,
  addChunks,
  addUpdates,
  addLegends,
  addImages,
  addAnimation,
  addPoint,
  addDataset,
  addStatistics,
  addInfo,
  addTiles,
  addTileJson,
  addWmts,
  addTitiler,
  addXpublish,
  addCollections,
  addEdr,
  addReductions,
  addReductionRuns,
  addLandCover,
  addValidation,
  addZones,
  addZarr,
  addStac,
  addSources,
];

/** One file a resource in `routes/`. */
export function addRoutes(app: Api): void {
  for (const add of RESOURCES) add(app);
}
