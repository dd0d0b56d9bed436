"""Writes one climate cube in the many forms in which people keep theirs, and prints what each holds as JSON.

python test/interop/write_inputs.py FOLDER

Rows of `cells` run from north to south and columns from west to east, None is nodata; whoever reads a store must
find these cells after nodata, scale and offset.
"""

import json
import sys

import numpy
import rasterio
import rioxarray  # noqa: F401  gives xarray its .rio
import xarray
import zarr
from zarr.codecs import BloscCodec, BytesCodec, Crc32cCodec, GzipCodec, ShardingCodec, TransposeCodec, ZstdCodec

TIMES = numpy.array(["2022-01-01", "2022-02-01", "2022-03-01"], dtype="datetime64[ns]")
LAT = 22.95 - 0.1 * numpy.arange(5)
LON = 113.05 + 0.1 * numpy.arange(6)
VALUES = (100.0 * numpy.arange(3)[:, None, None] + 10 * numpy.arange(5)[:, None] + numpy.arange(6)).astype("float32")
found = {}


def cube(values=VALUES, lat=LAT, lon=LON, dims=("time", "lat", "lon"), attrs=None):
    coords = {
        "time": ("time", TIMES),
        "lat": ("lat", lat, {"units": "degrees_north", "standard_name": "latitude"}),
        "lon": ("lon", lon, {"units": "degrees_east", "standard_name": "longitude"}),
    }
    array = xarray.DataArray(values, dims=("time", "lat", "lon"), coords=coords, attrs=attrs or {"units": "K"})
    return array.transpose(*dims).to_dataset(name="t2m")


def keep(name, values=VALUES, variable="t2m", **more):
    cells = [None if numpy.isnan(v) else float(v) for v in numpy.asarray(values, dtype="float64").ravel()]
    found[name] = {"variable": variable, "shape": list(numpy.shape(values)), "cells": cells, **more}


def by_xarray(folder, name, data, values=VALUES, encoding=None, time=None, **kwargs):
    full = {"t2m": encoding or {}, **({"time": time} if time else {})}
    data.to_zarr(f"{folder}/{name}", encoding=full, **kwargs)
    keep(name, values)


def xarray_forms(folder):
    holes = VALUES.copy()
    holes[0, 0, 0] = holes[2, 4, 5] = numpy.nan
    packed = {"dtype": "int16", "scale_factor": 0.5, "add_offset": 100.0, "_FillValue": -32768}
    for version in (2, 3):
        fmt = {"zarr_format": version}
        tag = f"v{version}"
        by_xarray(folder, f"{tag}-plain", cube(), **fmt)
        by_xarray(folder, f"{tag}-chunked", cube(), encoding={"chunks": (2, 4, 4)}, **fmt)
        by_xarray(folder, f"{tag}-unconsolidated", cube(), consolidated=False, **fmt)
        by_xarray(folder, f"{tag}-holes", cube(holes), holes, **fmt)
        by_xarray(folder, f"{tag}-packed", cube(holes), holes, encoding=packed, **fmt)
        by_xarray(folder, f"{tag}-fill", cube(holes), holes, encoding={"_FillValue": -9999.0}, **fmt)
        by_xarray(folder, f"{tag}-float64", cube(holes.astype("float64")), holes, **fmt)
        by_xarray(folder, f"{tag}-float16", cube(holes.astype("float16")), holes, **fmt)
        by_xarray(folder, f"{tag}-south-up", cube(VALUES[:, ::-1], lat=LAT[::-1]), **fmt)
        by_xarray(folder, f"{tag}-x-first", cube(dims=("lon", "lat", "time")), encoding={"chunks": (4, 2, 2)}, **fmt)
        hours = {"units": "hours since 1900-01-01 00:00:00", "calendar": "gregorian", "dtype": "int32"}
        by_xarray(folder, f"{tag}-hours", cube(), time=hours, **fmt)
        seconds = {"units": "seconds since 1970-01-01T00:00:00", "dtype": "int64"}
        by_xarray(folder, f"{tag}-seconds", cube(), time=seconds, **fmt)
    by_xarray(folder, "v3-sharded", cube(), encoding={"chunks": (1, 2, 2), "shards": (2, 4, 4)}, zarr_format=3)
    float_days = {"units": "days since 2021-12-31 12:00:00", "dtype": "float64"}
    by_xarray(folder, "v3-half-days", cube(), time=float_days, zarr_format=3)


def rioxarray_form(folder):
    data = cube().isel(time=0, drop=True).rename({"lat": "y", "lon": "x"})
    data = data.assign_coords(x=600015.0 + 30 * numpy.arange(6), y=5299985.0 - 30 * numpy.arange(5))
    data = data.rio.write_crs("EPSG:32632").rio.write_coordinate_system().rio.write_transform()
    data.to_zarr(f"{folder}/v2-utm", zarr_format=2)
    keep("v2-utm", VALUES[:1], crs="EPSG:32632", transform=[30, 0, 600000, 0, -30, 5300000])


def zarr_forms(folder):
    """The codecs and orders of zarr-python that xarray does not reach, in place of the cube's plain array."""
    sharded = dict(chunk_shape=(1, 2, 2), codecs=[BytesCodec(endian="big"), ZstdCodec(level=3, checksum=True)])
    chains = {
        "gzip": [BytesCodec(), GzipCodec()],
        "crc32c": [BytesCodec(), Crc32cCodec()],
        "zstd-crc32c": [BytesCodec(), ZstdCodec(), Crc32cCodec()],
        "big-endian": [BytesCodec(endian="big")],
        "transposed": [TransposeCodec(order=(2, 0, 1)), BytesCodec(), ZstdCodec()],
        "shard-end": [ShardingCodec(**sharded, index_location="end")],
        "shard-start": [ShardingCodec(**sharded, index_location="start")],
        "shard-transposed": [
            ShardingCodec(chunk_shape=(2, 4, 2), codecs=[TransposeCodec(order=(1, 2, 0)), BytesCodec(), GzipCodec()])
        ],
    }
    for cname in ("lz4", "lz4hc", "blosclz", "zlib", "zstd"):
        for shuffle in ("noshuffle", "shuffle", "bitshuffle"):
            codec = BloscCodec(cname=cname, clevel=5, shuffle=shuffle, typesize=4)
            chains[f"blosc-{cname}-{shuffle}"] = [BytesCodec(), codec]
    for name, codecs in chains.items():
        replace_array(folder, f"v3-{name}", codecs)
    for dtype in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool"):
        values = (VALUES % 100).astype(dtype)
        replace_array(folder, f"v3-{dtype}", [BytesCodec(), ZstdCodec()], values)


def replace_array(folder, name, codecs, values=VALUES):
    cube().to_zarr(f"{folder}/{name}", zarr_format=3, consolidated=False)
    group = zarr.open_group(f"{folder}/{name}", mode="a")
    del group["t2m"]
    array_bytes = next(i for i, c in enumerate(codecs) if isinstance(c, (BytesCodec, ShardingCodec)))
    array = group.create_array(
        "t2m",
        shape=values.shape,
        chunks=(2, 4, 4),
        dtype=values.dtype,
        filters=codecs[:array_bytes],
        serializer=codecs[array_bytes],
        compressors=codecs[array_bytes + 1 :],
        dimension_names=("time", "lat", "lon"),
        fill_value=0,
        config={"write_empty_chunks": True},
    )
    array[...] = values
    keep(name, values)


def gdal_forms(folder):
    """A raster as GDAL itself keeps it."""
    for version in ("ZARR_V2", "ZARR_V3"):
        name = f"gdal-{version.lower()}"
        profile = dict(driver="ZARR", width=6, height=5, count=1, dtype="float32", FORMAT=version, nodata=-9999)
        transform = rasterio.transform.from_origin(600000, 5300000, 30, 30)
        with rasterio.open(f"{folder}/{name}", "w", crs="EPSG:32632", transform=transform, **profile) as out:
            out.write(VALUES[:1])
        keep(name, VALUES[:1], variable=name, crs="EPSG:32632", transform=[30, 0, 600000, 0, -30, 5300000])


if __name__ == "__main__":
    xarray_forms(sys.argv[1])
    rioxarray_form(sys.argv[1])
    zarr_forms(sys.argv[1])
    gdal_forms(sys.argv[1])
    print(json.dumps(found))
