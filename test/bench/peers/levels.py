"""What both Python peers of the end-to-end bench share of the product's levels: how they are stored, and their sums.

A level has half the rows and columns of the one below. A coarser cell holds the mean of its cells with data, weighted by
their area, and that area; a coarser flag is the one that most cells have. The grid of the scene is of equal area, so that
numbers of pixels with data are all the weight there is, and a valid area is such a number times the area of a pixel.
"""

import json

import numpy as np
from zarr.codecs import BloscCodec, ZstdCodec

SHARD, CHUNK = 512, 256
MONTHS = 12
MONTHLY = ("npp", "rh", "nep")
NO_FLAG = 255


def stored(name, dims):
    """How chunkflux stores an array: inner chunks of one step, shards of all steps, its codecs and fill values."""
    steps = MONTHS if name.removesuffix("_valid_area") in MONTHLY else 1
    before = dims - 2
    codec = ZstdCodec(level=1) if name == "flag_a" else BloscCodec(cname="zstd", clevel=1, shuffle="shuffle")
    fill = NO_FLAG if name == "flag_a" else 0.0 if name.endswith("_valid_area") else np.nan
    return {
        "chunks": (*[1] * before, CHUNK, CHUNK),
        "shards": (*[steps] * before, SHARD, SHARD),
        "compressors": [codec],
        "fill_value": fill,
    }


def write_sums(out, sums, pixel_area):
    """Area-weighted totals and valid areas, m2, of the whole map by variable and step, as JSON beside the levels.

    sums: totals and numbers of the pixels with data, by variable, one a step.
    """
    weighed = {
        name: {"total": (total * pixel_area).tolist(), "area": (count * pixel_area).tolist()}
        for name, (total, count) in sums.items()
    }
    with open(f"{out}/sums.json", "w") as file:
        json.dump(weighed, file)
