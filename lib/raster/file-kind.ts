/** First bytes of forms that people hand us instead of a TIFF, and what to do with them. */
const KINDS: readonly (readonly [bytes: readonly number[], kind: string, remedy: string])[] = [
  [ascii('\x89HDF\r\n\x1a\n'), 'HDF5 or NetCDF-4', 'Write it as Zarr: xarray.open_dataset(…).to_zarr(…)'],
  [ascii('CDF'), 'classic NetCDF', 'Write it as Zarr: xarray.open_dataset(…).to_zarr(…)'],
  [ascii('GRIB'), 'GRIB', 'Write it as Zarr: xarray.open_dataset(…, engine="cfgrib").to_zarr(…)'],
  [[0x0e, 0x03, 0x13, 0x01], 'HDF4', 'Write a layer of it as COG: gdal_translate -of COG HDF4_EOS:… out.tif'],
  [ascii('PK\x03\x04'), 'a zip', 'Unpack it'],
  [[0x1f, 0x8b], 'gzip', 'Unpack it'],
  [ascii('\x89PNG'), 'PNG', 'A picture has no place on Earth; hand over the data as COG'],
  [[0, 0, 0, 0x0c, 0x6a, 0x50], 'JPEG 2000', 'Write it as COG: gdal_translate -of COG in.jp2 out.tif'],
  [[0xff, 0xd8, 0xff], 'JPEG', 'A picture has no place on Earth; hand over the data as COG'],
  [ascii('version https://git-lfs'), 'a pointer of Git LFS', 'Fetch the file itself: git lfs pull'],
];

function ascii(text: string): number[] {
  return [...text].map((char) => char.charCodeAt(0));
}

/** What a file that is no TIFF is, with the remedy; by its first bytes, as far as they are known here. */
export function whatInstead(start: Uint8Array): string | undefined {
  const known = KINDS.find(([bytes]) => bytes.every((byte, i) => start[i] === byte));
  return known && `it is ${known[1]}. ${known[2]}.`;
}
