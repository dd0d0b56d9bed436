"""Writes GeoTIFFs in the forms that GDAL knows into a folder, and says on stdout what GDAL reads from them (JSON).

usage: gdal-tiffs.py FOLDER
"""

import json
import sys
import warnings

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.transform import Affine, from_origin

from gdal_describe import describe

warnings.simplefilter("ignore")
folder = sys.argv[1]
H, W = 45, 37  # ragged in every tile size below
rng = np.random.default_rng(7)
NORTH_UP = from_origin(500000, 4649776.224, 463.3127, 231.5)


def cells(dtype, bands=1, limit=None):
    y, x = np.mgrid[0:H, 0:W]
    wave = np.sin(x / 7.0) * np.cos(y / 5.0)
    out = []
    for band in range(bands):
        noisy = wave * 60 + rng.integers(0, 5, (H, W)) + band
        if np.dtype(dtype).kind == "f":
            out.append((noisy * 1.1).astype(dtype))
        else:
            info = np.iinfo(dtype)
            top = info.max if limit is None else limit
            span = np.where(rng.random((H, W)) < 0.02, top, noisy * (1 if info.bits == 8 else 200))
            out.append(np.clip(span, info.min, top).astype(dtype))
    return np.stack(out)


def write(name, data, mask=None, overviews=(), **options):
    path = f"{folder}/{name}.tif"
    profile = dict(driver="GTiff", width=W, height=H, count=len(data), dtype=data.dtype, crs="EPSG:32633",
                   transform=NORTH_UP, blockxsize=16, blockysize=32, tiled=True)
    finish = options.pop("finish", None)
    profile.update(options)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "w", **profile) as d:
        if finish:
            finish(d)
        d.write(data)
        if mask is not None:
            d.write_mask(mask)
    if overviews:
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as d:
            d.build_overviews(overviews, Resampling.average)
    return path


LAYOUTS = [
    dict(),
    dict(interleave="pixel", endianness="BIG"),
    dict(interleave="band", bigtiff="YES"),
    dict(tiled=False, blockxsize=None, blockysize=7),
    dict(tiled=False, blockxsize=None, blockysize=7, interleave="band", endianness="BIG"),
    dict(interleave="pixel", bigtiff="YES", endianness="BIG"),
    dict(tiled=False, blockxsize=None, blockysize=7, interleave="pixel", bigtiff="YES"),
]
CODECS = [("NONE", 1), ("PACKBITS", 1)]
CODECS += [(codec, predictor) for codec in ("LZW", "DEFLATE", "ZSTD") for predictor in (1, 2, 3)]
CODECS += [("LERC", 1), ("LERC_DEFLATE", 1), ("LERC_ZSTD", 1)]
DTYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"]

paths = []
turn = 0
for dtype in DTYPES:
    for codec, predictor in CODECS:
        if predictor == 3 and not dtype.startswith("float"):
            continue
        for _ in range(2):
            layout = LAYOUTS[turn % len(LAYOUTS)]
            turn += 1
            if codec.startswith("LERC") and dtype.startswith("float"):
                # libtiff itself loses those cells whose swapped bytes look like NaN
                layout = {key: value for key, value in layout.items() if key != "endianness"}
            options = dict(layout, compress=codec, **({"predictor": predictor} if predictor > 1 else {}))
            paths.append(write(f"{dtype}-{codec}-{predictor}-{turn % len(LAYOUTS)}",
                               cells(dtype, 2 if "interleave" in layout else 1), **options))

for bits in (1, 2, 3, 4, 5, 6, 7, 9, 12, 15, 17, 24, 31):
    dtype = "uint8" if bits < 9 else "uint16" if bits < 17 else "uint32"
    for codec in ("NONE", "DEFLATE"):
        paths.append(write(f"bits{bits}-{codec}", cells(dtype, limit=2**bits - 1), nbits=bits, compress=codec))
for predictor in (1, 2, 3):
    paths.append(write(f"half-{predictor}", cells("float32"), nbits=16, compress="DEFLATE", predictor=predictor))

holes = cells("float32")
holes[0, 5:30, 10:20] = np.nan
for codec in ("LERC", "LERC_DEFLATE", "LERC_ZSTD", "DEFLATE"):
    paths.append(write(f"nan-{codec}", holes, compress=codec, nodata=np.nan))

two = cells("float32", 2)
two[0, 5:30, 10:20] = np.nan
two[1, 20:40, 15:25] = np.nan
for interleave in ("pixel", "band"):
    paths.append(write(f"nan-LERC-{interleave}", two, compress="LERC", interleave=interleave))

mask = np.where((np.mgrid[0:H, 0:W][0] + np.mgrid[0:H, 0:W][1]) % 5 == 0, 0, 255).astype("uint8")
for codec in ("DEFLATE", "LZW", "NONE"):
    paths.append(write(f"mask-{codec}", cells("int16"), mask=mask, overviews=(2, 4), compress=codec))

gap = np.full((1, H, W), -3000, "int16")
gap[0, :20, :20] = cells("int16")[0, :20, :20]
paths.append(write("sparse-nodata", gap, nodata=-3000, sparse_ok="TRUE", compress="DEFLATE"))
nothing = np.zeros((1, H, W), "int16")
nothing[0, 40, 30] = 5
paths.append(write("sparse-zero", nothing, sparse_ok="TRUE", compress="ZSTD"))


def meaning(d):
    d.scales, d.offsets, d.units = (0.0001,), (-273.15,), ("gC m-2 <& month>",)


paths.append(write("meaning", cells("int16"), compress="LZW", nodata=-9999, finish=meaning))
paths.append(write("rotated", cells("int16"), transform=Affine(10, 2, 5e5, 3, -9, 4e6)))
paths.append(write("south-up", cells("int16"), transform=Affine(10, 0, 5e5, 0, 10, 4e6)))
paths.append(write("point", cells("int16"), finish=lambda d: d.update_tags(AREA_OR_POINT="Point")))
paths.append(write("lowest", cells("float32"), nodata=-3.4028234663852886e38))

print(json.dumps([describe(path) for path in paths]))
