"""BEPS tile-days in numba, float64, one thread: the peer of test/bench/beps.ts.

The same equations, options (defaults, nitrogen fixed) and solution of the leaf as lib/science/beps, in one loop over tiles
and days with the functions of libm. Reads raw little-endian files of a folder, answers each line "run NAME" on standard
input with one line of JSON: the seconds that the kernel took. "write NAME" leaves gpp.out and nep.out in the folder.
"""

import json
import math
import sys
import time
from pathlib import Path

import numba
import numpy as np

SIGMA, KELVIN, GAS = 5.67e-8, 273.15, 8.314
SHAPE = 4 / math.pi
G0 = 0.005


def clip(x, low, high):
    return min(high, max(low, x))


def leaf_conductance(s):
    return 0.08 * (5e-5 + s) / (0.08 + 5e-5 + s)


def at_conductance(g, h, s, r):
    hg = h * g
    return 2 * r * hg / (hg + s + math.sqrt((hg - s) ** 2 + 4 * hg * (s - r)))


def mean_of_day(g, a, h, s, r):
    if g <= 0 or a <= 0:
        return 0.0
    x = a / r
    if x > 0.125:
        excess = math.log(h * g * r / (a * (s - a))) - x
    else:
        excess = 0.0
        for n in range(15, 1, -1):
            excess = excess * x + 1 / n
        excess *= x * x
    return SHAPE * (a - (0.5 * a * a + (s - r) * r * excess) / (h * g))


def photosynthesis(g, h, s, r):
    if s <= 0 or r <= 0:
        return 0.0
    return mean_of_day(g, at_conductance(g, h, s, r), h, s, r)


def settle(widest, h, s, r, slope, metres, to_co2):
    low, high = G0, widest
    inside = h - 1 / (slope * metres * to_co2) / 0.9
    a = s - (s - r) * h / inside if inside > 0 else 0.0
    guess = low + slope * 0.9 * a
    here = guess if low < guess < high else low + 0.3 * (high - low)
    for _ in range(100):
        stomatal = here * metres
        g = leaf_conductance(stomatal) * to_co2
        a = at_conductance(g, h, s, r)
        mean = mean_of_day(g, a, h, s, r)
        share = 0.08 / (0.08 + 5e-5 + stomatal)
        rise = (SHAPE * a - mean) / g * share * share * stomatal * to_co2
        if G0 + slope * mean < here:
            high = here
        else:
            low = here
        half = rise * here / (mean - rise)
        b = G0 + slope * mean * mean / (mean - rise) - half
        new = 0.5 * (b + math.sqrt(b * b + 4 * G0 * half))
        moved = abs(new - here)
        if not moved > 1e-6 * here:
            return new
        here = new if low < new < high else 0.5 * (low + high)
    return here


def leaf(ppfd, temp, vm, jmax, rd, k, gamma, ca, slope):
    """Net photosynthesis, umol m-2 s-1, and conductance to water, m s-1."""
    light = 0.24 * ppfd
    j = light / math.sqrt(1 + (light / jmax) ** 2)
    hc, sc = ca + k, vm - rd
    rc = vm * (ca - gamma) / hc - rd
    hj, sj = ca + 10.5 / 4.5 * gamma, j / 4.5 - rd
    rj = j / 4.5 * (ca - gamma) / hj - rd
    metres = GAS * (temp + KELVIN) / 101325
    to_co2 = 1e6 / (1.6 * GAS * (temp + KELVIN))
    gs = G0
    most = min(rc, rj)
    if most > 0:
        widest = G0 + slope * SHAPE * most
        if rj <= rc:
            gs = settle(widest, hj, sj, rj, slope, metres, to_co2)
            g = leaf_conductance(gs * metres) * to_co2
            if photosynthesis(g, hc, sc, rc) < photosynthesis(g, hj, sj, rj):
                gs = settle(gs, hc, sc, rc, slope, metres, to_co2)
        else:
            gs = settle(widest, hc, sc, rc, slope, metres, to_co2)
            g = leaf_conductance(gs * metres) * to_co2
            if photosynthesis(g, hj, sj, rj) < photosynthesis(g, hc, sc, rc):
                gs = settle(gs, hj, sj, rj, slope, metres, to_co2)
    water = leaf_conductance(gs * metres)
    g = water * to_co2
    return max(0.0, min(photosynthesis(g, hc, sc, rc), photosynthesis(g, hj, sj, rj))), water


def penman(rn, ga, gs, slope, gamma, drying, heat):
    return max(0.0, (slope * rn + drying * ga) / (slope + gamma * (1 + ga / gs)) / heat)


def layer_scalar(theta, wp, fc, por, crop):
    if theta <= wp:
        return 0.01
    if theta > fc:
        return max(0.01, 1 - 0.25 * (theta - fc) / (por - fc))
    x = (theta - wp) / (fc - wp)
    return max(0.01, 2 * x - x * x if crop else x)


def soil_temp(t, offset):
    if t > 35:
        return 1.0
    if t < -4:
        return 0.03
    return math.exp(308.56 * (1 / (35 + offset) - 1 / (t + offset)))


def wetness(theta, por, m, optimum, span, ln_ends):
    ln = math.log(clip(100 * theta / por, 1e-6, 100.0))
    apart = (math.exp(m * ln) - optimum) * span
    return 0.25 + 0.75 * math.exp(ln_ends * apart * apart)


def tile_days(tiles, doys, tmin, tmax, light, humid, rain, leaves, co2, hours, cosines, state, gpp_out, nep_out):
    for i in range(tiles.shape[0]):
        p = tiles[i]
        x = state[i]
        por, fc, wp = p[POROSITY : POROSITY + 3], p[FIELD : FIELD + 3], p[WILT : WILT + 3]
        depth, roots, cond, bexp = p[DEPTH : DEPTH + 3], p[ROOTS : ROOTS + 3], p[COND : COND + 3], p[BEXP : BEXP + 3]
        omega, tree, crop, ga = p[OMEGA], p[TREE] > 0, p[CROP] > 0, p[AIR]
        f0, f1, f2, w0, w1, w2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for d in range(doys.shape[0]):
            doy = doys[d]
            low, high = clip(tmin[i, d], -50.0, 45.0), clip(tmax[i, d], -50.0, 45.0)
            srad, rh = clip(light[i, d], 0.05, 60.0), clip(humid[i, d], 0.15, 1.0)
            precip, lai = clip(rain[i, d], 0.0, 1500.0) / 1000, clip(leaves[i, d], 0.01, 10.0)
            tm = 0.5 * (low + high)
            td = tm + 0.212 * (high - tm)
            tn = 0.5 * (td + low)
            es = math.exp((16.78 * td - 116.9) / (td + 237.3))
            vpd = max(0.0, es * (1 - rh))
            hour, cz = hours[i, doy], cosines[i, doy]
            seconds = hour * 3600
            rho = seconds / 86400
            dark = hour < 0.5 or cz < 0.01
            sg = 0.0 if dark else srad * 1e6 / seconds
            lsun, sdir, sdif, under, scat, on_sun, on_shade = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            if cz >= 0.01:
                lsun = 2 * cz * (1 - math.exp(-0.5 * omega * lai / cz))
                r = sg / (1367 * cz)
                share = 0.15
                if r <= 0.75:
                    share = clip(0.943 + r * (0.732 + r * (-4.9 + r * (1.796 + r * 2.058))), 0.0, 1.0)
                sdif = sg * share
                sdir = sg - sdif
                under = sdif * math.exp(-0.5 * omega * lai / (0.537 + 0.025 * lai))
                scat = 0.07 * omega * sdir * (1.1 - 0.1 * lai) * math.exp(-cz)
                on_shade = (sdif - under) / lai + scat
                on_sun = 0.5 * sdir / cz + on_shade
            lshade = lai - lsun
            tk = td + KELVIN
            black = SIGMA * tk * tk * tk * tk
            sky = min(1.0, 1.72 * (es * rh / tk) ** (1 / 7)) * black
            gap = math.exp(-0.5 * lai * omega / (0.573 + 0.025 * lai))
            lw = 0.0 if lai <= 0.01 else (sky + 0.95 * black - 2 * 0.98 * black) * (1 - gap) / lai
            lwg = sky * gap + 0.98 * black * (1 - gap) - 0.95 * black
            net = (sdif - under) / lai + 0.25 * omega * sdir * (1.1 - 0.1 * lai) * math.exp(-cz)
            beam = sdir * math.exp(-0.5 * omega * lai / max(cz, 0.05))
            net_sun, net_shade, net_ground = 0.75 * on_sun + net + lw, net + lw, 0.8 * (beam + under) + lwg
            f0 = layer_scalar(x[0], wp[0], fc[0], por[0], crop)
            f1 = layer_scalar(x[1], wp[1], fc[1], por[1], crop)
            f2 = layer_scalar(x[2], wp[2], fc[2], por[2], crop)
            if tree:
                total = roots[0] * f0 + roots[1] * f1 + roots[2] * f2
                w0, w1, w2 = roots[0] * f0 / total, roots[1] * f1 / total, roots[2] * f2 / total
            else:
                w0, w1, w2 = roots[0], roots[1], roots[2]
            psi = clip(w0 * f0 + w1 * f1 + w2 * f2, 0.0, 1.0)
            warm = td - 25
            k = 30 * math.exp(LN_KC * warm) * (1 + 21000 / (30000 * math.exp(LN_KO * warm)))
            gamma = 4.02 * math.exp(LN_GAMMA * warm)
            vm = p[VM25] * math.exp(LN_VM * warm) / (1 + math.exp((-220000 + 712 * tk) / (GAS * tk)))
            jmax, rd = 29.1 + 1.64 * vm, 0.015 * vm
            slope = p[BALL] * rh * psi / co2[d]
            ca = 0.1 * co2[d]
            a_sun, g_sun = leaf(2.275 * on_sun, td, vm, jmax, rd, k, gamma, ca, slope)
            a_shade, g_shade = leaf(2.275 * on_shade, td, vm, jmax, rd, k, gamma, ca, slope)
            gpp = 0.0 if dark else (a_sun * lsun + a_shade * lshade) * seconds * 12e-6
            # water
            day = 0.0 if dark else seconds
            sl = 6.1078 * (
                math.exp(17.269 * (td + 0.5) / (237 + td + 0.5)) - math.exp(17.269 * (td - 0.5) / (237 + td - 0.5))
            )
            psy, drying = 0.646 + 0.0006 * td, 1010 * (1.292 - 0.00428 * td) * 10 * vpd
            heat = 1000 * (2.501 - 0.0024 * td) * 1e6
            canopy = net_sun * lsun + net_shade * lshade
            held = min(precip, 0.0015 * (1 - math.exp(-0.5 * lai)))
            wet = min(held, day * penman(canopy, ga, 0.05, sl, psy, drying, heat))
            through = precip - held + (held - wet)
            thaw = td > 0
            pack = x[3] + (0.0 if thaw else through)
            melt = min(pack, 0.12 * srad * 1e6 / 3.34e8 + p[MELT] * td) if thaw else 0.0
            floor = srad * 1e6 * math.exp(-0.5 * omega * lai / max(cz, 0.05))
            sub = 0.0 if thaw else min(pack, 0.01 * floor / 2.83e9)
            x[3] = pack - melt - sub
            g_soil = 0.01 * clip((x[0] - wp[0]) / (por[0] - wp[0]), 0.0005, 1.0)
            es_soil = 0.0
            if not (td < 0 or x[3] > 0):
                es_soil = day * penman(net_ground, 0.5 * ga, g_soil, sl, psy, drying, heat)
            want = 0.0
            if not dark:
                want = day * (
                    penman(net_sun, ga, g_sun, sl, psy, drying, heat) * lsun
                    + penman(net_shade, ga, g_shade, sl, psy, drying, heat) * lshade
                )
            income = (through if thaw else 0.0) + melt
            falling = income
            if income >= 0.005 and x[0] > 0.75 * fc[0]:
                falling -= income * (x[0] / por[0]) ** 3
            for n in range(3):
                filled = x[n] + falling / depth[n]
                falling = max(0.0, (filled - por[n]) * depth[n])
                x[n] = min(filled, por[n])
            for n in range(3):
                left = max(0.0, (x[n] - 0.5 * wp[n]) * depth[n])
                dry = min(es_soil, left) if n == 0 else 0.0
                taken = min(want * (w0 if n == 0 else w1 if n == 1 else w2), left - dry)
                x[n] -= (dry + taken) / depth[n]
            speed = 0.5 if high < -2 else 1.0
            for n in range(2):
                above = x[n] - fc[n]
                if above > 0:
                    room = max(0.0, (por[n + 1] - x[n + 1]) * depth[n + 1])
                    flow = speed * cond[n] * (x[n] / por[n]) ** (2 * bexp[n] + 3)
                    moved = min(flow, above * depth[n], room)
                    x[n] -= moved / depth[n]
                    x[n + 1] += moved / depth[n + 1]
            if x[2] > fc[2]:
                ratio = clip(0.5 + 0.2 * p[MAT], 0.01, 0.5)
                flow = ratio * speed * cond[2] * (x[2] / por[2]) ** (2.4 * bexp[2] + 3)
                x[2] -= min(flow, (x[2] - fc[2]) * depth[2]) / depth[2]
            moist = 0.0
            for n in range(3):
                c = CURVE + 4 * n
                moist += p[LAYERS + n] * wetness(x[n], por[n], p[c], p[c + 1], p[c + 2], p[c + 3])
            lam = max(0.0075, soil_temp(td, 46.32) * moist) * rho + max(0.0075, soil_temp(tn, 46.32) * moist) * (1 - rho)
            # carbon
            fl = math.exp(p[LN_LEAF] * (td - 15) / 10) * rho + math.exp(p[LN_LEAF] * (tn - 15) / 10) * (1 - rho)
            fw = math.exp(p[LN_WOOD] * (td - 15) / 10) * rho + math.exp(p[LN_WOOD] * (tn - 15) / 10) * (1 - rho)
            kg = x[4] / 1000
            stem = p[R_STEM] * fw * (kg if p[SAP] < 0 else kg / (p[SAP] + kg))
            resp = 1000 * (p[R_LEAF] * x[6] * fl + stem + (p[R_CROOT] * x[5] + p[R_FROOT] * x[7]) * fw)
            npp = 0.0 if gpp == 0 else min(0.65 * gpp, max(0.35 * gpp, 0.75 * gpp - resp))
            shed = 1.0 if p[FIRST] <= doy <= p[LAST] else 0.0
            l_stem, l_croot = p[TURN] * x[4], p[TURN + 1] * x[5]
            l_leaf, l_froot = shed * p[TURN + 2] * x[6], shed * p[TURN + 3] * x[7]
            x[4] += p[ALLOC] * npp - l_stem
            x[5] += p[ALLOC + 1] * npp - l_croot
            x[6] += p[ALLOC + 2] * npp - l_leaf
            x[7] += p[ALLOC + 3] * npp - l_froot
            fm = p[METABOLIC]
            q = p[RATES : RATES + 23]
            c1, c2, c3, c4, c5 = x[8] * lam, x[9] * lam, x[10] * lam, x[11] * lam, x[12] * lam
            c6, c7, c8, c9 = x[13] * lam, x[14] * lam, x[15] * lam, x[16] * lam
            x[8] += (1 - fm) * l_leaf - c1 * (q[0] + q[1] + q[2])
            x[9] += fm * l_leaf - c2 * (q[3] + q[4])
            x[10] += (1 - fm) * l_froot - c3 * (q[5] + q[6] + q[7])
            x[11] += fm * l_froot - c4 * (q[8] + q[9])
            x[12] += l_stem + l_croot - c5 * (q[10] + q[11] + q[12])
            x[13] += c1 * q[1] + c2 * q[4] - c6 * (q[13] + q[14])
            x[14] += c3 * q[6] + c4 * q[9] + c5 * q[11] + c8 * q[20] + c9 * q[22] - c7 * (q[15] + q[16] + q[17])
            x[15] += c1 * q[2] + c3 * q[7] + c5 * q[12] + c6 * q[14] + c7 * q[17] - c8 * (q[18] + q[19] + q[20])
            x[16] += c7 * q[16] + c8 * q[19] - c9 * (q[21] + q[22])
            hr = c1 * q[0] + c2 * q[3] + c3 * q[5] + c4 * q[8] + c5 * q[10] + c6 * q[13] + c7 * q[15] + c8 * q[18] + c9 * q[21]
            gpp_out[i, d] = gpp
            nep_out[i, d] = npp - hr


LN_KC, LN_KO, LN_GAMMA, LN_VM = (math.log(q) / 10 for q in (2.1, 1.2, 1.75, 2.4))


def compile_with(**options):
    jit = numba.njit(error_model="numpy", **options)
    for name in [
        "clip",
        "leaf_conductance",
        "at_conductance",
        "mean_of_day",
        "photosynthesis",
        "settle",
        "leaf",
        "penman",
        "layer_scalar",
        "soil_temp",
        "wetness",
    ]:
        globals()[name] = jit(SOURCES[name])
    return jit(SOURCES["tile_days"])


SOURCES = {name: value for name, value in list(globals().items()) if callable(value) and getattr(value, "__module__", "") == "__main__"}


def main(folder):
    folder = Path(folder)
    facts = json.loads((folder / "facts.json").read_text())
    for name, at in facts["at"].items():
        globals()[name] = at
    tiles, days = facts["tiles"], facts["days"]
    read = lambda name, shape: np.fromfile(folder / f"{name}.in", "<f8").reshape(shape)
    names = ["tempMinC", "tempMaxC", "shortwaveMJ", "humidity", "rainMm", "lai"]
    series = [read(name, (tiles, days)) for name in names]
    doys = np.fromfile(folder / "doy.in", "<u2").astype(np.int64)
    start = read("state", (tiles, facts["state"]))
    constants = read("constants", (tiles, -1))
    sun = [read(name, (tiles, 366)) for name in ("dayHours", "cosMean")]
    out = {name: np.empty((tiles, days)) for name in ("gpp", "nep")}
    args = [constants, doys, *series, read("co2Ppm", days), *sun]
    kernels = {
        "numba": compile_with(),
        "numba-fastmath": None,
    }
    kernels["numba"](*args, start.copy(), *out.values())
    kernels["numba-fastmath"] = compile_with(fastmath={"contract", "arcp", "reassoc", "nsz"})
    kernels["numba-fastmath"](*args, start.copy(), *out.values())
    print(json.dumps({"numba": numba.__version__, "numpy": np.__version__}), flush=True)
    for line in sys.stdin:
        verb, name = line.split()
        state = start.copy()
        wall, cpu = time.perf_counter(), time.process_time()
        kernels[name](*args, state, *out.values())
        took = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
        if verb == "write":
            for key, array in out.items():
                array.tofile(folder / f"{key}.out")
        print(json.dumps({"name": name, **took}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
