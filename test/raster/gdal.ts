import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../helpers/python.ts';

/** A Python with GDAL, where there is one. */
export const gdalPython = pythonWith('rasterio', 'numpy');

export interface GdalLevel {
  readonly size: readonly [height: number, width: number];
  readonly transform: readonly number[];
  /** `digest` of each band's cells. */
  readonly bands: readonly string[];
  /** `digest` of the mask (1 = valid) that the file carries. */
  readonly mask: string | null;
}

/** What GDAL reads from a GeoTIFF. */
export interface GdalFile extends GdalLevel {
  readonly file: string;
  readonly dtype: string;
  readonly nodata: string | null;
  readonly scale: number;
  readonly offset: number;
  readonly units: string | null;
  readonly description: string | null;
  readonly overviews: readonly GdalLevel[];
  readonly crs: string | null;
  readonly epsg: number | null;
  readonly structure: Readonly<Record<string, string>>;
  /** Of rio-cogeo's strict validator, asked about whole folders; null where that is not installed. */
  readonly complaints?: readonly string[] | null;
  /** Instead of all the rest, when GDAL cannot read the file. */
  readonly error?: string;
}

/** Lets GDAL describe the TIFFs of a folder (all, or those named), which `gdal-tiffs.py` fills with its own first. */
export function askGdal(
  script: 'gdal-tiffs.py' | 'gdal_describe.py',
  folder: string,
  names: readonly string[] = [],
): GdalFile[] {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const answer = execFileSync(gdalPython!, ['-B', path, folder, ...names], {
    encoding: 'utf8',
    maxBuffer: 1 << 25,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(answer);
}
