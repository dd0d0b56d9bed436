"""Asks a running server as GDAL, OWSLib, TiTiler's models, rio-tiler and the catalogues' validators would.

python test/interop/read_api.py URL PRODUCT VARIABLE; prints what each found as JSON
"""

import hashlib
import io
import json
import math
import re
import sys

import numpy
import rasterio
import requests
from covjson_pydantic.coverage import Coverage
from morecantile import TileMatrixSet, tms
from openapi_spec_validator import validate as validate_openapi
from owslib.wmts import WebMapTileService
from pydantic import TypeAdapter
from pystac import Catalog, Collection, Item
from rasterio.io import MemoryFile
from rasterio.windows import Window
from rio_tiler.models import ImageData, Info
from stac_pydantic import Catalog as CheckedCatalog
from stac_pydantic import Collection as CheckedCollection
from stac_pydantic import Item as CheckedItem
from titiler.core.models import OGC, mapbox, responses

base, product, variable = sys.argv[1:4]
root = f"{base}/products/{product}"


def ask(path, **options):
    answer = requests.get(path if path.startswith("http") else base + path, timeout=60, **options)
    answer.raise_for_status()
    return answer


def plain(values):
    return [None if isinstance(v, float) and math.isnan(v) else v for v in values]


def painted(bands):
    """Colours with their opacity, a pixel after the other."""
    return numpy.moveaxis(bands, 0, -1).reshape(-1, bands.shape[0]).tolist()


def gdal_wmts(zoom):
    """Every pixel that WMTS has at a zoom, as gdal_translate would copy it."""
    name = f"WMTS:{root}/WMTSCapabilities.xml,layer={variable},tilematrixset=WebMercatorQuad,tilematrix={zoom}"
    with rasterio.open(name) as source:
        return {
            "crs": source.crs.to_epsg(),
            "bounds": list(source.bounds),
            "shape": [source.height, source.width],
            "pixels": painted(source.read()),
        }


def gdal_tms(z, x, y):
    """One tile by GDAL's TMS service, as its file for gdal_translate says it."""
    half = 20037508.342789244
    text = f"""<GDAL_WMS><Service name="TMS"><ServerUrl>{root}/tiles/WebMercatorQuad/${{z}}/${{x}}/${{y}}.png?variable={variable}</ServerUrl></Service>
    <DataWindow><UpperLeftX>{-half}</UpperLeftX><UpperLeftY>{half}</UpperLeftY><LowerRightX>{half}</LowerRightX><LowerRightY>{-half}</LowerRightY>
    <TileLevel>{z}</TileLevel><TileCountX>1</TileCountX><TileCountY>1</TileCountY><YOrigin>top</YOrigin></DataWindow>
    <Projection>EPSG:3857</Projection><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY><BandsCount>4</BandsCount></GDAL_WMS>"""
    with rasterio.open(text) as source:
        return painted(source.read(window=Window(256 * x, 256 * y, 256, 256)))


def gdal_forms(path):
    """What GDAL makes of a picture in each of its forms."""
    found = {}
    for form in ("png", "webp", "tif"):
        with MemoryFile(ask(f"{path}.{form}?variable={variable}").content) as file, file.open() as source:
            found[form] = {"driver": source.driver, "count": source.count, "shape": [source.height, source.width]}
            if form == "tif":
                found[form] |= {
                    "crs": source.crs.to_epsg(),
                    "bounds": list(source.bounds),
                    "cells": plain(source.read(1).ravel().tolist()),
                }
    return found


def owslib(z, x, y):
    by_path = WebMapTileService(f"{root}/WMTSCapabilities.xml")
    by_query = WebMapTileService(f"{root}/wmts")
    where = {"layer": variable, "tilematrixset": "WebMercatorQuad", "tilematrix": str(z), "row": y, "column": x}
    tile = ask(f"/products/{product}/tiles/WebMercatorQuad/{z}/{x}/{y}.png?variable={variable}").content
    return {
        "layers": list(by_path.contents),
        "same layers": list(by_query.contents) == list(by_path.contents),
        "sets": sorted(by_path.contents[variable].tilematrixsetlinks),
        "bounds": list(by_path.contents[variable].boundingBoxWGS84),
        "tile": by_query.gettile(**where, format="image/png").read() == tile,
        "first year": by_query.gettile(**where, format="image/png", TIME="2021").read() != tile,
    }


def titiler():
    """Answers checked by the models that TiTiler answers with itself."""
    query = f"url={product}&variable={variable}"
    ring = [[11, 46], [12, 46], [12, 47], [11, 46]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    checks = {
        "TileJSON": (mapbox.TiTilerJSON, f"/zarr/WebMercatorQuad/tilejson.json?{query}"),
        "Info": (Info, f"/zarr/info?{query}"),
        "InfoGeoJSON": (responses.InfoGeoJSON, f"/zarr/info.geojson?{query}"),
        "Statistics": (responses.Statistics, f"/zarr/statistics?{query}"),
        "Point": (responses.Point, f"/zarr/point/11.6,46.4?{query}"),
        "TileSetList": (OGC.TileSetList, f"/zarr/tiles?{query}"),
        "TileSet": (OGC.TileSet, f"/zarr/tiles/native?{query}"),
        "OGC TileSetList": (OGC.TileSetList, f"/collections/{product}.{variable}/map/tiles"),
        "OGC TileSet": (OGC.TileSet, f"/collections/{product}.{variable}/map/tiles/WebMercatorQuad"),
        "TileMatrixSetList": (OGC.TileMatrixSetList, "/tileMatrixSets"),
        "Landing": (OGC.Landing, "/"),
        "Conformance": (OGC.Conformance, "/conformance"),
        "ColorMapList": (responses.ColorMapList, "/colorMaps"),
    }
    for model, path in checks.values():
        TypeAdapter(model).validate_python(ask(path).json())
    posted = requests.post(f"{base}/zarr/statistics?{query}", json=feature, timeout=60).json()
    TypeAdapter(responses.StatisticsGeoJSON).validate_python(posted)
    return sorted(checks)


def tilings():
    """Ours beside morecantile's own: the largest difference of any tile's bounds, as a share of its size."""
    worst = 0.0
    for name in ("WebMercatorQuad", "WorldCRS84Quad"):
        ours, theirs = TileMatrixSet(**ask(f"/tileMatrixSets/{name}").json()), tms.get(name)
        for z in (0, 3, 9, 17):
            a, b = (s.xy_bounds(2**z - 1, 2**z - 1, z) for s in (ours, theirs))
            worst = max(worst, max(abs(p - q) for p, q in zip(a, b)) / (b.right - b.left))
    native = TileMatrixSet(**ask(f"/products/{product}/tileMatrixSets/native").json())
    return {"worst": worst, "native": native.crs._pyproj_crs.name, "levels": len(native.tileMatrices)}


def numbers(values, *counts):
    return len(values) in counts and all(isinstance(v, (int, float)) for v in values)


def file_fields(value):
    """Checksums are multihashes: what hash, how long, and the hash; here SHA-256 alone."""
    for one in (*value.get("assets", {}).values(), *value["links"]):
        assert {key for key in one if key.startswith("file:")} <= {"file:checksum", "file:size"}
        assert re.fullmatch("1220[0-9a-f]{64}", one.get("file:checksum", "1220" + 64 * "0"))
        assert isinstance(one.get("file:size", 0), int)


def projection_fields(value):
    fields = value["properties"] if value["type"] == "Feature" else {}
    if fields:
        assert fields["proj:code"] or fields["proj:wkt2"]
        assert numbers(fields["proj:shape"], 2) and numbers(fields["proj:transform"], 6, 9)


def datacube_fields(value):
    fields = value.get("properties", value)
    for name, dimension in fields["cube:dimensions"].items():
        assert numbers(dimension["extent"], 2) if name in "xy" else len(dimension["extent"]) == 2
        assert dimension["type"] == ("spatial" if name in "xy" else "temporal")
        assert dimension.get("axis") == (name if name in "xy" else None)
    for variable in fields["cube:variables"].values():
        assert variable["type"] in ("data", "auxiliary") and set(variable["dimensions"]) <= set(fields["cube:dimensions"])


def render_fields(value):
    for one in value.get("properties", value)["renders"].values():
        assert one["assets"] and set(one["assets"]) <= set(value["assets"])
        assert all(numbers(pair, 2) for pair in one["rescale"]) and one["colormap_name"]


def zarr_fields(value):
    asset = value["assets"]["zarr"]
    assert asset["zarr:zarr_format"] in (2, 3) and asset["zarr:node_type"] in ("array", "group")
    assert isinstance(asset["zarr:consolidated"], bool)


EXTENSIONS = {
    "file/v2.1.0": file_fields,
    "projection/v2.0.0": projection_fields,
    "datacube/v2.3.0": datacube_fields,
    "render/v2.0.0": render_fields,
    "zarr/v1.1.0": zarr_fields,
}


def extensions(value):
    """The schemas of extensions lie on the network: what they want of an item or a collection is asked here by hand."""
    names = [re.fullmatch("https://stac-extensions.github.io/(.*)/schema.json", url)[1] for url in value["stac_extensions"]]
    for name in names:
        EXTENSIONS[name](value)
    return names


def stac():
    catalogue, collection = ask("/stac").json(), ask(f"/stac/{product}").json()
    items = ask(f"/stac/{product}/items").json()["features"]
    CheckedCatalog(**catalogue), CheckedCollection(**collection)
    for item in items:
        CheckedItem(**item)
    for read, value in ((Catalog, catalogue), (Collection, collection), *((Item, item) for item in items)):
        read.from_dict({**value, "stac_extensions": []}, preserve_dict=True).validate()
    for link in items[0]["links"]:
        if link["rel"] == "derived_from":
            assert link["file:checksum"] == "1220" + hashlib.sha256(ask(link["href"]).content).hexdigest()
    links = items[0]["links"]
    return {
        "items": [item["id"] for item in items],
        "derived_from": [link["title"] for link in links if link["rel"] == "derived_from"],
        "checksum": items[0]["assets"]["zarr"].get("file:checksum", ""),
        "extensions": [extensions(value) for value in (collection, items[0])],
    }


def coverages():
    place = f"/collections/{product}/position?coords=POINT(11.6 46.4)&parameter-name=npp,nep"
    area = f"/collections/{product}.{variable}/area?coords=POLYGON((11 46,12 46,12 47,11 46))"
    read = [Coverage.model_validate_json(ask(path).content) for path in (place, area)]
    return [[c.domain.domainType.value, sorted(c.ranges)] for c in read]


def rio_tiler(z, x, y):
    """rio-tiler reads the npy of a tile as one of its own pictures."""
    bands = numpy.load(io.BytesIO(ask(f"/products/{product}/tiles/WebMercatorQuad/{z}/{x}/{y}.npy?variable={variable}").content))
    image = ImageData(numpy.ma.MaskedArray(bands[:1], mask=bands[1:] == 0))
    (found,) = image.statistics().values()
    return {"valid": int(found.valid_pixels), "mean": found.mean}


z, x, y = 4, 8, 5
validate_openapi(ask("/api").json())
print(
    json.dumps(
        {
            "gdal": rasterio.__gdal_version__,
            "wmts": gdal_wmts(z),
            "tms": gdal_tms(z, x, y),
            "forms": gdal_forms(f"/products/{product}/bbox/11,46,12,47/8x8"),
            "owslib": owslib(z, x, y),
            "titiler": titiler(),
            "tilings": tilings(),
            "stac": stac(),
            "coverages": coverages(),
            "rio_tiler": rio_tiler(z, x, y),
        }
    )
)
