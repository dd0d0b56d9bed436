"""CASA NPP, Pei respiration and NEP in numba, float64, one thread: the peer of test/bench/kernel.ts.

Reads the same inputs that the TypeScript kernel gets (raw little-endian files in a folder), and answers each line
"run NAME" on standard input with one line of JSON: the seconds that the kernel took, by
processor and by clock. "write NAME" leaves npp.out,
rh.out and nep.out in the folder, so that both sides can be compared. Equations: spec casa.md 2 and 3, modes zhu2007 by
static table, era5l; W of the month before where it is frozen.
"""

import json
import math
import sys
import time
from pathlib import Path

import numba
import numpy as np

R = 0.5
K = 1.184
FPAR_MIN, FPAR_MAX = 0.001, 0.95


def kernel(ndvi, solar, temp, evap, pet, rain, vegtype, low_of, high_of, eps_of, npp, rh, nep, npp_a, rh_a, nep_a):
    months, cells = ndvi.shape
    low = np.empty(cells)
    high = np.empty(cells)
    slope = np.empty(cells)
    bend = np.empty(cells)
    base = np.empty(cells)
    topt = np.empty(cells)
    gain = np.empty(cells)
    cold = np.empty(cells)
    warm = np.empty(cells)
    half = np.empty(cells)
    last = np.full(cells, np.nan)
    span = FPAR_MAX - FPAR_MIN
    for i in range(cells):
        best, valid, at = -np.inf, 0, -1
        for m in range(months):
            v = ndvi[m, i]
            if not math.isnan(v):
                valid += 1
                if v > best:
                    best, at = v, m
        t0 = np.nan
        if valid >= 8:
            t0 = max(temp[at, i], 0.0)
        c = vegtype[i]
        lo, hi = low_of[c], high_of[c]
        per_ndvi = span / (hi - lo)
        sr_lo, sr_hi = (1 + lo) / (1 - lo), (1 + hi) / (1 - hi)
        per_ratio = span / (sr_hi - sr_lo)
        low[i], high[i] = lo, hi
        slope[i] = 0.5 * per_ndvi
        bend[i] = per_ratio
        base[i] = FPAR_MIN - 0.5 * per_ndvi * lo - 0.5 * per_ratio * (1 + sr_lo)
        topt[i] = t0
        gain[i] = eps_of[c] * (0.8 + 0.02 * t0 - 0.0005 * t0 * t0) * R * K
        cold[i] = math.exp(0.2 * (t0 - 10))
        warm[i] = math.exp(-0.3 * (t0 + 10))
        half[i] = 0.5 / (1 + math.exp(-2.0)) / (1 + math.exp(-3.0))
        npp_a[i] = 0.0
        rh_a[i] = 0.0
    for m in range(months):
        for i in range(cells):
            t = temp[m, i]
            e, p = evap[m, i], pet[m, i]
            if math.isnan(e + p + t):
                w = np.nan
            elif t <= 0 or p <= 0.01:
                w = 1.0 if math.isnan(last[i]) else last[i]
                last[i] = w
            else:
                w = min(max(0.5 + 0.5 * e / p, 0.5), 1.0)
                last[i] = w
            c = ndvi[m, i]
            if c < low[i]:
                c = low[i]
            elif c > high[i]:
                c = high[i]
            f = slope[i] * c + bend[i] / (1 - c) + base[i]
            if f < FPAR_MIN:
                f = FPAR_MIN
            elif f > FPAR_MAX:
                f = FPAR_MAX
            d = t - topt[i]
            heat = half[i]
            if not (d > 10 or d < -13):
                u = math.exp(0.1 * t)
                u2 = u * u
                heat = u2 / ((u2 + cold[i]) * (1 + warm[i] * u2 * u))
            x = solar[m, i] * f * gain[i] * heat * w
            if t <= -10:
                x *= 0
            r = rain[m, i]
            if r < 0:
                r = 0.0
            y = 0.22 * (math.exp(0.0912 * t) + math.log(0.3145 * r + 1)) * 30 * 0.465
            npp[m, i] = x
            rh[m, i] = y
            nep[m, i] = x - y
            npp_a[i] += x
            rh_a[i] += y
    for i in range(cells):
        nep_a[i] = npp_a[i] - rh_a[i]


KERNELS = {
    "numba": numba.njit(kernel, error_model="numpy"),
    "numba-fastmath": numba.njit(kernel, error_model="numpy", fastmath={"contract", "arcp", "reassoc", "nsz"}),
}


def main(folder):
    folder = Path(folder)
    facts = json.loads((folder / "facts.json").read_text())
    shape = (facts["months"], facts["cells"])
    tyx = {
        name: np.fromfile(folder / f"{name}.in", "<f8").reshape(shape)
        for name in ["ndvi", "solar", "temperature", "evaporation", "potentialEvaporation", "precipitation"]
    }
    vegtype = np.fromfile(folder / "vegtype.in", "u1")
    tables = [np.array(facts[name]) for name in ("low", "high", "eps")]
    out = {name: np.empty(shape, "f4") for name in ("npp", "rh", "nep")}
    annual = [np.empty(shape[1]) for _ in range(3)]
    args = [*tyx.values(), vegtype, *tables, *out.values(), *annual]
    for name in KERNELS:
        KERNELS[name](*args)  # compiles
    print(json.dumps({"numba": numba.__version__, "numpy": np.__version__}), flush=True)
    for line in sys.stdin:
        verb, name = line.split()
        wall, cpu = time.perf_counter(), time.process_time()
        KERNELS[name](*args)
        took = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
        if verb == "write":
            for key, array in out.items():
                array.tofile(folder / f"{key}.out")
        print(json.dumps({"name": name, **took}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
