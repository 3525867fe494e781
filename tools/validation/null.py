"""Mean plain κ of a run's live features when its sentences are permuted, by numpy alone: a second opinion on
the null of `isogloss validate`.

usage: tools/validation/null.py RUN [RE_PAIRINGS]      needs pyarrow, numpy
"""

import itertools
import pathlib
import statistics
import sys

import numpy
import pyarrow.parquet as pq


def shares(folder: pathlib.Path) -> list:
    """Of each language, [live features][sentences]."""
    maxima = pq.read_table(folder / "maxima")
    sequences = pq.read_table(folder / "sequences.parquet", columns=["sample", "language"])
    live = pq.read_table(folder / "scores.parquet", columns=["alive"])["alive"].to_numpy()
    samples = numpy.unique(sequences["sample"].to_numpy())
    language = numpy.array(maxima["language"].to_pylist())
    result = []
    for name in dict.fromkeys(sequences["language"].to_pylist()):
        rows = maxima.filter(language == name)
        dense = numpy.zeros((len(live), len(samples)))
        dense[rows["feature"].to_numpy(), numpy.searchsorted(samples, rows["sample"].to_numpy())] = rows["value"]
        result.append(dense[live] / dense[live].sum(axis=1, keepdims=True))
    return result


def expected(p: numpy.ndarray, q: numpy.ndarray) -> numpy.ndarray:
    """(1/n) Σ_s Σ_r min(p_s, q_r) of each feature."""
    return numpy.array([numpy.minimum.outer(a, b).sum() / len(a) for a, b in zip(p, q)])


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    of_language = shares(pathlib.Path(sys.argv[1]))
    pairs = list(itertools.combinations(range(len(of_language)), 2))
    chance = {(a, b): expected(of_language[a], of_language[b]) for a, b in pairs}
    random = numpy.random.default_rng(1)
    means = []
    for _ in range(int(sys.argv[2]) if len(sys.argv) == 3 else 100):
        paired = [p[:, random.permutation(p.shape[1])] for p in of_language]
        kappas = [(numpy.minimum(paired[a], paired[b]).sum(axis=1) - chance[a, b]) / (1 - chance[a, b])
                  for a, b in pairs]
        means.append(numpy.mean(kappas))
    error = statistics.stdev(means) / len(means) ** 0.5
    print(f"mean κ of {len(means)} permutations: {statistics.mean(means):.6f}, standard error {error:.6f}")


if __name__ == "__main__":
    main()
