"""Permutation p-values, null variance, max-T and bootstrap of agreement by their O(n²) definitions.

usage: permutation.py OUTPUT.json

Everything is computed with dense float64 arrays. The statistic of a feature is the mean over pairs of
firing languages of kappa = (M - E) / (1 - E), M = sum_s min(p_s, q_s),
E = sum_g (1/n_g) sum_{s,r in g} min(p_s, q_r); pairs with E = 1 are left out. Permuted values are compared
as kappa >= observed - 1e-9, so that ties count whatever the rounding.

"enumerated": all permutations within strata of languages 1, 2, …; p is exact, sd is the statistic's.
"sampled": 1e6 random permutations (numpy Generator.permuted).
"max_t": all permutations of small families; share of them whose largest evidence (max_t.h) is >= the feature's.
"bootstrap": kappa of given resample counts, with rows as copies: see bootstrap.h for E*; low and high are
np.quantile of the defined ones.
"clopper_pearson": scipy.stats.binomtest's exact intervals, which its root finder knows to 2e-12; risk is of both
ends together.
"""

import itertools
import sys

import numpy as np
import scipy.special
from scipy.stats import binomtest

from golden_io import versions, write_compact_json

TIE = 1e-9


def expected(p, q, strata):
    total = 0.0
    for g in np.unique(strata):
        inside = strata == g
        total += np.minimum.outer(p[inside], q[inside]).sum() / inside.sum()
    return total


class Feature:
    """x [n, n_languages], strata [n]: what of the mean kappa does not change when rows are permuted."""

    def __init__(self, x, strata):
        self.strata = strata
        self.firing = [lang for lang in range(x.shape[1]) if x[:, lang].any()]
        self.shares = {lang: x[:, lang] / x[:, lang].sum() for lang in self.firing}
        self.pairs = []
        for i, j in itertools.combinations(self.firing, 2):
            e = expected(self.shares[i], self.shares[j], strata)
            if 1 - e > 1e-12:
                self.pairs.append((i, j, e))

    def kappa(self, shares):
        """shares: language -> [..., n]; the mean over pairs, [...]."""
        each = []
        for i, j, e in self.pairs:
            overlap = np.minimum(shares[i], shares[j]).sum(axis=-1)
            each.append((overlap - e) / (1 - e))
        return sum(each) / len(each)

    def observed(self):
        return float(self.kappa(self.shares))


def permutations(strata):
    """All permutations of the rows within strata, [n_permutations, n]."""
    groups = [np.flatnonzero(strata == g) for g in np.unique(strata)]
    result = []
    for choice in itertools.product(*(itertools.permutations(rows) for rows in groups)):
        order = np.arange(len(strata))
        for rows, permuted in zip(groups, choice):
            order[rows] = permuted
        result.append(order)
    return np.array(result)


def enumerate_kappa(feature, n_languages):
    """The statistic under all permutations of languages 1 …, [n_permutations ** (n_languages - 1)]."""
    orders = permutations(feature.strata)
    found = []
    for choice in itertools.product(range(len(orders)), repeat=n_languages - 2):
        shares = {}
        for lang, share in feature.shares.items():
            if lang == 0:
                shares[lang] = share
            elif lang <= n_languages - 2:
                shares[lang] = share[orders[choice[lang - 1]]]
            else:
                shares[lang] = share[orders]
        value = feature.kappa(shares)
        found.append(np.broadcast_to(value, len(orders)))
    return np.concatenate(found)


def enumerated(x, strata):
    x, strata = np.array(x, np.float32).astype(float), np.array(strata)
    feature = Feature(x, strata)
    record = {"x": x.T.tolist(), "strata": strata.tolist(), "kappa": None, "p": None, "sd": None}
    if feature.pairs:
        values = enumerate_kappa(feature, x.shape[1])
        observed = feature.observed()
        record.update(kappa=observed, p=float((values >= observed - TIE).mean()), sd=float(values.std()))
    return record


def sampled(rng, x, strata, draws=1_000_000, chunk=50_000):
    x, strata = x.astype(np.float32).astype(float), np.array(strata)
    feature = Feature(x, strata)
    observed = feature.observed()
    exceedances = 0
    for _ in range(draws // chunk):
        shares = {}
        for lang, share in feature.shares.items():
            tiled = np.tile(share, (chunk, 1))
            for g in np.unique(strata):
                inside = np.flatnonzero(strata == g)
                tiled[:, inside] = rng.permuted(tiled[:, inside], axis=1)
            shares[lang] = tiled
        exceedances += int((feature.kappa(shares) >= observed - TIE).sum())
    return {"x": x.T.tolist(), "strata": strata.tolist(), "kappa": observed, "exceedances": exceedances, "draws": draws}


def evidence(kappa, mean, sd):
    """Signed deviance root of T = kappa + mean, as of a Poisson variable scaled to T's mean and variance."""
    r = np.maximum(0, kappa + mean) / mean
    deviance = np.maximum(0, scipy.special.xlogy(r, r) - r + 1)
    return np.sign(r - 1) * mean / sd * np.sqrt(2 * deviance)


def max_t(x, strata):
    """x [n_features, n, 2]: exact share of permutations whose largest evidence reaches each feature's."""
    x, strata = np.array(x, np.float32).astype(float), np.array(strata)
    features = [Feature(one, strata) for one in x]
    largest, own = [], []
    for feature in features:
        ((_, _, e),) = feature.pairs
        values = enumerate_kappa(feature, 2)
        sd = values.std()
        largest.append(evidence(values, e / (1 - e), sd))
        own.append(evidence(feature.observed() - TIE, e / (1 - e), sd))
    largest = np.max(largest, axis=0)
    p = [float((largest >= one).mean()) for one in own]
    return {"x": x.transpose(0, 2, 1).tolist(), "strata": strata.tolist(), "p": p}


def resampled_kappa(x, strata, w):
    """One resample's mean kappa, None where a side is silent or some E* = 1."""
    feature = Feature(x, strata)
    shares = {}
    for lang in feature.firing:
        total = (w * x[:, lang]).sum()
        if total == 0:
            return None
        shares[lang] = x[:, lang] / total
    each = []
    for i, j, _ in feature.pairs:
        overlap = (w * np.minimum(shares[i], shares[j])).sum()
        e = 0.0
        for g in np.unique(strata):
            inside = strata == g
            n, v = inside.sum(), w[inside]
            m = np.minimum.outer(shares[i][inside], shares[j][inside])
            others = ~np.eye(n, dtype=bool)
            pairs = np.outer(v, v)[others].sum()
            e += (v * np.diag(m)).sum() / n
            if pairs > 0:
                e += (1 - 1 / n) * v.sum() * (np.outer(v, v) * m)[others].sum() / pairs
        if 1 - e < 1e-12:
            return None
        each.append((overlap - e) / (1 - e))
    return float(np.mean(each))


def bootstrap(rng, x, strata, resamples, confidence):
    x, strata = x.astype(np.float32).astype(float), np.array(strata)
    n = len(strata)
    counts = np.array([np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(resamples)])
    kappas = [resampled_kappa(x, strata, w) for w in counts]
    defined = [k for k in kappas if k is not None]
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return {
        "x": x.T.tolist(),
        "strata": strata.tolist(),
        "counts": counts.tolist(),
        "kappa": kappas,
        "confidence": confidence,
        "low": float(low),
        "high": float(high),
    }


def clopper_pearson(exceedances, draws, confidence):
    interval = binomtest(exceedances, draws).proportion_ci(confidence, method="exact")
    return {
        "exceedances": exceedances,
        "draws": draws,
        "risk": 1 - confidence,
        "low": float(interval.low),
        "high": float(interval.high),
    }


def columns(rng, n, n_languages, density, shared):
    """Log-normal strengths; each language fires on a share of common rows, else anywhere."""
    common = rng.random(n) < density
    fires = np.where(rng.random((n, n_languages)) < shared, common[:, None], rng.random((n, n_languages)) < density)
    x = fires * rng.lognormal(0, 0.7, (n, n_languages))
    x[0], x[1] = 1, 1  # never silent
    return x


ENUMERATED = {
    "six rows": ([[1, 2], [0, 0], [3, 2], [0, 1], [2, 4], [0, 0]], [0] * 6),
    "seven rows, ties": ([[1, 1], [1, 1], [1, 0], [0, 1], [0, 0], [1, 1], [2, 2]], [0] * 7),
    "below chance": ([[1, 0], [2, 0], [0, 1], [0, 3], [1, 1]], [0] * 5),
    "binary": ([[1, 1], [1, 1], [1, 0], [0, 0], [0, 0], [0, 1], [0, 0]], [0] * 7),
    "fires everywhere, other strengths": ([[1, 3], [2, 2], [3, 1], [4, 5]], [0] * 4),
    "single firing, same row": ([[0, 0], [7, 3], [0, 0], [0, 0]], [0] * 4),
    "two strata": ([[1, 2], [0, 1], [3, 3], [0, 0], [5, 4], [0, 0], [1, 0]], [0, 1, 0, 1, 1, 0, 1]),
    "singleton strata": ([[1, 2], [2, 0], [3, 3]], [0, 1, 2]),
    "no stratum in common": ([[1, 0], [2, 0], [0, 3], [0, 1]], [0, 0, 1, 1]),
    "uniform": ([[2, 2], [2, 2], [2, 2]], [0] * 3),
    "three languages": ([[1, 1, 2], [0, 2, 1], [3, 0, 3], [0, 0, 0], [1, 1, 0]], [0] * 5),
    "three languages, two strata": ([[1, 1, 2], [0, 2, 1], [3, 0, 3], [2, 0, 0], [1, 1, 1], [0, 1, 2]], [0, 1, 0, 1, 0, 1]),
    "three languages, one silent": ([[1, 0, 2], [0, 0, 1], [3, 0, 3], [0, 0, 0]], [0] * 4),
    "three languages, a pair uniform": ([[1, 1, 2], [1, 1, 1], [1, 1, 5], [1, 1, 0]], [0] * 4),
    "four languages": ([[1, 1, 2, 0], [0, 2, 1, 1], [3, 0, 3, 2], [0, 0, 0, 1]], [0] * 4),
}


def main(output):
    rng = np.random.default_rng(4)
    two_strata, four_strata = [0, 1] * 12, [0, 1, 2, 3] * 6
    family = np.stack([columns(rng, 6, 2, density, 0.8) for density in (0.1, 0.3, 0.5, 0.7)])
    result = {"versions": versions("numpy", "scipy")}
    for name, case in ENUMERATED.items():
        result[f"enumerated: {name}"] = enumerated(*case)
    for name, n_languages, density, shared, strata in [
        ("sparse", 2, 0.15, 0.6, [0] * 24),
        ("dense", 2, 0.8, 0.5, [0] * 24),
        ("strata", 2, 0.4, 0.5, two_strata),
        ("fine strata", 2, 0.3, 0.4, four_strata),
        ("three languages", 3, 0.3, 0.4, [0] * 24),
        ("five languages, strata", 5, 0.5, 0.3, two_strata),
        ("four languages, dense", 4, 0.9, 0.3, four_strata),
    ]:
        result[f"sampled: {name}"] = sampled(rng, columns(rng, 24, n_languages, density, shared), strata)
    result["max_t: one stratum"] = max_t(family, [0] * 6)
    result["max_t: two strata"] = max_t(family, [0, 1, 0, 1, 0, 1])
    for name, n_languages, density, strata in [
        ("two languages", 2, 0.3, [0] * 24),
        ("dense, strata", 2, 0.8, two_strata),
        ("three languages, strata", 3, 0.4, four_strata),
        ("rare", 2, 0.06, two_strata),
    ]:
        result[f"bootstrap: {name}"] = bootstrap(rng, columns(rng, 24, n_languages, density, 0.7), strata, 40, 0.9)
    result["clopper_pearson"] = [
        clopper_pearson(exceedances, draws, confidence)
        for draws, counts in [(20, (0, 1, 10, 19, 20)), (100, (0, 5, 50)), (505, (1, 80)), (400_000, (0, 3, 1000))]
        for exceedances in counts
        for confidence in (0.95, 0.999, 1 - 1e-9)
    ]
    write_compact_json(output, result)


if __name__ == "__main__":
    main(*sys.argv[1:])
