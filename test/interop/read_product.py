"""Opens products and their Zarr v2 copies as a user would, and prints what is found as JSON, a report a folder.

python test/interop/read_product.py FOLDER..., each of which holds data.zarr, v2-zlib.zarr and v2-blosc.zarr
"""

import asyncio
import json
import math
import sys
import warnings

import rasterio
import rioxarray  # noqa: F401  gives xarray its .rio
import xarray
import zarr
from rio_tiler.experimental.xarray import GeoArrayReader
from rio_tiler.experimental.zarr import GeoZarrReader

warnings.filterwarnings("ignore")


def plain(values):
    """Nested lists with None for NaN."""
    if isinstance(values, list):
        return [plain(v) for v in values]
    return None if isinstance(values, float) and math.isnan(values) else values


def level(path, group):
    data = xarray.open_zarr(path, **({"group": group} if group else {}))
    npp = data["npp"]
    return {
        "crs": npp.rio.crs.to_wkt(),
        "epsg": npp.rio.crs.to_epsg(),
        "transform": list(npp.rio.transform())[:6],
        "times": [str(t)[:10] for t in npp["time"].values],
        "years": [str(t)[:10] for t in data["npp_annual"]["year"].values],
        "npp": plain(npp.values.tolist()),
        "npp_annual": plain(data["npp_annual"].values.tolist()),
        "qa": data["qa"].values.tolist(),
        "qa_dtype": str(data["qa"].dtype),
        "units": npp.attrs["units"],
        "title": data.attrs["title"],
    }


async def tiler(path):
    group = await zarr.api.asynchronous.open_group(path, mode="r")
    async with GeoZarrReader(group) as reader:
        variables = [v["name"] for v in await reader.list_variables()]
        longitude, latitude = await centre(reader)
        point = await reader.point(longitude, latitude, variables=["npp"])
        bounds = await reader.get_bounds(variables=["npp"])
        return {"variables": sorted(set(variables)), "point": plain(point.data.tolist()), "bounds": list(bounds)}


async def centre(reader):
    west, south, east, north = await reader.get_bounds(variables=["npp"])
    return (west + east) / 2, (south + north) / 2


def array_reader(path):
    data = xarray.open_zarr(path, group="0")["npp"]
    with GeoArrayReader(data) as reader:
        return {"crs": reader.crs.to_wkt(), "shape": [reader.height, reader.width], "bounds": list(reader.bounds)}


def gdal(path):
    with rasterio.open(f'ZARR:"{path}":/npp') as source:
        return {
            "crs": source.crs.to_wkt(),
            "epsg": source.crs.to_epsg(),
            "transform": list(source.transform)[:6],
            "count": source.count,
            "npp": plain([source.read(band + 1).tolist() for band in range(source.count)]),
        }


def report(folder):
    product = f"{folder}/data.zarr"
    return {
        "levels": [level(product, "0"), level(product, "1")],
        "tree": sorted(xarray.open_datatree(product, engine="zarr").groups),
        "tiler": asyncio.run(tiler(product)),
        "arrayReader": array_reader(product),
        "v2": {name: level(f"{folder}/v2-{name}.zarr", None) for name in ("zlib", "blosc")},
        "gdal": {name: gdal(f"{folder}/v2-{name}.zarr") for name in ("zlib", "blosc")},
    }


print(json.dumps([report(folder) for folder in sys.argv[1:]]))
