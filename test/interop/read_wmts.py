"""Reads a product's own tiling by WMTS, as GDAL and OWSLib find it in the capabilities.

python test/interop/read_wmts.py URL PRODUCT VARIABLE; prints what each found as JSON
"""

import json
import sys

import rasterio
from owslib.wmts import WebMapTileService

base, product, variable = sys.argv[1:4]
address = f"{base}/products/{product}/WMTSCapabilities.xml"


def gdal(of):
    with rasterio.open(f"WMTS:{address},layer={variable}{of}") as source:
        return {
            "crs": source.crs.to_proj4(),
            "epsg": source.crs.to_epsg(),
            "bounds": list(source.bounds),
            "shape": [source.height, source.width],
            "opacity": source.read(4).tolist() if source.width < 1000 else [],
        }


service = WebMapTileService(address)
last = list(service.tilematrixsets["native"].tilematrix)[-1]
tile = service.gettile(layer=variable, tilematrixset="native", tilematrix=last, row=0, column=0, format="image/png")
print(
    json.dumps(
        {
            "native": gdal(",tilematrixset=native"),
            "unsaid": gdal(""),
            "owslib": {"sets": sorted(service.contents[variable].tilematrixsetlinks), "tile": len(tile.read())},
        }
    )
)
