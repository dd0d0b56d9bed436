"""The end-to-end job as xarray and dask do it: lazy arrays in blocks, equations on DataArrays, to_zarr with shards;
coarser levels from the same blocks.

python casa_xarray.py SCENE OUT YEAR THREADS LEVELS      (coarser levels beside level 0)
"""

import sys

import dask
import dask.array as da
import numpy as np
import xarray as xr

import casa_scene as scene_
from levels_xarray import write_levels

DTYPE = "f4"


def carried(wet):
    """The wetness of a month without demand is that of the month before."""
    wet = wet.copy()
    for month in range(1, len(wet)):
        np.copyto(wet[month], wet[month - 1], where=np.isnan(wet[month]))
    return wet


def main(folder, out, year, threads, levels):
    started = scene_.process_start()
    dask.config.set(scheduler="threads", num_workers=threads)
    scene = scene_.Scene(folder, year)
    height, width = scene.shape
    lons, lats, climate = scene.climate()
    mask = ~np.isnan(sum(field.sum(0) for field in climate.values()))

    def blockwise(function, dtype, steps=None):
        rows = []
        for y in range(0, height, scene_.BLOCK):
            row = []
            for x in range(0, width, scene_.BLOCK):
                h, w = min(scene_.BLOCK, height - y), min(scene_.BLOCK, width - x)
                shape = (h, w) if steps is None else (steps, h, w)
                row.append(da.from_delayed(function(y, x, h, w), shape, dtype=dtype))
            rows.append(row)
        return da.block(rows)

    @dask.delayed
    def monthly(y, x, h, w):
        stack = scene.read_stack(scene.ndvi, y, x, h, w)
        return scene_.compose(stack, scene.read_stack(scene.reliability, y, x, h, w), scene.month_of, DTYPE)

    weights_of = {}

    def weights(y, x, h, w):
        if (y, x) not in weights_of:
            weights_of[y, x] = dask.delayed(lambda: scene_.coast_weights(lons, lats, mask, *scene.lonlat(y, x, h, w)))()
        return weights_of[y, x]

    def interpolated(name):
        field = climate[name]
        one = dask.delayed(lambda w: np.stack([scene_.interpolate(month, *w, DTYPE) for month in field]))
        return blockwise(lambda *block: one(weights(*block)), DTYPE, scene_.MONTHS)

    # NDVI and types are wanted twice, by the percentiles and by the model: persisted, as one would with this much memory.
    ndvi, types = dask.persist(
        blockwise(monthly, DTYPE, scene_.MONTHS), blockwise(dask.delayed(scene.types), "u1")
    )
    counted = [
        dask.delayed(scene_.count_ndvi)(a, b)
        for a, b in zip(ndvi.to_delayed().ravel(), types.to_delayed().ravel())
    ]
    low, high = scene_.limits(sum(dask.compute(*counted)))
    slope, bend, base = scene_.fpar_curves(low, high)

    tyx = ("time", "y", "x")
    array = lambda name: xr.DataArray(interpolated(name), dims=tyx)  # noqa: E731
    temp, solar, rain = array("temperature"), array("solar"), array("precipitation")
    evap, pet = array("evaporation"), array("potential")
    ndvi, types = xr.DataArray(ndvi, dims=tyx), xr.DataArray(types, dims=("y", "x"))
    by_type = lambda table: types.copy(data=types.data.map_blocks(lambda t: table.astype(DTYPE)[t], dtype=DTYPE))  # noqa: E731

    c = ndvi.clip(by_type(low), by_type(high))
    fpar = by_type(slope) * c + by_type(bend) / (1 - c) + by_type(base)
    greenest = ndvi.fillna(-9).argmax("time")
    month = xr.DataArray(np.arange(scene_.MONTHS), dims="time")
    topt = temp.where(month == greenest).sum("time", min_count=1).clip(min=0)
    topt = topt.where(ndvi.notnull().sum("time") >= 8)
    te1 = (0.8 + 0.02 * topt - 0.0005 * topt * topt).clip(0, 1)
    bell = 1.184 / (1 + np.exp(0.2 * (topt - 10 - temp))) / (1 + np.exp(0.3 * (temp - topt - 10)))
    half = 0.5 * 1.184 / (1 + np.exp(np.float32(-2))) / (1 + np.exp(np.float32(-3)))
    te2 = xr.where((temp > topt + 10) | (temp < topt - 13), half, bell).where(topt.notnull())
    wet = (0.5 + 0.5 * evap / pet.where((temp > 0) & (pet > 0.01))).clip(0.5, 1)
    wet = wet.copy(data=wet.data.map_blocks(carried, dtype=DTYPE)).fillna(1).where((evap + pet + temp).notnull())
    npp = solar * 0.5 * fpar * by_type(scene_.EPS_OF) * te1 * te2 * wet
    npp = xr.where(temp <= -10, npp * 0, npp)
    rh = 0.22 * 30 * 0.465 * (np.exp(0.0912 * temp) + np.log(0.3145 * rain + 1))
    rh = rh.where(~types.isin([scene_.TYPES.index("water"), scene_.TYPES.index("snow"), scene_.NO_TYPE]))
    nep = npp - rh
    npp_a, rh_a = npp.sum("time", skipna=False), rh.sum("time", skipna=False)
    flag = xr.apply_ufunc(scene_.flags, npp_a, rh_a, dask="parallelized", output_dtypes=["u1"])
    ds = xr.Dataset({
        "npp": npp, "rh": rh, "nep": nep, "npp_a": npp_a, "rh_a": rh_a, "nep_a": npp_a - rh_a,
        "ratio_a": (rh_a / npp_a).where(npp_a > 1e-6), "flag_a": flag,
    })  # fmt: skip
    ds = ds.map(lambda v: v.astype("u1" if v.dtype == np.uint8 else DTYPE).transpose(..., "y", "x"))
    write_levels(ds, out, levels, scene.pixel_area)
    scene_.report(started, style="xarray+dask", dtype="float32", threads=threads)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
