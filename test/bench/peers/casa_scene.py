"""What both Python peers of the end-to-end bench share: how the scene is read and put on the product's pixels.

The rules are those of spec casa.md 1 and 2, written the way that numpy is fast: whole blocks, no loop over pixels.
"""

import glob
import json
import os
import re
import resource
import sys
import time
from datetime import date

import numpy as np
import pyproj
import rasterio
import rasterio.warp
import xarray as xr
from rasterio.windows import Window
from scipy.spatial import cKDTree

BLOCK = 512
MONTHS = 12
NDVI_SCALE, NDVI_LOWEST, NDVI_BINS = 10_000, -2000, 12_001
NO_TYPE = 15
SPHERE = 6371007.181
TYPES = ["dnf", "enf", "dbf", "ebf", "mf", "mfb", "shrub", "grass", "crop", "urban", "bare", "water", "snow", "forest", "wetland"]
GLC_FCS30 = {
    "crop": (10, 11, 12, 20), "ebf": (51, 52, 185), "dbf": (61, 62), "enf": (71, 72), "dnf": (81, 82), "mf": (91, 92),
    "shrub": (120, 121, 122, 152), "grass": (130, 140, 150, 153, 180, 181, 182, 183, 184, 186), "urban": (190,),
    "bare": (187, 200, 201, 202), "water": (210,), "snow": (220,),
}
EPS = {
    "dnf": 0.485, "enf": 0.389, "dbf": 0.692, "ebf": 0.985, "mf": 0.475, "mfb": 0.768, "shrub": 0.429, "grass": 0.542,
    "crop": 0.542, "urban": 0.542, "bare": 0.542, "wetland": 0.542, "forest": 0.63775,
}
TABLE_MAX = {
    "dnf": 0.738, "enf": 0.647, "dbf": 0.747, "ebf": 0.676, "mf": 0.702, "mfb": 0.702, "forest": 0.702, "shrub": 0.636,
    "grass": 0.634, "crop": 0.634, "wetland": 0.634, "urban": 0.634, "bare": 0.634,
}
CLIMATE = {"temperature": "t2m", "solar": "ssrd", "precipitation": "tp", "evaporation": "e", "potential": "pev"}

TYPE_OF_CODE = np.full(256, NO_TYPE, "u1")
for _name, _codes in GLC_FCS30.items():
    TYPE_OF_CODE[list(_codes)] = TYPES.index(_name)

EPS_OF = np.array([EPS.get(name, np.nan) for name in TYPES] + [np.nan])


class Scene:
    def __init__(self, folder, year):
        self.folder, self.year = folder, year
        self.ndvi = sorted(glob.glob(f"{folder}/MOD13Q1/*.A{year}???.*_NDVI.tif"))
        self.reliability = [name.replace("NDVI.tif", "pixel_reliability.tif") for name in self.ndvi]
        self.start_doy = [int(re.search(r"\.A\d{4}(\d{3})\.", name)[1]) for name in self.ndvi]
        self.days = np.array([(date(year + m // 12, m % 12 + 1, 1) - date(year, m, 1)).days for m in range(1, 13)])
        ends = np.cumsum(self.days)
        self.month_of = [int(np.searchsorted(ends, min(doy + 7, ends[-1]))) for doy in self.start_doy]
        with rasterio.open(self.ndvi[0]) as first:
            self.crs, self.transform, self.shape = first.crs, first.transform, first.shape
        self.pixel_area = abs(self.transform.a * self.transform.e)
        self.map = glob.glob(f"{folder}/GLC_FCS30*.tif")[0]

    def blocks(self):
        height, width = self.shape
        for y in range(0, height, BLOCK):
            for x in range(0, width, BLOCK):
                yield y, x, min(BLOCK, height - y), min(BLOCK, width - x)

    def read_stack(self, names, y, x, h, w):
        stack = []
        for name in names:
            with rasterio.open(name) as file:
                stack.append(file.read(1, window=Window(x, y, w, h)))
        return np.stack(stack)

    def lonlat(self, y, x, h, w):
        to_lonlat = pyproj.Transformer.from_crs(self.crs.to_wkt(), "EPSG:4326", always_xy=True)
        cols, rows = np.meshgrid(np.arange(x, x + w) + 0.5, np.arange(y, y + h) + 0.5)
        a, b, c, d, e, f = self.transform[:6]
        return to_lonlat.transform(a * cols + b * rows + c, d * cols + e * rows + f)

    def types(self, y, x, h, w):
        """Majority of the 30 m classes whose centres lie in each pixel, after the classes are types; of two with equally
        many the first. GDAL's mode is as fast, but looks at other fine pixels: 4 % of the land would get another type."""
        transform = self.transform * rasterio.Affine.translation(x, y)
        bounds = rasterio.transform.array_bounds(h, w, transform)
        with rasterio.open(self.map) as file:
            west, south, east, north = rasterio.warp.transform_bounds(self.crs, file.crs, *bounds)
            top, left = (int(n) - 1 for n in file.index(west, north))
            bottom, right = (int(n) + 2 for n in file.index(east, south))
            top, left, bottom, right = max(top, 0), max(left, 0), min(bottom, file.height), min(right, file.width)
            if top >= bottom or left >= right:
                return np.full((h, w), NO_TYPE, "u1")
            types = TYPE_OF_CODE[file.read(1, window=Window(left, top, right - left, bottom - top))]
            lon = np.radians(file.transform.c + file.transform.a * (np.arange(left, right) + 0.5))
            lat = np.radians(file.transform.f + file.transform.e * (np.arange(top, bottom) + 0.5))
        # the sinusoidal projection of a sphere: rows follow from latitude, columns from both
        rows = np.floor((SPHERE * lat - transform.f) / transform.e).astype("i4")
        counts = np.zeros((h * w, NO_TYPE + 1), "i4")
        for first in range(0, len(lat), 256):
            part = slice(first, first + 256)
            scale = SPHERE * np.cos(lat[part]) / transform.a
            cols = (scale[:, None] * lon - transform.c / transform.a).astype("i4")
            row = rows[part, None]
            inside = (cols >= 0) & (cols < w) & (row >= 0) & (row < h)
            key = ((row * w + cols) * (NO_TYPE + 1) + types[part])[inside]
            if key.size:
                low = int(key.min())
                found = np.bincount(key - low)
                counts.ravel()[low : low + len(found)] += found
        counts = counts[:, :NO_TYPE]
        return np.where(counts.any(1), counts.argmax(1), NO_TYPE).astype("u1").reshape(h, w)

    def climate(self):
        """The year's climate on its own grid, in the units of the model, float64; sea is NaN."""
        ds = xr.open_zarr(f"{self.folder}/era5-land-monthly.zarr", consolidated=True, chunks=None)
        ds = ds.sel(time=str(self.year)).load()
        days = self.days[:, None, None]
        fields = {name: ds[variable].values.astype("f8") for name, variable in CLIMATE.items()}
        return ds.longitude.values.astype("f8"), ds.latitude.values.astype("f8"), {
            "temperature": fields["temperature"] - 273.15,
            "solar": np.maximum(fields["solar"] * 1e-6 * days, 0),
            "precipitation": np.maximum(fields["precipitation"] * 1000 * days, 0),
            "evaporation": np.maximum(-fields["evaporation"] * 1000 * days, 0),
            "potential": np.maximum(-fields["potential"] * 1000 * days, 0),
        }


def coast_weights(lons, lats, mask, lon, lat):
    """Four cells and their weights for each place: bilinear over the cells with a value, which must hold a quarter of
    the weight; else the nearest one within 0.2 degrees; else none. mask: where the climate has a value."""
    step = lons[1] - lons[0]
    u = (lon - lons[0]) / step
    v = (lat - lats[0]) / (lats[1] - lats[0])
    i = np.clip(np.floor(u).astype(int), 0, len(lons) - 2)
    j = np.clip(np.floor(v).astype(int), 0, len(lats) - 2)
    fx, fy = u - i, v - j
    cells = np.stack([j * len(lons) + i, j * len(lons) + i + 1, (j + 1) * len(lons) + i, (j + 1) * len(lons) + i + 1])
    weights = np.stack([(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy])
    weights *= mask.ravel()[cells]
    total = weights.sum(0)
    good = total >= 0.25
    weights = np.where(good, weights / np.where(good, total, 1), 0)
    if not good.all():
        known = np.flatnonzero(mask)
        sphere = lambda x, y: np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)], -1)  # noqa: E731
        at = sphere(*np.radians([lons[known % len(lons)], lats[known // len(lons)]]))
        chord, near = cKDTree(at).query(sphere(np.radians(lon[~good]), np.radians(lat[~good])))
        found = chord <= 2 * np.sin(np.radians(0.2) / 2)
        cells[0][~good] = known[near]
        weights[0][~good] = np.where(found, 1, np.nan)
    return cells.astype("i4"), weights


def interpolate(field, cells, weights, dtype):
    """One month of one variable: four gathers."""
    flat = np.nan_to_num(field).ravel()
    out = weights[0] * flat[cells[0]]
    for k in (1, 2, 3):
        out += weights[k] * flat[cells[k]]
    return out.astype(dtype)


def compose(stack, reliability, month_of, dtype):
    """Monthly maximum of good and marginal composites, of snow and cloud where there is no better, and gaps of up to
    two months filled by a straight line."""
    months = np.full((MONTHS, *stack.shape[1:]), np.nan, dtype)
    valid = (stack >= -2000) & (stack <= 10_000)
    good = valid & ((reliability == 0) | (reliability == 1))
    poor = valid & ((reliability == 2) | (reliability == 3))
    lowest = np.int16(-32_768)
    for month in range(MONTHS):
        at = [k for k, m in enumerate(month_of) if m == month]
        best = np.where(good[at], stack[at], lowest).max(0)
        second = np.where(poor[at], stack[at], lowest).max(0)
        best = np.where(best == lowest, second, best)
        months[month] = np.where(best == lowest, np.nan, best.astype(dtype) / NDVI_SCALE)
    empty = np.isnan(months)
    for month in range(1, MONTHS - 1):
        for gap in (1, 2):
            if month + gap >= MONTHS:
                continue
            here = empty[month] & ~empty[month - 1] & ~empty[month + gap]
            if gap == 2:
                here &= empty[month + 1]
            before, after = months[month - 1][here], months[month + gap][here]
            for k in range(gap):
                months[month + k][here] = before + (k + 1) / (gap + 1) * (after - before)
    return months


def count_ndvi(months, types):
    known = ~np.isnan(months) & (types != NO_TYPE)
    bins = np.floor(months[known].astype("f8") * NDVI_SCALE + 0.5).astype("i8") - NDVI_LOWEST
    kind = np.broadcast_to(types, months.shape)[known].astype("i8")
    return np.bincount(kind * NDVI_BINS + bins, minlength=len(TYPES) * NDVI_BINS)


def limits(counts):
    """5th and 95th percentile of NDVI by type (type 7); grass and crop together for built-up and bare land."""
    histograms = counts.reshape(len(TYPES), NDVI_BINS).astype("i8")
    pooled = histograms[TYPES.index("grass")] + histograms[TYPES.index("crop")]
    low, high = np.full(len(TYPES) + 1, np.nan), np.full(len(TYPES) + 1, np.nan)
    for index, name in enumerate(TYPES):
        if name in ("water", "snow"):
            continue
        histogram = pooled if name in ("urban", "bare") else histograms[index]
        low[index], high[index] = 0.023, TABLE_MAX[name]
        n = histogram.sum()
        if n < 500:
            continue
        cumulated = np.cumsum(histogram)

        def quantile(p):
            place = (n - 1) * p
            a, b = (np.searchsorted(cumulated, rank, "right") for rank in (int(place), min(int(place) + 1, n - 1)))
            return (a + (place - int(place)) * (b - a) + NDVI_LOWEST) / NDVI_SCALE

        lower, upper = quantile(0.05), min(quantile(0.95), 0.98)
        if upper - lower >= 0.05:
            low[index], high[index] = lower, upper
    return low, high


def fpar_curves(low, high):
    """FPAR = slope*c + bend/(1 - c) + base of NDVI c clipped to the limits of its type."""
    span = 0.95 - 0.001
    per_ndvi = span / (high - low)
    ratio_low, ratio_high = (1 + low) / (1 - low), (1 + high) / (1 - high)
    per_ratio = span / (ratio_high - ratio_low)
    return 0.5 * per_ndvi, per_ratio, 0.001 - 0.5 * per_ndvi * low - 0.5 * per_ratio * (1 + ratio_low)


def flags(npp_a, rh_a):
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = rh_a / npp_a
        flag = np.where(ratio >= 1, 2, np.where(ratio > 0.8, 1, 0)).astype("u1")
    flag = np.where(npp_a > 1e-6, flag, np.where(rh_a > 0, 2, 255)).astype("u1")
    flag[np.isnan(npp_a + rh_a)] = 255
    return flag


def report(started, **facts):
    """One line of JSON: wall of the process, CPU of all its threads, the most memory that it ever held, versions."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    modules = ("numpy", "numba", "xarray", "dask", "zarr", "rasterio", "scipy")
    versions = {name: sys.modules[name].__version__ for name in modules if name in sys.modules}
    print(json.dumps({
        "seconds": time.time() - started, "cpuSeconds": usage.ru_utime + usage.ru_stime, "peakMiB": usage.ru_maxrss / 1024,
        "versions": {**versions, "python": sys.version.split()[0], "gdal": rasterio.__gdal_version__}, **facts,
    }))


def process_start():
    """When this process began, so that imports count, as they do on the other side."""
    with open("/proc/self/stat") as file:
        ticks = int(file.read().rsplit(") ", 1)[1].split()[19])
    with open("/proc/uptime") as file:
        uptime = float(file.read().split()[0])
    return time.time() - uptime + ticks / os.sysconf("SC_CLK_TCK")
