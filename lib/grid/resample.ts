export { type AreaMean, prepareMean } from './area-mean.ts';
export {
  type Bilinear,
  type BilinearOptions,
  bilinear,
  type Field,
  MIN_CORNER_WEIGHT,
  prepareBilinear,
} from './bilinear.ts';
export { ClassCounts, indexOfMost, MIN_VALID_FRACTION } from './class-counts.ts';
export { classTable, FILL, UNKNOWN } from './class-tally.ts';
export { COAST_SEARCH_DEGREES, coastWindow, greatCircleDegrees } from './coast.ts';
export { type NearestRow, prepareNearest, resampleNearest } from './nearest.ts';
