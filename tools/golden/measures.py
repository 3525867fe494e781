"""Published and classical measures of real activations by scikit-learn, scipy, statsmodels and pingouin.

usage: measures.py ACTIVATIONS.safetensors OUTPUT.json

Of the first features of the file, in two and in three languages, and of small edge cases. Measures of two
languages are means over the pairs in which both fire and the measure is defined; null where there is none.
Token totals of the edge cases take each row for a token that fires, or not, among n_tokens.
"""

import itertools
import json
import sys

import numpy as np
import pandas as pd
import pingouin
from safetensors import safe_open
from scipy.stats import entropy, hypergeom, spearmanr
from sklearn.metrics import jaccard_score, matthews_corrcoef, roc_auc_score
from sklearn.metrics.pairwise import cosine_similarity
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

import agreement
import dense
from golden_io import versions, write_compact_json

N_FEATURES = 256


def adjusted_jaccard(x, y):
    n, a, b = len(x), int((x > 0).sum()), int((y > 0).sum())
    common = np.arange(max(0, a + b - n), min(a, b) + 1)
    expected = (hypergeom.pmf(common, n, a, b) * (common / (a + b - common))).sum()
    if a == n and b == n:
        return None  # E[J] = 1
    return (jaccard_score(x > 0, y > 0) - expected) / (1 - expected)


def phi(x, y):
    if (x > 0).all() or (y > 0).all():
        return None  # scikit-learn says 0
    return matthews_corrcoef(x > 0, y > 0)


def spearman(x, y):
    return None if np.ptp(x) == 0 or np.ptp(y) == 0 else spearmanr(x, y).statistic


def auroc(x, y):
    areas = [roc_auc_score(t > 0, score) for t, score in ((x, y), (y, x)) if not (t > 0).all()]
    return np.mean(areas) if areas else None


def cosine(x, y):
    return cosine_similarity(x[None], y[None])[0, 0]


PAIR_MEASURES = {
    "jaccard": lambda x, y: jaccard_score(x > 0, y > 0),
    "jaccard_adjusted": adjusted_jaccard,
    "phi": phi,
    "spearman": spearman,
    "auroc": auroc,
    "cosine": cosine,
}


def mean_over_pairs(measure, x):
    pairs = itertools.combinations([column for column in x.T if column.any()], 2)
    values = [value for a, b in pairs if (value := measure(a, b)) is not None]
    return float(np.mean(values)) if values else None


def fleiss(x):
    if (x > 0).all() or not x.any():
        return None
    return float(fleiss_kappa(aggregate_raters((x > 0).astype(int), n_cat=2)[0]))


def icc(x):
    """The two-way table by its definition; pingouin, which wants five rows, must say the same."""
    n, n_languages = x.shape
    if (np.ptp(x, axis=0) == 0).all():
        return None
    rows, columns = x.mean(axis=1, keepdims=True), x.mean(axis=0, keepdims=True)
    ms_rows = n_languages * ((rows - x.mean()) ** 2).sum() / (n - 1)
    ms_error = ((x - rows - columns + x.mean()) ** 2).sum() / ((n - 1) * (n_languages - 1))
    value = (ms_rows - ms_error) / (ms_rows + (n_languages - 1) * ms_error)
    if n >= 5:
        index = pd.MultiIndex.from_product([range(n), range(n_languages)], names=["row", "language"])
        long = pd.DataFrame({"x": x.ravel()}, index=index).reset_index()
        table = pingouin.intraclass_corr(long, targets="row", raters="language", ratings="x")
        theirs = table.set_index("Type")["ICC"]["ICC(C,1)"]
        assert abs(theirs - value) < 1e-12, (theirs, value)
    return float(value)


def entropy_of(rates):
    return float(entropy(rates)) if np.any(rates) else None


def feature(x, totals):
    """x [n, n_languages] sentence maxima; totals: n_tokens, firing, mass [n_languages]. All columns."""
    x = x.astype(np.float64)
    n_tokens, firing, mass = (np.asarray(totals[key], float) for key in ("n_tokens", "firing", "mass"))
    means = mass / n_tokens
    nu = [m - np.delete(means, i).mean() for i, m in enumerate(means)] if means.any() else [None] * len(means)
    return {
        "nu": float(max(nu)) if means.any() else None,
        **{f"nu_{i}": None if value is None else float(value) for i, value in enumerate(nu)},
        "lape": entropy_of((x > 0).mean(axis=0)),
        "sae_lape": entropy_of(firing / n_tokens),
        "mean_ratio": float(means.min() / means.max()) if means.any() else None,
        **{name: mean_over_pairs(measure, x) for name, measure in PAIR_MEASURES.items()},
        "fleiss": fleiss(x),
        "icc": icc(x),
    }


def token_totals(path, n_languages):
    """[feature] -> totals."""
    with safe_open(path, "np") as file:
        n_features = json.loads(file.metadata()["golden"])["n_features"]
        t = {name: file.get_tensor(name) for name in file.keys()}
    language = np.repeat(t["language"], np.diff(t["offsets"]))
    n_tokens = [int((t["language"] == i).sum()) for i in range(n_languages)]
    features = [t["features"][language == i] for i in range(n_languages)]
    values = [t["values"][language == i].astype(np.float64) for i in range(n_languages)]
    firing = np.array([np.bincount(f, minlength=n_features) for f in features])
    mass = np.array([np.bincount(f, v, n_features) for f, v in zip(features, values)])
    return [{"n_tokens": n_tokens, "firing": firing[:, f], "mass": mass[:, f]} for f in range(n_features)]


def table(maxima, totals):
    """maxima [n, n_languages, n_features]: one list a column."""
    rows = [feature(maxima[:, :, f], totals[f]) for f in range(N_FEATURES)]
    return {name: [row[name] for row in rows] for name in rows[0]}


EDGE_CASES = {
    **agreement.EDGE_CASES,
    "one side on every row": [[1, 0], [2, 3], [3, 0], [1, 2], [5, 0]],
    "one side constant": [[2, 0], [2, 3], [2, 0], [2, 2], [2, 0]],
    "both on every row, one constant": [[2, 1], [2, 3], [2, 4], [2, 2], [2, 7]],
    "all but one row": [[0, 1], [2, 0], [3, 4], [1, 1], [4, 4], [2, 1]],
    "reversed": [[1, 5], [2, 4], [3, 3], [4, 2], [5, 1]],
    "little variation": [[1000 + s % 3, 1000 + (s * s) % 5] for s in range(12)],
    "four languages": [[1, 0, 2, 0], [0, 0, 1, 4], [3, 0, 3, 1], [0, 0, 0, 0], [1, 0, 1, 2], [0, 0, 0, 3]],
}


def edge(rows):
    x = np.array(rows, np.float32).astype(np.float64)
    totals = {
        "n_tokens": [len(x) + 3 * i for i in range(x.shape[1])],
        "firing": (x > 0).sum(axis=0).tolist(),
        "mass": x.sum(axis=0).tolist(),
    }
    return {"x": x.tolist(), **totals, "columns": feature(x, totals)}


def main(activations, output):
    _, _, maxima = dense.load(activations)
    result = {
        "versions": versions("numpy", "pingouin", "scikit-learn", "scipy", "statsmodels"),
        "two_languages": table(maxima[:, :2], token_totals(activations, 2)),
        "three_languages": table(maxima, token_totals(activations, 3)),
        "edge_cases": {name: edge(rows) for name, rows in EDGE_CASES.items()},
    }
    write_compact_json(output, result)


if __name__ == "__main__":
    main(*sys.argv[1:])
