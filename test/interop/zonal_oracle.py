"""Coverage, areas and means of polygons by exactextract, and shares of pixels by GEOS: no code and no formula is ours.

usage: zonal_oracle.py JOB.json    (JOB: edges, values and areas as rows, polygons in the grid's coordinates)
"""
import json
import sys

import numpy as np
from exactextract import exact_extract
from exactextract.feature import JSONFeatureSource
from exactextract.raster import NumPyRasterSource
from shapely import box, intersection, area
from shapely.geometry import shape

job = json.load(open(sys.argv[1]))
values = np.array([[np.nan if v is None else v for v in row] for row in job["values"]], dtype="float64")
areas = np.array(job["areas"], dtype="float64")
raster = NumPyRasterSource(values, nodata=np.nan, name="value", **job["edges"])
weights = NumPyRasterSource(areas, name="area", **job["edges"])
features = [{"type": "Feature", "id": i, "properties": {}, "geometry": g} for i, g in enumerate(job["polygons"])]
e, (height, width) = job["edges"], values.shape
dx, dy = (e["xmax"] - e["xmin"]) / width, (e["ymax"] - e["ymin"]) / height
cols, rows = np.meshgrid(np.arange(width), np.arange(height))
boxes = box(
    e["xmin"] + cols * dx, e["ymax"] - (rows + 1) * dy, e["xmin"] + (cols + 1) * dx, e["ymax"] - rows * dy
)
ops = ["weighted_mean", "weighted_sum", "min", "max", "coverage", "cell_id"]
found = exact_extract(raster, JSONFeatureSource(features), ops, weights=weights)
print(
    json.dumps(
        [
            {
                "mean": p["weighted_mean"],
                "total": p["weighted_sum"],
                "min": p["min"],
                "max": p["max"],
                "coverage": [float(c) for c in p["coverage"]],
                "cells": [int(c) for c in p["cell_id"]],
                "shares": (area(intersection(boxes, shape(g))) / (dx * dy)).ravel().tolist(),
            }
            for p, g in zip((f["properties"] for f in found), job["polygons"])
        ]
    )
)
