"""Stratified agreement, its bounds, the strict N-way form, stratified co-firing tails, Benjamini-Yekutieli
and average linkage, each by its definition or by other people's code.

usage: nulls.py ACTIVATIONS.safetensors OUTPUT.json

Strata: strata.py.
E: every pair (every triple) of rows visited. M_max: scipy.optimize.linear_sum_assignment over all pairings.
Tails of real features: scipy.stats.hypergeom convolved; the far ones: exact_tails.py.
"""

import itertools
import sys
from collections import defaultdict

import numpy as np
from mpmath import mp
from scipy.cluster.hierarchy import linkage
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import squareform
from scipy.stats import hmean, hypergeom
from statsmodels.stats.multitest import multipletests

import dense
from exact_tails import tails
from golden_io import versions, write_compact_json
from strata import make_strata, strata_cases, token_counts

SHRINKAGE = 3.0
FEATURES = range(0, 1024, 5)


# Agreement ---------------------------------------------------------------------------------------


def shares(x):
    x = x.astype(np.float64)
    return x / x.sum()


def blocks(labels):
    labels = np.asarray(labels)
    return [np.flatnonzero(labels == label) for label in sorted(set(labels.tolist()))]


def expected(p, groups):
    """p [n_languages][n]: mean over independent draws of a row in each language, group by group."""
    total = 0.0
    for rows in groups:
        smallest = p[0][rows]
        for q in p[1:]:
            smallest = np.minimum.outer(smallest, q[rows])
        total += len(rows) * smallest.mean()
    return total


def best(p, q, groups):
    total = 0.0
    for rows in groups:
        value = np.minimum.outer(p[rows], q[rows])
        i, j = linear_sum_assignment(value, maximize=True)
        total += value[i, j].sum()
    return total


def corrected(observed, chance):
    return None if 1 - chance < 1e-12 else (observed - chance) / (1 - chance)


def effective(x):
    x = x.astype(np.float64)
    return x.sum() ** 2 / (x**2).sum()


def tail_by_scipy(x, y, groups):
    law = np.ones(1, np.longdouble)
    for rows in groups:
        n, a, b = len(rows), int((x[rows] > 0).sum()), int((y[rows] > 0).sum())
        law = np.convolve(law, hypergeom.pmf(np.arange(n + 1), n, a, b).astype(np.longdouble))
    return float(law[int(((x > 0) & (y > 0)).sum()) :].sum())


def pair(x, y, labels):
    p, q = shares(x), shares(y)
    whole, groups = [np.arange(len(x))], blocks(labels)
    overlap = np.minimum(p, q).sum()
    plain, within = expected([p, q], whole), expected([p, q], groups)
    a, b = int((x > 0).sum()), int((y > 0).sum())
    cofire = int(((x > 0) & (y > 0)).sum())
    return {
        "overlap": overlap,
        "expected": plain,
        "expected_stratified": within,
        "kappa": corrected(overlap, plain),
        "kappa_stratified": corrected(overlap, within),
        "attainable": corrected(best(p, q, whole), plain),
        "attainable_stratified": corrected(best(p, q, groups), within),
        "n_eff": float(hmean([effective(x), effective(y)])),
        "containment": cofire / min(a, b),
        "cofire": cofire,
        "p_cofire": float(hypergeom.sf(cofire - 1, len(x), a, b)),
        "p_cofire_stratified": tail_by_scipy(x, y, groups),
    }


def strict(x, labels):
    if not (x > 0).any(axis=0).all():
        return None
    p = [shares(column) for column in x.T]
    overlap = np.minimum.reduce(p).sum()
    plain, within = expected(p, [np.arange(len(x))]), expected(p, blocks(labels))
    return {
        "overlap": overlap,
        "expected": plain,
        "expected_stratified": within,
        "kappa": corrected(overlap, plain),
        "kappa_stratified": corrected(overlap, within),
    }


def feature(x, labels):
    """x [n, n_languages]: pairs in which both fire, and the strict form (null if one is silent)."""
    alive = [l for l in range(x.shape[1]) if x[:, l].any()]
    pairs = [
        {"a": a, "b": b, **pair(x[:, a], x[:, b], labels)} for a, b in itertools.combinations(alive, 2)
    ]
    return {"pairs": pairs, "strict": strict(x, labels)}


def similarity(features, n_languages):
    """Matrix of means over features that fire in both; a null kappa counts as 0."""
    found = defaultdict(list)
    for entry in features:
        for e in entry["pairs"]:
            kappa = e["kappa_stratified"] or 0.0
            found[e["a"], e["b"]].append(max(0.0, kappa * e["n_eff"] / (e["n_eff"] + SHRINKAGE)))
    matrix = np.eye(n_languages)
    for (a, b), values in found.items():
        matrix[a, b] = matrix[b, a] = np.mean(values)
    return matrix


EDGE_CASES = {
    "one side silent": ([[1, 0], [2, 0], [0, 0], [3, 0]], [0, 0, 1, 1]),
    "every row its own stratum": ([[1, 2], [2, 0], [0, 3], [3, 1]], [0, 1, 2, 3]),
    "one stratum": ([[1, 2], [2, 0], [0, 3], [3, 1]], [0, 0, 0, 0]),
    "other strata for each language": ([[1, 0], [2, 0], [0, 3], [0, 1]], [0, 0, 1, 1]),
    "one stratum in common": ([[1, 0], [2, 1], [0, 3], [0, 1], [4, 0]], [0, 0, 1, 1, 2]),
    "fires everywhere alike": ([[2, 2]] * 7, [0, 0, 0, 1, 1, 1, 1]),
    "fires everywhere in one stratum": ([[2, 2]] * 3 + [[0, 0]] * 4, [0, 0, 0, 1, 1, 1, 1]),
    "a length artefact": ([[1, 0], [0, 1], [1, 1], [0, 0]] * 3 + [[0, 0]] * 12, [0] * 12 + [1] * 12),
    "ties": ([[1, 1], [1, 1], [1, 0], [0, 1], [0, 0], [1, 1], [2, 2], [2, 2]], [0, 1, 0, 1, 0, 1, 0, 1]),
    "nested: 5 of 50": ([[int(s < 5), 1] for s in range(50)] + [[0, 0]] * 50, [s % 4 for s in range(100)]),
    "one sentence": ([[2, 5]], [0]),
    "three languages": ([[1, 1, 2], [0, 2, 1], [3, 0, 3], [0, 0, 0], [1, 1, 1]], [0, 0, 0, 1, 1]),
    "three languages, no stratum in common": ([[1, 1, 0], [0, 1, 1], [1, 0, 1]] * 2, [0, 1, 2] * 2),
    "three languages, one silent": ([[1, 1, 0], [0, 2, 0], [3, 0, 0], [0, 0, 0]], [0, 0, 1, 1]),
    "four languages": ([[1, 2, 1, 5], [3, 1, 0, 1], [1, 1, 1, 1], [0, 4, 2, 2], [2, 0, 3, 1]], [0, 1, 0, 1, 0]),
    "four languages alike everywhere": ([[3, 1, 2, 7]] * 49, [s % 3 for s in range(49)]),
    "very unequal strengths": ([[1e-6, 3e4], [3e4, 1e-6], [2e-6, 0], [5.5, 5.5], [0, 0]], [0, 0, 1, 1, 1]),
}


def edge(rows, labels):
    x = np.array(rows, np.float32)
    return {"x": x.astype(np.float64).tolist(), "strata": labels, **feature(x, labels)}


# Correction and clusters -------------------------------------------------------------------------


def corrections(random):
    p = np.concatenate([random.uniform(0, 1, 40), random.uniform(0, 1e-4, 8), [0.01] * 4, [0.0, 1.0]])
    return [{"p": v.tolist(), "q": multipletests(v, method="fdr_by")[1].tolist()} for v in (p, p[:1], p[40:48])]


def dendrogram(matrix):
    condensed = squareform(1 - matrix, checks=False)
    merges = [[int(a), int(b), h, int(n)] for a, b, h, n in linkage(condensed, "average")]
    return {"similarity": matrix.tolist(), "merges": merges}


def dendrograms(random, real):
    result = [dendrogram(real)]
    for n in (2, 3, 9, 14):
        half = np.triu(random.uniform(0, 0.9, (n, n)), 1)
        result.append(dendrogram(half + half.T + np.eye(n)))
    return result


def main(activations, output):
    mp.dps = 40
    random = np.random.default_rng(4)
    languages, _, maxima = dense.load(activations)
    n = len(maxima)
    n_tokens = token_counts(activations).tolist()
    document = [0] * 60 + [1] * 35 + [2] * 12 + [3] * 6 + [4] * (n - 113)
    labels = make_strata(n_tokens, document)
    features = [feature(maxima[:, :, f], labels) for f in FEATURES]
    matrix = similarity(features, len(languages))
    result = {
        "versions": versions("numpy", "scipy", "statsmodels", "mpmath"),
        "languages": languages,
        "n_tokens": n_tokens,
        "document": document,
        "strata": labels,
        "features": list(FEATURES),
        "scores": features,
        "shrinkage_lambda": SHRINKAGE,
        "similarity": matrix.tolist(),
        "strata_cases": strata_cases(random),
        "edge_cases": {name: edge(*case) for name, case in EDGE_CASES.items()},
        "tails": tails(random),
        "fdr_by": corrections(random),
        "dendrograms": dendrograms(random, matrix),
    }
    write_compact_json(output, result)


if __name__ == "__main__":
    main(*sys.argv[1:])
