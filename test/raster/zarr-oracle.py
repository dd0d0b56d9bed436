"""Writes zarr-oracle.json: what zarr-python reads from every array of the shelf ../shared/data/zarr.

python test/raster/zarr-oracle.py ../shared/data/zarr > test/raster/zarr-oracle.json
Each entry: shape, and the first twelve hex digits of the SHA-1 of the cells as little-endian float64 in C order.
Arrays that zarr-python cannot read, or that do not hold numbers, have no entry.
"""

import hashlib
import json
import pathlib
import sys
import tempfile
import zipfile

import numpy
import zarr


def stores(shelf, scratch):
    """Folders to look in, with the name under which the tests know them."""
    yield shelf, ""
    for i, path in enumerate(sorted(shelf.rglob("*.zip"))):
        folder = scratch / str(i)
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        yield folder, f"{path.relative_to(shelf)}!/"


def digest(array):
    cells = numpy.ascontiguousarray(array[...])
    if cells.dtype.kind not in "biuf":
        return None
    cells = cells.astype("<f8")
    cells[numpy.isnan(cells)] = numpy.nan
    return f"{'x'.join(map(str, array.shape))} {hashlib.sha1(cells.tobytes()).hexdigest()[:12]}"


def main(shelf):
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        for folder, prefix in stores(shelf, pathlib.Path(scratch)):
            for path in sorted([*folder.rglob("zarr.json"), *folder.rglob(".zarray")]):
                name = f"{prefix}{path.parent.relative_to(folder)}"
                try:
                    array = zarr.open_array(path.parent, mode="r", zarr_format=3 if path.name == "zarr.json" else 2)
                    entry = digest(array)
                except Exception as error:  # whatever zarr-python cannot read has no entry
                    print(name, type(error).__name__, str(error)[:100], file=sys.stderr)
                    continue
                if entry and (name not in found or path.name == "zarr.json"):
                    found[name] = entry
    json.dump({"zarr-python": zarr.__version__, "arrays": dict(sorted(found.items()))}, sys.stdout, indent=2)


main(pathlib.Path(sys.argv[1]))
