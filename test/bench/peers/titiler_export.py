"""One map of a product as TiTiler likes it best: one variable, one step, plain chunks of a tile's size, consolidated.

python titiler_export.py GROUP VARIABLE OUT; prints the versions of what is measured
"""

import json
import sys
from importlib.metadata import version

import xarray

group, variable, out = sys.argv[1:4]
data = xarray.open_zarr(group)
field = data[[variable]].isel({data[variable].dims[0]: -1}, drop=True).load()
for name in list(field.variables):
    field[name].encoding = {}
field.to_zarr(out, mode="w", consolidated=True, encoding={variable: {"chunks": (256, 256)}})
names = ("titiler.xarray", "rio-tiler", "rasterio", "xarray", "zarr", "uvicorn")
print(json.dumps({name: version(name) for name in names}))
