"""How far a peer's product is from ours: python compare.py OURS PEER

GDAL's mode and our majority do not give every pixel the same vegetation type; the pixels where they differ are counted
and left out. A pixel's type shows in its NPP, so those are the pixels whose annual NPP differs by more than a hundredth.
"""

import json
import sys

import numpy as np
import zarr


def main(ours, theirs):
    ours, theirs = (zarr.open_group(path, mode="r") for path in (ours, theirs))
    a, b = ours["npp_a"][:].squeeze(), theirs["npp_a"][:].squeeze()
    both = ~np.isnan(a) & ~np.isnan(b)
    near = both & (np.abs(a - b) <= 0.01 * np.maximum(np.abs(a), 1))
    result = {
        "pixels": int((~np.isnan(a)).sum()),
        "onlyOurs": int((~np.isnan(a) & np.isnan(b)).sum()),
        "onlyTheirs": int((np.isnan(a) & ~np.isnan(b)).sum()),
        "otherType": int((both & ~near).sum()),
    }
    for name in ("npp", "rh", "nep"):
        p, q = ours[name][:][:, near], theirs[name][:][:, near]
        known = ~np.isnan(p) & ~np.isnan(q)
        result[name] = {
            "worst": float(np.abs(p - q)[known].max()),
            "meanOurs": float(p[known].mean(dtype="f8")),
            "meanTheirs": float(q[known].mean(dtype="f8")),
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
