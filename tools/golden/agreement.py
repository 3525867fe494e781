"""Agreement and co-firing p-values of real activations by their O(n²) definitions, and small edge cases.

usage: agreement.py ACTIVATIONS.safetensors OUTPUT.json

For each feature and pair of languages: M = sum_s min(p_s, q_s), E = (1/n) sum_s sum_r min(p_s, q_r),
kappa = (M - E) / (1 - E), all in float64 with dense arrays; p = scipy.stats.hypergeom.sf(cofire - 1, n, a, b).
Over several languages: overlap, expected and kappa are means over the pairs in which both fire; p is the
smallest over pairs times the number of all pairs, at most 1; q is Benjamini-Hochberg (statsmodels) over
the features that fire in every language. null where undefined.
"""

import itertools
import sys

import numpy as np
from scipy.stats import hmean, hypergeom
from statsmodels.stats.multitest import multipletests

import dense
from golden_io import versions, write_compact_json

SHRINKAGE = 5.0


def pair(x, y):
    """x, y [n]: None if a side is silent, else M, E, kappa (None if E = 1), cofire and p."""
    n, a, b = len(x), int((x > 0).sum()), int((y > 0).sum())
    if a == 0 or b == 0:
        return None
    p, q = x / x.sum(), y / y.sum()
    overlap = np.minimum(p, q).sum()
    expected = np.minimum.outer(p, q).sum() / n
    cofire = int(((x > 0) & (y > 0)).sum())
    # E = 1 when both sides fire alike on every row; the sum of n² terms may miss it by rounding.
    kappa = (overlap - expected) / (1 - expected) if 1 - expected > 1e-12 else None
    return {
        "overlap": overlap,
        "expected": expected,
        "kappa": kappa,
        "cofire": cofire,
        "p": float(hypergeom.sf(cofire - 1, n, a, b)),
    }


def effective(x):
    return x.sum() ** 2 / (x**2).sum()


def mean_of(found, key):
    values = [entry[key] for entry in found if entry[key] is not None]
    return float(np.mean(values)) if values else None


def feature(x):
    """x [n, n_languages] of one feature: all columns that scores.parquet has of it."""
    x = x.astype(np.float64)
    n_languages = x.shape[1]
    active = [lang for lang in range(n_languages) if x[:, lang].any()]
    pairs = list(itertools.combinations(range(n_languages), 2))
    found = [entry for i, j in pairs if (entry := pair(x[:, i], x[:, j]))]
    kappa = mean_of(found, "kappa")
    n_eff = float(hmean([effective(x[:, lang]) for lang in active])) if len(active) > 1 else None
    shrunk = None if kappa is None else kappa * n_eff / (n_eff + SHRINKAGE)
    return {
        "alive": len(active) == n_languages,
        "n_languages_active": len(active),
        "overlap": mean_of(found, "overlap"),
        "overlap_expected": mean_of(found, "expected"),
        "agreement_raw": kappa,
        "n_eff": n_eff,
        "shrunk": shrunk,
        "agreement": 0.0 if shrunk is None else max(0.0, shrunk),
        "cofire": int((x > 0).all(axis=1).sum()),
        "p_cofire": min(1.0, min(e["p"] for e in found) * len(pairs)) if found else None,
    }


def table(x):
    """x [n, n_languages, n_features]: one list a column."""
    rows = [feature(x[:, :, f]) for f in range(x.shape[2])]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    alive = np.flatnonzero(columns["alive"])
    columns["q_cofire"] = [None] * len(rows)
    if len(alive):
        q = multipletests([columns["p_cofire"][f] for f in alive], method="fdr_bh")[1]
        for f, value in zip(alive, q.tolist()):
            columns["q_cofire"][f] = value
    return columns


EDGE_CASES = {
    "one side silent": [[1, 0], [2, 0], [0, 0], [3, 0]],
    "both silent": [[0, 0], [0, 0]],
    "identical": [[1, 1], [0, 0], [3, 3], [0, 0], [2, 2]],
    "proportional": [[1, 2], [0, 0], [3, 6], [0, 0], [2, 4]],
    "one sentence": [[2, 5]],
    "one sentence, one side silent": [[2, 0]],
    "one sentence in common": [[1, 0], [2, 4], [0, 3], [0, 0], [0, 0], [0, 0]],
    "single firing, same sentence": [[0, 0], [7, 3], [0, 0], [0, 0]],
    "single firing, other sentence": [[0, 3], [7, 0], [0, 0], [0, 0]],
    "fires everywhere alike": [[2, 2], [2, 2], [2, 2]],
    "fires everywhere, other strengths": [[1, 3], [2, 2], [3, 1]],
    "ties": [[1, 1], [1, 1], [1, 0], [0, 1], [0, 0], [1, 1], [2, 2], [2, 2]],
    "disjoint": [[1, 0], [1, 0], [0, 1], [0, 1]],
    "three languages": [[1, 1, 2], [0, 2, 1], [3, 0, 3], [0, 0, 0], [1, 1, 1]],
    "three languages, one silent": [[1, 1, 0], [0, 2, 0], [3, 0, 0], [0, 0, 0]],
    "three languages, two silent": [[1, 0, 0], [2, 0, 0], [0, 0, 0]],
    "nested: 5 of 50": [[int(s < 5), 1] for s in range(50)] + [[0, 0]] * 50,
    "very unequal strengths": [[1e-6, 3e4], [3e4, 1e-6], [2e-6, 0], [5.5, 5.5], [0, 0]],
}


def edge(rows):
    """x as float32, the type in which activations are stored."""
    x = np.array(rows, np.float32)
    return {"x": x.astype(np.float64).tolist(), **feature(x)}


def main(activations, output):
    languages, _, maxima = dense.load(activations)
    result = {
        "versions": versions("numpy", "scipy", "statsmodels"),
        "shrinkage_lambda": SHRINKAGE,
        "languages": languages,
        "two_languages": table(maxima[:, :2]),
        "three_languages": table(maxima),
        "edge_cases": {name: edge(rows) for name, rows in EDGE_CASES.items()},
    }
    write_compact_json(output, result)


if __name__ == "__main__":
    main(*sys.argv[1:])
