"""How far a peer's product is from ours, level by level: python compare.py OURS PEER

OURS: the folder of a chunkflux product (data.zarr and records); PEER: the folder of levels that a peer wrote.

Not every pixel gets the same vegetation type from both (where a majority ties, and along edges). A pixel's type shows in
its NPP, so those are the pixels whose annual NPP differs by more than a hundredth. They are counted and left out, and of
coarser cells those that hold any.
"""

import glob
import json
import os
import sys

import numpy as np
import zarr

MONTHLY = ("npp", "rh", "nep")


def levels_of(folder):
    return [zarr.open_group(f"{folder}/{level}", mode="r") for level in range(64) if os.path.isdir(f"{folder}/{level}")]


def fours(cells, function):
    """function of each 2 x 2 cells; beyond the last row and column all is well."""
    odd = [(0, n % 2) for n in cells.shape]
    cells = np.pad(cells, odd, constant_values=True)
    return function.reduce([cells[y::2, x::2] for y in (0, 1) for x in (0, 1)])


def types_agree(ours, theirs):
    """Where both have the same type, or no data; and how many pixels have what."""
    a, b = ours["npp_a"][:].squeeze(), theirs["npp_a"][:].squeeze()
    none_a, none_b = np.isnan(a), np.isnan(b)
    with np.errstate(invalid="ignore"):
        near = np.abs(a - b) <= 0.01 * np.maximum(np.abs(a), 1)
    return near | (none_a & none_b), {
        "pixels": int((~none_a).sum()),
        "onlyOurs": int((~none_a & none_b).sum()),
        "onlyTheirs": int((none_a & ~none_b).sum()),
        "otherType": int((~none_a & ~none_b & ~near).sum()),
    }


def level_difference(ours, theirs, agree):
    """Values and valid areas of the cells where types agree, and flags that differ among them."""
    result = {}
    for name in MONTHLY:
        p, q = (group[name][:][:, agree] for group in (ours, theirs))
        known = ~np.isnan(p) & ~np.isnan(q)
        result[name] = {
            "worst": float(np.abs(p - q)[known].max()),
            "meanOurs": float(p[known].mean(dtype="f8")),
            "meanTheirs": float(q[known].mean(dtype="f8")),
        }
        if f"{name}_valid_area" in ours:
            p, q = (group[f"{name}_valid_area"][:][:, agree] for group in (ours, theirs))
            result[name]["worstValidArea"] = float((np.abs(p - q) / np.maximum(p, 1)).max())
    flags = [group["flag_a"][:].squeeze()[agree] for group in (ours, theirs)]
    return {"cells": int(agree.sum()), **result, "otherFlag": int((flags[0] != flags[1]).sum())}


def our_sums(folder):
    """Of all chunks of level 0, by variable and step."""
    sums = {}
    for path in glob.glob(f"{folder}/records/0/**/*.json", recursive=True):
        with open(path) as file:
            record = json.load(file)
        for name, of in record["sums"].items():
            parts = sums.setdefault(name, {"total": 0, "area": 0})
            for key in parts:
                parts[key] = parts[key] + np.array(of[key])
    return sums


def sums_difference(ours, theirs):
    """The largest part by which a step's total or area differs, of all pixels."""
    return {
        name: {key: float(np.max(np.abs(np.array(theirs[name][key]) / of[key] - 1))) for key in of}
        for name, of in ours.items()
    }


def main(ours, theirs):
    pairs = list(zip(levels_of(f"{ours}/data.zarr"), levels_of(theirs)))
    agree, counts = types_agree(*pairs[0])
    result = {**counts, "byLevel": []}
    for pair in pairs:
        result["byLevel"].append(level_difference(*pair, agree))
        agree = fours(agree, np.logical_and)
    if os.path.exists(f"{theirs}/sums.json"):
        with open(f"{theirs}/sums.json") as file:
            result["sums"] = sums_difference(our_sums(ours), json.load(file))
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
