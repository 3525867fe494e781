"""Strata of length and document for nulls.py: ranks by scipy.stats.rankdata; the merging rule of
isogloss/score/strata/strata.h written a second time.
"""

import json
import math
from collections import defaultdict

import numpy as np
from safetensors import safe_open
from scipy.stats import rankdata

SMALLEST = 10


def token_counts(path):
    """n_tokens [n_languages][n_samples]: content tokens of each sentence."""
    with safe_open(path, "np") as file:
        record = json.loads(file.metadata()["golden"])
        sample, language = file.get_tensor("sample"), file.get_tensor("language")
    counts = np.zeros((len(record["languages"]), record["n_samples"]), int)
    np.add.at(counts, (language, sample), 1)
    return counts


def merged(deciles):
    """{decile: rows} of one document -> lists of rows, none under SMALLEST if it can be helped."""
    strata, current = [], []
    order = sorted(deciles)
    for i, decile in enumerate(order):
        current = current + deciles[decile]
        behind = sum(len(deciles[later]) for later in order[i + 1 :])
        if len(current) >= SMALLEST and behind >= SMALLEST:
            strata.append(current)
            current = []
    return strata + [current]


def make_strata(n_tokens, document):
    """[n_rows] labels in no particular order."""
    n = len(n_tokens[0])
    rank = rankdata(np.sum([rankdata(t) for t in n_tokens], axis=0))
    decile = np.floor(10 * (rank - 0.5) / n + 1e-9).astype(int)
    cells = defaultdict(lambda: defaultdict(list))
    for row in range(n):
        cells[document[row] if document else 0][decile[row]].append(row)
    strata, rest = [], defaultdict(list)
    for deciles in cells.values():
        if sum(map(len, deciles.values())) >= SMALLEST:
            strata += merged(deciles)
        else:
            for d, rows in deciles.items():
                rest[d] += rows
    n_rest = sum(map(len, rest.values()))
    if n_rest:
        last = merged(rest)
        if strata and n_rest < SMALLEST:
            distance = [abs(rank[rows].mean() - rank[last[0]].mean()) for rows in strata]
            near = [i for i, d in enumerate(distance) if math.isclose(d, min(distance), abs_tol=1e-9)]
            joined = last[0] + sum((strata[i] for i in near), [])
            last = [rows for i, rows in enumerate(strata) if i not in near] + [joined]
            strata = []
        strata += last
    labels = [None] * n
    for label, rows in enumerate(strata):
        for row in rows:
            labels[row] = label
    return labels


def effective_number(labels):
    """Simpson's (1949) index of the strata's shares of the rows, inverted."""
    shares_of_rows = np.unique(labels, return_counts=True)[1] / len(labels)
    return float(1 / (shares_of_rows**2).sum())


def strata_cases(random):
    def documents(*sizes):
        return [d for d, size in enumerate(sizes) for _ in range(size)]

    lengths = lambda n, low=5, high=60: random.integers(low, high, (2, n)).tolist()
    cases = {
        "100 rows, no documents": (lengths(100), []),
        "9 rows": (lengths(9), []),
        "19 rows": (lengths(19), []),
        "20 rows": (lengths(20), []),
        "105 rows, one language": (lengths(105)[:1], []),
        "all equally long": ([[7] * 50, [9] * 50], []),
        "heavy ties": (lengths(200, 5, 8), []),
        "large documents": (lengths(400), documents(150, 130, 120)),
        "small documents together": (lengths(90), documents(50, 9, 9, 8, 7, 4, 3)),
        "only small documents": (lengths(60), documents(*[6] * 10)),
        "a few rows left over": (lengths(104), documents(60, 40, 4)),
        "few rows in many documents": (lengths(8), documents(3, 3, 2)),
        # Documents 0 and 1 are as long as each other, and the rest is as near to either.
        "equally near": ([[10, 20, 30] * 4 * 2 + [20], [1] * 25], documents(12, 12, 1)),
        "interleaved documents": (lengths(300), random.integers(0, 4, 300).tolist()),
    }
    result = {}
    for name, (t, d) in cases.items():
        length, length_document = make_strata(t, []), make_strata(t, d)
        result[name] = {
            "n_tokens": t,
            "document": d,
            "length": length,
            "length_document": length_document,
            "effective_numbers": [effective_number(length), effective_number(length_document)],
        }
    return result
