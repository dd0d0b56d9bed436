"""Says how far CF grid mapping parameters and the WKT beside them lie apart, metres, at four points near the origin.

Reads {name: {"wkt": ..., "cf": {...}}} from standard input; prints {name: metres}, null where CF has no such mapping.
"""

import json
import sys
import warnings

import pyproj

warnings.simplefilter("ignore")


def apart(entry):
    if "grid_mapping_name" not in entry["cf"]:
        return None
    by_cf, by_wkt = pyproj.CRS.from_cf(entry["cf"]), pyproj.CRS.from_wkt(entry["wkt"])
    if by_wkt.is_geographic:
        return 0 if by_cf.is_geographic else 1e9
    known = by_wkt.to_dict()
    longitude = float(known.get("lon_0", 6 * known.get("zone", 30) - 183))
    latitude = max(-80, min(80, float(known.get("lat_0", 0)) or 30))
    here, there = pyproj.Proj(by_cf), pyproj.Proj(by_wkt)
    points = [(longitude + dx, latitude + dy) for dx in (-2, 1.5) for dy in (-3, 2.5)]
    return max(max(abs(a - b) for a, b in zip(here(*p), there(*p))) for p in points)


print(json.dumps({name: apart(entry) for name, entry in json.load(sys.stdin).items()}))
