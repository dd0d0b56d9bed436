"""The levels as one would write them by hand: a chunk is halved into the one above while it is at hand; that one is
written when the last of its four has given, and halved in turn. Nothing is read back."""

from threading import Lock

import numba
import numpy as np
import zarr

from levels import MONTHLY, MONTHS, NO_FLAG, SHARD, stored

FLOATS = (*MONTHLY, "npp_a", "rh_a", "nep_a", "ratio_a")


@numba.njit(nogil=True, cache=True, error_model="numpy")
def halve(cells, counts, mean, count):
    """Means of 2 x 2 cells, weighted by the pixels with data that each stands for, and how many those are together.

    cells, counts: [step, row, column]; counts: None at level 0. mean, count: the same of the level above, written.
    Returns the totals of all steps, and their pixels with data.
    """
    steps, rows, cols = cells.shape
    totals = np.zeros(steps)
    numbers = np.zeros(steps)
    total = np.empty((cols + 1) // 2)
    pixels = np.empty((cols + 1) // 2, np.int32)
    for t in range(steps):
        for row in range((rows + 1) // 2):
            total[:] = 0
            pixels[:] = 0
            for y in range(2 * row, min(2 * row + 2, rows)):
                for x in range(cols):
                    value = np.float64(cells[t, y, x])
                    n = np.int32(1) if counts is None else np.int32(counts[t, y, x])
                    known = not np.isnan(value)
                    total[x >> 1] += n * value if known else 0.0
                    pixels[x >> 1] += n if known else np.int32(0)
            for x in range(total.size):
                mean[t, row, x] = total[x] / pixels[x]
                count[t, row, x] = pixels[x]
                totals[t] += total[x]
                numbers[t] += pixels[x]
    return totals, numbers


@numba.njit(nogil=True, cache=True)
def halve_flags(flags, out):
    """The flag (0, 1 or 2) that most of 2 x 2 cells have, the lowest of those that tie."""
    rows, cols = flags.shape[1:]
    votes = np.empty(256, np.int64)
    for row in range((rows + 1) // 2):
        for col in range((cols + 1) // 2):
            votes[:3] = 0
            votes[NO_FLAG] = 0
            for y in range(2 * row, min(2 * row + 2, rows)):
                for x in range(2 * col, min(2 * col + 2, cols)):
                    votes[flags[0, y, x]] += 1
            best = np.argmax(votes[:3])
            out[0, row, col] = best if votes[best] > 0 else NO_FLAG


class Chunk:
    """A chunk of a level. cells: by name, [step, row, column]; counts: the pixels with data in them, but for level 0."""

    def __init__(self, cells, counts=None):
        self.cells, self.counts = cells, counts or {}
        self.rows, self.cols = cells["flag_a"].shape[1:]


class Levels:
    """The product in a Zarr, and the coarser chunks that still wait for some of their four."""

    def __init__(self, out, shape, top, pixel_area):
        self.top, self.pixel_area = top, pixel_area
        self.shapes = [tuple(-(-n >> level) for n in shape) for level in range(top + 1)]
        root = zarr.create_group(out, overwrite=True)
        self.arrays = [self.create(root.create_group(str(level)), level) for level in range(top + 1)]
        self.sums = dict.fromkeys(FLOATS, 0)  # totals and numbers of pixels with data, one a step
        self.waiting, self.lock = {}, Lock()

    def create(self, group, level):
        types = {name: "f4" for name in FLOATS} | {"flag_a": "u1"}
        if level > 0:
            types |= {f"{name}_valid_area": "f8" for name in FLOATS}
        arrays = {}
        for name, dtype in types.items():
            steps, time = (MONTHS, "time") if name.removesuffix("_valid_area") in MONTHLY else (1, "year")
            form = dict(shape=(steps, *self.shapes[level]), dtype=dtype, dimension_names=(time, "y", "x"))
            arrays[name] = group.create_array(name, **form, **stored(name, 3))
        return arrays

    def put(self, y, x, chunk):
        """Writes a chunk of level 0, which is at row y and column x of them, and the coarser ones that it is the last of."""
        for level in range(self.top + 1):
            self.write(level, y, x, chunk)
            y, x, chunk = y // 2, x // 2, self.give(level, y, x, chunk) if level < self.top else None
            if chunk is None:
                return

    def write(self, level, y, x, chunk):
        top, left = y * SHARD, x * SHARD
        place = (slice(None), slice(top, top + chunk.rows), slice(left, left + chunk.cols))
        arrays = self.arrays[level]
        for name, cells in chunk.cells.items():
            arrays[name][place] = cells
        for name, count in chunk.counts.items():
            arrays[f"{name}_valid_area"][place] = count * self.pixel_area

    def give(self, level, y, x, child):
        """Halves a chunk into the one above. Returns that when this was the last it waited for."""
        above = (level + 1, y // 2, x // 2)
        with self.lock:
            if above not in self.waiting:
                self.waiting[above] = self.empty(*above)
            chunk = self.waiting[above][0]
        top, left = y % 2 * SHARD // 2, x % 2 * SHARD // 2
        place = (slice(None), slice(top, top + (child.rows + 1) // 2), slice(left, left + (child.cols + 1) // 2))
        found = {
            name: halve(child.cells[name], child.counts.get(name), chunk.cells[name][place], chunk.counts[name][place])
            for name in FLOATS
        }
        halve_flags(child.cells["flag_a"], chunk.cells["flag_a"][place])
        with self.lock:
            if level == 0:
                self.sums = {name: np.add(self.sums[name], sums) for name, sums in found.items()}
            self.waiting[above][1] -= 1
            if self.waiting[above][1] > 0:
                return None
            del self.waiting[above]
        ratio = chunk.cells["rh_a"] / chunk.cells["npp_a"]
        chunk.cells["ratio_a"] = np.where(chunk.counts["ratio_a"] > 0, ratio, np.float32(np.nan))
        return chunk

    def empty(self, level, y, x):
        """A chunk that nothing has been given yet, and how many are to give."""
        rows, cols = (min(SHARD, n - at * SHARD) for n, at in zip(self.shapes[level], (y, x)))
        steps = {name: MONTHS if name in MONTHLY else 1 for name in FLOATS}
        cells = {name: np.empty((n, rows, cols), "f4") for name, n in steps.items()}
        counts = {name: np.empty((n, rows, cols), "u2") for name, n in steps.items()}
        cells["flag_a"] = np.empty((1, rows, cols), "u1")
        children = (rows > SHARD // 2) + 1, (cols > SHARD // 2) + 1
        return [Chunk(cells, counts), children[0] * children[1]]
