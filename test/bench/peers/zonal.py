"""Zonal means and monthly series of a stored product by xarray + exactextract, and by rio-tiler: what people use today.

usage: zonal.py JOB.json   (JOB: group, polygons (GeoJSON of longitudes and latitudes), variables, task, tool, rounds)

Polygons are brought into the grid's own coordinates before the clock starts. Prints JSON: processor and wall seconds of
each round, and the numbers, so that both sides can be held against each other.
"""
import json
import resource
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
import pyproj  # noqa: E402
import xarray as xr  # noqa: E402

job = json.load(open(sys.argv[1]))


def open_group():
    return xr.open_zarr(job["group"], consolidated=False, decode_times=False)


first = open_group()
crs = pyproj.CRS.from_wkt(first["spatial_ref"].attrs["crs_wkt"])
to_grid = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)


def ring_on_grid(ring, step=0.005):
    """Straight edges in longitude and latitude are bent on the grid: points every half a hundredth of a degree."""
    lon, lat = [], []
    for (x0, y0), (x1, y1) in zip(ring, ring[1:]):
        n = max(1, int(np.ceil(max(abs(x1 - x0), abs(y1 - y0)) / step)))
        t = np.arange(n) / n
        lon.extend(x0 + t * (x1 - x0))
        lat.extend(y0 + t * (y1 - y0))
    x, y = to_grid.transform(np.array(lon), np.array(lat))
    points = list(zip(x.tolist(), y.tolist()))
    return points + points[:1]


def on_grid(geometry):
    many = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return {"type": "MultiPolygon", "coordinates": [[ring_on_grid(r) for r in rings] for rings in many]}


shapes = [on_grid(f["geometry"]) for f in job["polygons"]["features"]]
x, y = first["x"].values, first["y"].values
dx, dy = abs(x[1] - x[0]), abs(y[1] - y[0])
edges = dict(xmin=x[0] - dx / 2, xmax=x[-1] + dx / 2, ymin=y[-1] - dy / 2, ymax=y[0] + dy / 2)
pixel_area = dx * dy  # the grid is equal-area


def by_exactextract():
    from exactextract import exact_extract
    from exactextract.feature import JSONFeatureSource
    from exactextract.raster import NumPyRasterSource

    ds = first  # stays open; what it reads is read anew in every round
    rasters = []
    for name in job["variables"]:
        values = ds[name].values if job["task"] == "series" else ds[name].values[job["step"]][None]
        for i, step in enumerate(values):
            rasters.append(NumPyRasterSource(step, nodata=np.nan, name=f"{name}{i}", **edges))
    features = [{"type": "Feature", "id": i, "properties": {}, "geometry": s} for i, s in enumerate(shapes)]
    found = exact_extract(rasters, JSONFeatureSource(features), ["mean", "count"])
    names = [r.name() for r in rasters]
    one = len(rasters) == 1
    return [
        [f["properties"]["mean" if one else f"{n}_mean"] for n in names] for f in found
    ], float(sum(f["properties"]["count" if one else f"{names[0]}_count"] for f in found) * pixel_area)


def by_rio_tiler():
    from rio_tiler.io.xarray import XarrayReader
    import rioxarray  # noqa: F401

    ds = first  # stays open; what it reads is read anew in every round
    out = []
    arrays = [ds[name][job["step"]].rio.write_crs(crs) for name in job["variables"]]
    for array in arrays:
        array.load()
    for shape in shapes:
        row = []
        for array in arrays:
            with XarrayReader(array) as reader:
                image = reader.feature(shape, shape_crs=crs)
                cover = image.get_coverage_array(shape, shape_crs=crs)
                stats = image.statistics(coverage=cover)
                row.append(next(iter(stats.values())).mean)
        out.append(row)
    return out, None


def by_point():
    ds = first  # stays open; what it reads is read anew in every round
    lon, lat = job["point"]
    px, py = to_grid.transform(lon, lat)
    return [ds[job["variables"][0]].sel(x=px, y=py, method="nearest").values.tolist()], None


run = {"exactextract": by_exactextract, "rio-tiler": by_rio_tiler, "xarray": by_point}[job["tool"]]
cpu, wall = [], []
for _ in range(job["rounds"]):
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    means, area = run()
    after = resource.getrusage(resource.RUSAGE_SELF)
    wall.append(time.perf_counter() - start)
    cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
means = [[None if v is None or v != v else v for v in row] for row in means]
print(json.dumps({"cpu": cpu, "wall": wall, "means": means, "area": area}))
