"""ROC areas, average precision and correlations by scikit-learn and scipy; MEXA accuracy by its definition on
dense matrices in numpy.

usage: validation.py OUTPUT.json

MEXA (Kargaran et al. 2024, arXiv 2410.05873): the share of i for which c_ii is larger than every other cosine
in its row and its column; ties (relative 1e-9) are failures, the cosine with an empty vector is 0.
"""

import sys

import numpy as np
from scipy.stats import pearsonr, rankdata, spearmanr
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.metrics.pairwise import cosine_similarity

from golden_io import versions, write_compact_json

TIE = 1e-9


def classification_cases(random):
    cases = []
    for n_positive, n_negative, levels in [(1, 1, 2), (5, 3, 3), (40, 60, 7), (200, 30, 10**6), (17, 400, 50)]:
        positives = random.integers(0, levels, n_positive) + random.integers(0, 2) * (levels // 5)
        negatives = random.integers(0, levels, n_negative)
        truth = [1] * n_positive + [0] * n_negative
        values = np.concatenate([positives, negatives])
        cases.append({
            "positives": positives.tolist(), "negatives": negatives.tolist(),
            "roc_auc": roc_auc_score(truth, values), "average_precision": average_precision_score(truth, values)})
    return cases


def correlation_cases(random):
    cases = []
    for n, levels in [(2, 100), (3, 100), (50, 4), (300, 10**6)]:
        a = random.integers(0, levels, n)
        b = a // 2 + random.integers(0, levels, n)
        if len(set(a)) == 1 or len(set(b)) == 1:
            raise SystemExit("a constant side")
        cases.append({
            "a": a.tolist(), "b": b.tolist(), "ranks": rankdata(a).tolist(),
            "pearson": float(pearsonr(a, b)[0]), "spearman": float(spearmanr(a, b)[0])})
    return cases


def mexa(x, y):
    cosine = cosine_similarity(x, y)  # 0 for an empty vector
    own = np.diag(cosine).copy()
    others = cosine.copy()
    np.fill_diagonal(others, 0)
    rival = np.maximum(others.max(axis=0), others.max(axis=1))
    return float(np.mean(own * (1 - TIE) > rival))


def mexa_case(random, n_rows, n_features, density, noise):
    """Values are eighths: exact in float32. The second language is a noisy copy of the first; some rows are
    doubled, some silent."""
    shared = random.integers(1, 64, (n_rows, n_features)) / 8 * (random.random((n_rows, n_features)) < density)
    sides = []
    for _ in range(2):
        side = np.where(random.random(shared.shape) < noise, 0, shared)
        side = side + (random.random(shared.shape) < noise * density) * random.integers(1, 64, shared.shape) / 8
        sides.append(side)
    for side in sides:
        side[1] = side[0]
        side[2] = 0
        side[3] = 3 * side[4]
    order = random.permutation(n_features)
    weights = np.round(random.random(n_features) * (random.random(n_features) < 0.8) * 1024) / 1024
    counts = [count for count in (1, 2, 4, 8, 16, 32, 64, 128) if count <= n_features]

    def accuracies(factor):
        return [mexa((sides[0] * factor)[:, order[:k]], (sides[1] * factor)[:, order[:k]]) for k in counts]

    return {
        "a": [[[int(r), float(side[r, f])] for r in np.flatnonzero(side[:, f])] for side in sides[:1]
              for f in range(n_features)],
        "b": [[[int(r), float(side[r, f])] for r in np.flatnonzero(side[:, f])] for side in sides[1:]
              for f in range(n_features)],
        "n_rows": n_rows, "order": order.tolist(), "weights": weights[order].tolist(), "counts": counts,
        "unweighted": accuracies(1), "weighted": accuracies(weights)}


def main(output):
    random = np.random.default_rng(20261124)
    write_compact_json(output, {
        "versions": versions("numpy", "scipy", "scikit-learn"),
        "classification": classification_cases(random),
        "correlation": correlation_cases(random),
        "mexa_small": mexa_case(random, 12, 9, 0.5, 0.1),
        "mexa": mexa_case(random, 61, 140, 0.15, 0.25)})


if __name__ == "__main__":
    main(sys.argv[1])
