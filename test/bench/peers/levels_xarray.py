"""The levels as xarray and dask make them: each block of level 0 gives its part of level 1, in the same graph that writes
it, so that nothing is read back; from there on levels are small enough to be halved in memory."""

import dask.array as da
import numpy as np
import xarray as xr
import zarr

from levels import NO_FLAG, SHARD, stored, write_sums


def fours(block):
    """Sums of 2 x 2 cells. Rows first: that addition is contiguous, and all is eight times as fast as by reshaping."""
    odd = [(0, n % 2) for n in block.shape[-2:]]
    if any(n for _, n in odd):
        block = np.pad(block, [(0, 0)] * (block.ndim - 2) + odd)
    rows = block[..., ::2, :] + block[..., 1::2, :]
    return rows[..., ::2] + rows[..., 1::2]


def totals(values):
    return fours(np.where(np.isnan(values), values.dtype.type(0), values))


def counts(values):
    return fours((~np.isnan(values)).view("u1"))


def majority(flags):
    """The flag that most of 2 x 2 cells have, the lowest of those that tie."""
    votes = np.stack([fours((flags == flag).view("u1")) for flag in (0, 1, 2)])
    return np.where(votes.any(0), votes.argmax(0), NO_FLAG).astype("u1")


def halved(function, v, dtype):
    """A function that halves rows and columns of each block, lazily."""
    chunks = (*v.chunks[:-2], *(tuple(-(-n // 2) for n in sizes) for sizes in v.chunks[-2:]))
    return v.data.map_blocks(function, dtype=dtype, chunks=chunks)


def first_level(ds):
    """Of level 1: totals of the pixels with data, how many they are, and flags, lazily, by name and what it is."""
    coarse = {("flag_a", "majority"): halved(majority, ds["flag_a"], "u1")}
    for name, v in ds.items():
        if name != "flag_a":
            coarse[name, "count"] = halved(counts, v, "u1")
            coarse[name, "total"] = halved(totals, v, v.dtype)
    return coarse


def next_level(coarse):
    carry = {"total": fours, "count": lambda counts: fours(counts.astype("u4")), "majority": majority}
    return {(name, what): carry[what](v) for (name, what), v in coarse.items()}


def sums_of(coarse):
    """Totals and numbers of the pixels with data in the whole map, by variable, one a step."""
    whole = lambda v: np.atleast_1d(v.sum((-2, -1), dtype="f8"))  # noqa: E731
    names = [name for name, what in coarse if what == "count"]
    return {name: (whole(coarse[name, "total"]), whole(coarse[name, "count"])) for name in names}


def level_of(coarse, pixel_area):
    """Means and valid areas, m2, of totals and counts; a ratio is that of the means."""
    arrays = {key: xr.DataArray(v, dims=("time", "y", "x")[-v.ndim :]).chunk(y=SHARD, x=SHARD) for key, v in coarse.items()}
    count = {name: v for (name, what), v in arrays.items() if what == "count"}
    ds = {name: v / count[name].astype(v.dtype) for (name, what), v in arrays.items() if what == "total"}
    ds["ratio_a"] = (ds["rh_a"] / ds["npp_a"]).where(count["ratio_a"] > 0)
    areas = {f"{name}_valid_area": v * pixel_area for name, v in count.items()}
    return xr.Dataset({**ds, **areas, "flag_a": arrays["flag_a", "majority"]})


def write(ds, out, level, **options):
    encoding = {name: {**stored(name, v.ndim), "_FillValue": None} for name, v in ds.items()}
    ds.to_zarr(out, group=str(level), mode="w", encoding=encoding, zarr_format=3, consolidated=False, **options)


def write_levels(ds, out, levels, pixel_area):
    """ds: level 0, lazily. pixel_area: of one pixel, m2. levels: how many coarser ones."""
    if levels == 0:
        return write(ds, out, 0)
    write(ds, out, 0, compute=False)
    group = zarr.open_group(f"{out}/0")
    lazy = first_level(ds)
    coarse = {key: np.empty(v.shape, v.dtype) for key, v in lazy.items()}
    sources = [*(v.data for v in ds.values()), *lazy.values()]
    da.store(sources, [*(group[name] for name in ds), *coarse.values()], lock=False)
    write_sums(out, sums_of(coarse), pixel_area)
    for level in range(1, levels + 1):
        coarse = next_level(coarse) if level > 1 else coarse
        write(level_of(coarse, pixel_area), out, level)
