"""TiTiler over the same Zarr: `python titiler_app.py PORT`. Its own factory, as its documentation starts it."""

import sys

import uvicorn
from fastapi import FastAPI
from titiler.core.errors import DEFAULT_STATUS_CODES, add_exception_handlers
from titiler.xarray.factory import TilerFactory

app = FastAPI()
app.include_router(TilerFactory(router_prefix="/zarr").router, prefix="/zarr")
add_exception_handlers(app, DEFAULT_STATUS_CODES)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
