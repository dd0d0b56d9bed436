"""The end-to-end job as an expert would write it by hand: two threads, blocks one by one, numba without the GIL for
composites, interpolation, the model (float64) and the coarser levels, zarr-python for what is written.

python casa_numba.py SCENE OUT YEAR THREADS LEVELS      (coarser levels beside level 0)
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np

import casa_kernel
import casa_scene as scene_
from levels import write_sums
from levels_numba import Chunk, Levels

jit = numba.njit(nogil=True, cache=True, error_model="numpy")
model = numba.njit(casa_kernel.kernel, nogil=True, cache=True, error_model="numpy")


@jit
def compose(stack, reliability, month_of, months):
    """As casa_scene.compose, pixel by pixel. months: [12, cells], filled."""
    for i in range(stack.shape[1]):
        for m in range(12):
            months[m, i] = np.nan
        poor = np.zeros(12, np.bool_)
        for k in range(stack.shape[0]):
            v, q, m = stack[k, i], reliability[k, i], month_of[k]
            if v < -2000 or v > 10_000 or q < 0 or q > 3:
                continue
            bad = q > 1
            old = months[m, i]
            if np.isnan(old) or (poor[m] and not bad) or (poor[m] == bad and v / 1e4 > old):
                months[m, i] = v / 1e4
                poor[m] = bad
        before = -1
        for m in range(12):
            if np.isnan(months[m, i]):
                continue
            gap = m - before - 1
            if before >= 0 and 0 < gap <= 2:
                a, b = months[before, i], months[m, i]
                for g in range(before + 1, m):
                    months[g, i] = a + (g - before) / (m - before) * (b - a)
            before = m


@jit
def count(months, types, counts):
    for m in range(months.shape[0]):
        for i in range(months.shape[1]):
            v = months[m, i]
            if types[i] < 15 and not np.isnan(v):
                counts[types[i] * 12_001 + int(np.floor(v * 10_000 + 0.5)) + 2000] += 1


@jit
def interpolate(fields, cells, weights, out):
    for m in range(fields.shape[0]):
        for i in range(out.shape[1]):
            total = 0.0
            for k in range(4):
                total += weights[k, i] * fields[m, cells[k, i]]
            out[m, i] = total


@jit
def mask_types(types, months, npp, rh, nep, npp_a, rh_a, nep_a):
    for i in range(types.size):
        if types[i] in (11, 12, 15):
            npp_a[i] = rh_a[i] = nep_a[i] = np.nan
            for m in range(months):
                npp[m, i] = rh[m, i] = nep[m, i] = np.nan


def main(folder, out, year, threads, levels):
    started = scene_.process_start()
    scene = scene_.Scene(folder, year)
    lons, lats, climate = scene.climate()
    mask = ~np.isnan(sum(field.sum(0) for field in climate.values()))
    fields = {name: np.nan_to_num(field).reshape(scene_.MONTHS, -1) for name, field in climate.items()}
    month_of = np.array(scene.month_of)
    product = Levels(out, scene.shape, levels, scene.pixel_area)

    def months_of(block):
        cells = block[2] * block[3]
        stack = scene.read_stack(scene.ndvi, *block).reshape(-1, cells)
        reliability = scene.read_stack(scene.reliability, *block).reshape(-1, cells)
        months = np.empty((scene_.MONTHS, cells))
        compose(stack, reliability, month_of, months)
        return months

    def counted(block):
        types = scene.types(*block).ravel()
        months = months_of(block)
        counts = np.zeros(len(scene_.TYPES) * scene_.NDVI_BINS, "i8")
        count(months, types, counts)
        return types, counts

    def modelled(block, types, low, high, eps):
        h, w = block[2:]
        cells, weights = scene_.coast_weights(lons, lats, mask, *scene.lonlat(*block))
        cells, weights = cells.reshape(4, -1), weights.reshape(4, -1)
        grown = {name: np.empty((scene_.MONTHS, h * w)) for name in fields}
        for name, field in fields.items():
            interpolate(field, cells, weights, grown[name])
        tyx = [np.empty((scene_.MONTHS, h * w), "f4") for _ in range(3)]
        yx = [np.empty(h * w) for _ in range(3)]
        forcing = [grown[name] for name in ("solar", "temperature", "evaporation", "potential", "precipitation")]
        model(months_of(block), *forcing, types, low, high, eps, *tyx, *yx)
        mask_types(types, scene_.MONTHS, *tyx, *yx)
        cells = {name: values.reshape(-1, h, w) for name, values in zip(("npp", "rh", "nep"), tyx)}
        npp_a, rh_a, nep_a = (values.reshape(1, h, w) for values in yx)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.where(npp_a > 1e-6, rh_a / npp_a, np.nan)
        yearly = {"npp_a": npp_a, "rh_a": rh_a, "nep_a": nep_a, "ratio_a": ratio}
        cells |= {name: values.astype("f4") for name, values in yearly.items()}
        cells["flag_a"] = scene_.flags(npp_a, rh_a)
        return Chunk(cells)

    def computed(block, *of_types):
        y, x = (n // scene_.BLOCK for n in block[:2])
        product.put(y, x, modelled(block, *of_types))

    def siblings(block):
        """The four of a coarser chunk follow each other, so that few of those wait."""
        return [n // (scene_.BLOCK << level) for level in range(levels, -1, -1) for n in block[:2]]

    with ThreadPoolExecutor(threads) as pool:
        blocks = sorted(scene.blocks(), key=siblings)
        parts = list(pool.map(counted, blocks))
        low, high = scene_.limits(sum(counts for _, counts in parts))
        # a type without limits has no efficiency either
        low, high = np.where(np.isnan(low), 0, low), np.where(np.isnan(high), 0.5, high)
        tasks = [pool.submit(computed, block, types, low, high, scene_.EPS_OF) for block, (types, _) in zip(blocks, parts)]
        for task in tasks:
            task.result()
    if levels:
        write_sums(out, product.sums, scene.pixel_area)
    scene_.report(started, style="numba", dtype="float64", threads=threads)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
