import type { ChunkCoord } from '../grid/region.ts';

/** Where everything lies in a store. Only this file spells keys. */

export const productRoot = (product: string): string => `products/${product}/`;
export const productKey = (product: string): string => `${productRoot(product)}product.json`;
export const dataRoot = (product: string): string => `${productRoot(product)}data.zarr`;

/** SHA-256 of the inputs that a product is made from, where somebody had them taken. */
export const checksumsKey = (product: string): string => `${productRoot(product)}checksums.json`;

/** Zone geometry that goes with a product: GeoJSON; `spec` are the zones that its spec names. */
export const zonesKey = (product: string, set = 'spec'): string =>
  `${productRoot(product)}zones/${set}.geojson`;

/** A set of zones that was put over HTTP, and what is kept of it: `index.json` and weights by chunk. */
export const setRoot = (product: string, set: string): string => `${productRoot(product)}zones/${set}/`;
export const weightsRoot = (product: string, set: string, digest: string): string =>
  `${setRoot(product, set)}weights/${digest}/`;
export const weightsKey = (root: string, { y, x }: { readonly y: number; readonly x: number }): string =>
  `${root}${y}/${x}`;

/** A reduction that is done behind the request that asked for it: what was asked, and its parts as they are done. */
export const reductionsRoot = (product: string): string => `${productRoot(product)}reductions/`;
export const reductionRoot = (product: string, run: string): string => `${reductionsRoot(product)}${run}/`;
export const reductionKey = (product: string, run: string): string =>
  `${reductionRoot(product, run)}asked.json`;
export const reductionZonesKey = (product: string, run: string): string =>
  `${reductionRoot(product, run)}zones.geojson`;
export const reductionPartsRoot = (product: string, run: string): string =>
  `${reductionRoot(product, run)}parts/`;
export const reductionPartKey = (product: string, run: string, part: number): string =>
  `${reductionPartsRoot(product, run)}${part}.json`;

export const recordsRoot = (product: string, level = 0): string => `${productRoot(product)}records/${level}/`;
export const recordKey = (product: string, level: number, at: ChunkCoord): string =>
  `${recordsRoot(product, level)}${at.t}/${at.y}/${at.x}.json`;

export const preparedRoot = (product: string, name: string): string =>
  `${productRoot(product)}prepared/${name}/`;
export const preparedKey = (product: string, name: string, t: number): string =>
  `${preparedRoot(product, name)}${t}.json`;
/** One chunk's counts, on their way to the merged statistic. */
export const countsKey = (product: string, name: string, at: ChunkCoord): string =>
  `${preparedRoot(product, name)}${at.t}/${at.y}/${at.x}.json`;

/** Classes of the cells of one place, counted from a finer map: the one of all years, or that of a year. */
export const classesKey = (
  product: string,
  input: string,
  { y, x }: Pick<ChunkCoord, 'y' | 'x'>,
  year?: number,
): string => `${preparedRoot(product, input)}${year === undefined ? '' : `${year}/`}${y}/${x}.json`;

/** What a window leaves to the next; of the one before the first, where a first state is made. */
export const stateKey = (product: string, pool: string, at: ChunkCoord): string =>
  `${productRoot(product)}state/${pool}/${at.t < 0 ? 'first' : at.t}/${at.y}/${at.x}`;
/** What is true of first states. */
export const firstStatesRoot = (product: string): string => `${productRoot(product)}state/first/`;
export const firstStateKey = (product: string, place: Pick<ChunkCoord, 'y' | 'x'>): string =>
  `${firstStatesRoot(product)}${place.y}/${place.x}.json`;

/** What is there of a first state that is being made: some cells an object, which is named by the first of them. */
export const spinUpPartsRoot = (product: string, place: Pick<ChunkCoord, 'y' | 'x'>): string =>
  `${productRoot(product)}state/parts/${place.y}/${place.x}/`;
export const spinUpPartKey = (product: string, place: Pick<ChunkCoord, 'y' | 'x'>, cell: number): string =>
  `${spinUpPartsRoot(product, place)}${cell}`;

export const runRoot = (run: string): string => `runs/${run}/`;
export const planKey = (run: string): string => `${runRoot(run)}plan.json`;
export const tasksKey = (run: string): string => `${runRoot(run)}tasks.json`;
export const runKey = (run: string): string => `${runRoot(run)}run.json`;

/** Where the specs of the products that are to be kept up to date lie among the inputs. */
export const SPECS = 'specs/';

/** One small object a run, so that runs can be listed without all that lies under them. */
export const JOURNAL = 'runs/journal/';
export const journalKey = (run: string): string => `${JOURNAL}${run}.json`;
/** Names the run that a product is kept up to date by; whatever else is at work on it has been overtaken. */
export const CURRENT = 'runs/current/';
export const currentKey = (product: string): string => `${CURRENT}${product}.json`;
/** Why the spec of this name, or the product that it asks for, could not be planned. */
export const REFUSED = 'runs/refused/';
export const refusedKey = (specName: string): string => `${REFUSED}${specName}.json`;

/** Counting comes before computing, where the model needs a statistic of the whole map first. */
export type Stage = 'count' | 'run';
export const taskPartKey = (run: string, part: number): string => `${runRoot(run)}tasks/${part}.json`;
/** The places that a stage has to do; written once, before the first of them is sent. */
export const todoKey = (run: string, stage: Stage): string => `${runRoot(run)}${stage}/todo.json`;
export const sentKey = (run: string, stage: Stage): string => `${runRoot(run)}${stage}/sent.json`;
/** What doing a place cost: timings, bytes, requests. Apart from the record, which says only what is true of the chunk. */
export const receiptsRoot = (run: string, stage: Stage): string =>
  stage === 'run' ? `${runRoot(run)}receipts/` : `${runRoot(run)}count/done/`;
export const doneRoot = (run: string, stage: Stage, y: number): string => `${receiptsRoot(run, stage)}${y}/`;
export const doneKey = (
  run: string,
  stage: Stage,
  { y, x }: { readonly y: number; readonly x: number },
): string => `${doneRoot(run, stage, y)}${x}.json`;
/** What a run took besides its places: planning, merging, sending, finishing; one object by whoever did some of it. */
export const stepsRoot = (run: string): string => `${runRoot(run)}steps/`;
export const stepKey = (run: string, step: string, id: string): string =>
  `${stepsRoot(run)}${step}-${id}.json`;
export const closedRowsRoot = (run: string, stage: Stage): string => `${runRoot(run)}${stage}/rows/`;
/** Says that so many places of a row, which were all that had been sent of it, are done. */
export const closedRowKey = (run: string, stage: Stage, y: number, places: number): string =>
  `${closedRowsRoot(run, stage)}${y}-${places}.json`;
/** Why nobody tries a place of this run any more. */
export const givenUpRoot = (run: string): string => `${runRoot(run)}failed/`;
export const givenUpKey = (run: string, { y, x }: { readonly y: number; readonly x: number }): string =>
  `${givenUpRoot(run)}${y}/${x}.json`;
/** That all which an ended run left was looked at once more, when nothing could be on its way any more. */
export const lookedAgainKey = (run: string): string => `${runRoot(run)}looked-again.json`;
/** That a run's plan has aged and a new one was asked for. */
export const askedKey = (run: string): string => `${runRoot(run)}asked.json`;
