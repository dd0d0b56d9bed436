"""Says what GDAL reads from GeoTIFFs, as JSON.

usage: gdal_describe.py FOLDER [FILE ...]
"""

import glob
import hashlib
import json
import logging
import os
import sys
import warnings

import numpy as np
import rasterio
from rasterio.enums import MaskFlags

try:
    from rio_cogeo import cog_validate
except ImportError:
    cog_validate = None

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)


def digest(cells):
    return hashlib.sha256(np.ascontiguousarray(cells).tobytes()).hexdigest()[:16]


def complaints(path):
    """What rio-cogeo finds wrong or unusual in a COG; None where it is not installed."""
    if cog_validate is None:
        return None
    _, errors, oddities = cog_validate(path, strict=True, quiet=True)
    return [*errors, *oddities]


def describe(path):
    with rasterio.open(path) as d:
        own_mask = MaskFlags.per_dataset in d.mask_flag_enums[0]
        answer = dict(
            file=os.path.basename(path),
            dtype=d.dtypes[0],
            size=[d.height, d.width],
            transform=list(d.transform)[:6],
            nodata=None if d.nodata is None else str(d.nodata),
            scale=d.scales[0],
            offset=d.offsets[0],
            units=d.units[0],
            bands=[digest(d.read(i + 1)) for i in range(d.count)],
            mask=digest(d.read_masks(1) // 255) if own_mask else None,
            overviews=[],
            crs=d.crs.to_proj4() if d.crs else None,
            epsg=d.crs.to_epsg() if d.crs else None,
            description=d.descriptions[0],
            structure=d.tags(ns="IMAGE_STRUCTURE"),
        )
        levels = len(d.overviews(1))
    for level in range(levels):
        with rasterio.open(path, overview_level=level) as d:
            answer["overviews"].append(dict(
                size=[d.height, d.width],
                transform=list(d.transform)[:6],
                bands=[digest(d.read(i + 1)) for i in range(d.count)],
                mask=digest(d.read_masks(1) // 255) if own_mask else None,
            ))
    return answer


def describe_or_fail(path, name):
    try:
        return dict(describe(path), file=name)
    except Exception as error:
        return dict(file=name, error=str(error))


def main(folder, *names):
    # what the TIFF itself says, and nothing beside it
    with rasterio.Env(GDAL_PAM_ENABLED="NO"):
        if names:
            return [describe_or_fail(os.path.join(folder, name), name) for name in names]
        paths = sorted(glob.glob(f"{folder}/*.tif"))
        return [dict(describe(path), complaints=complaints(path)) for path in paths]


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
