"""Scores of activations that are arrays in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ._errors import BadInputError, UsageError
from ._progress import Bars
from ._table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import ArrayLike

    Vector = np.ndarray[Any, Any]
    Languages = Mapping[str, Any] | Sequence[Any]


class BiLoss(NamedTuple):
    """Columns of length n_features; NaN for a feature that is silent in any language."""

    loss: Vector  # float64, lower is better
    rank: Vector  # float64, from 0, lower loss first
    beta: float  # as applied


def agreement(
    *activations: Any,
    languages: Sequence[str] | None = None,
    strata: ArrayLike | None = None,
    lengths: ArrayLike | None = None,
    documents: ArrayLike | None = None,
    null: Literal["plain", "length", "length-document"] = "length-document",
    shrinkage: float = 3.0,
    beta: float | None = None,
    permutations: int = 400_000,
    max_t: int = 0,
    bootstrap: int = 200,
    seed: int = 42,
    fdr: Literal["bh", "by"] = "bh",
    fdr_level: float = 0.05,
    measures: Sequence[str] = (),
    progress: bool = True,
) -> Table:
    """The score table of `agreement(x_en, x_es)`: a row per feature, columns as in scores.parquet, of which
    `agreement_stratified` is the score, `p_agreement` and `q_agreement` its p-value and false discovery rate, and
    `agreement_low` and `agreement_high` its interval. What only a corpus tells (flags, tokens) is left out.

    activations: for each language an array or scipy.sparse matrix [n_sentences, n_features] with the largest
        activation of each feature on each sentence, 0 or more. Row i is the same sentence in every language.
    languages: their names, for the columns `active_…` and `max_…`; "0", "1", … if left out.
    strata: [n_sentences] labels: chance exchanges only sentences that have the same one.
    lengths: [n_sentences, n_languages] tokens; and documents, [n_sentences] labels. Of these the program makes its
        strata as `null` says. Without strata and lengths chance exchanges any two sentences. With documents, intervals
        are over documents if there are five or more.
    shrinkage, beta, permutations, max_t, bootstrap, seed, fdr, fdr_level, measures: as `isogloss score --help` says;
        shrinkage is its --lambda, seed its --score-seed.

    The work runs on all cores without the GIL; Ctrl-C stops it.
    """
    import pyarrow as pa

    from . import _extension

    arrays, shape = _csc_arrays(activations, languages)
    if documents is not None and lengths is None:
        raise UsageError("documents are given without lengths; give both, or strata")
    choices = _extension.Choices(
        null=null, shrinkage=shrinkage, beta=beta, permutations=permutations, max_t=max_t, bootstrap=bootstrap,
        seed=seed, fdr=fdr, fdr_level=fdr_level, measures=list(measures))
    with Bars() as bars:
        columns = _extension.score(
            arrays, *shape, _labels(strata, shape[0], "strata"), _lengths(lengths, shape[0], len(arrays)),
            _labels(documents, shape[0], "documents"), choices, bars if progress else None)
    features = pa.array(range(shape[1]), pa.int32())
    return Table(pa.table({"feature": features} | {name: _arrow(name, of) for name, of in columns.items()}))


def bi_loss(
    *activations: Any,
    form: Literal["gomez2024", "gomez2024-text"] = "gomez2024",
    beta: float | None = None,
) -> BiLoss:
    """The published bilingual interpretability loss: `bi_loss(x_en, x_es).loss`. `activations` as for agreement.

    form: that of the published code, or that of the post's text. beta: by the published rule if left out.
    """
    from . import _extension

    if form not in ("gomez2024", "gomez2024-text"):
        raise UsageError(f"{form} is no form of the loss; it is gomez2024 or gomez2024-text")
    arrays, shape = _csc_arrays(activations, None)
    return BiLoss(*_extension.bi_loss(arrays, *shape, form == "gomez2024-text", beta))


def _csc_arrays(
    activations: Sequence[Any], languages: Sequence[str] | None
) -> tuple[list[tuple[str, Vector, Vector, Vector]], tuple[int, int]]:
    """For each language its name, indptr, indices and values, by feature; and the shape of all."""
    import numpy as np
    import scipy.sparse

    names = [str(i) for i in range(len(activations))] if languages is None else list(languages)
    if len(names) != len(activations) or len(set(names)) != len(names):
        raise UsageError(f"{len(activations)} arrays have the names {names}; give each array a name of its own")
    arrays = []
    shapes = set()
    for name, of_language in zip(names, activations):
        matrix = scipy.sparse.csc_array(of_language)
        if not matrix.has_sorted_indices:
            matrix = matrix.sorted_indices()
        shapes.add(matrix.shape)
        arrays.append((name, matrix.indptr.astype(np.int64, copy=False), matrix.indices.astype(np.int32, copy=False),
                       np.ascontiguousarray(matrix.data, dtype=np.float32)))
    if len(shapes) != 1:
        raise BadInputError(f"the arrays have the shapes {sorted(shapes)}; give every language the same sentences and "
                            "features")
    n_sentences, n_features = shapes.pop()
    return arrays, (int(n_sentences), int(n_features))


def _labels(labels: ArrayLike | None, n_sentences: int, what: str) -> Vector | None:
    """Any labels as 0, 1, … in order of appearance, as the program numbers documents. Those that are missing (None, NaN)
    are one label together."""
    import numpy as np

    if labels is None:
        return None
    array = np.asarray(labels, dtype=object)
    if array.shape != (n_sentences,):
        raise BadInputError(f"{what} have the shape {array.shape} for {n_sentences} sentences; give one label for each")
    numbers: dict[object, int] = {}
    named = (None if label != label else label for label in array.tolist())
    return np.array([numbers.setdefault(label, len(numbers)) for label in named], dtype=np.int32)


def _lengths(lengths: ArrayLike | None, n_sentences: int, n_languages: int) -> list[Vector]:
    import numpy as np

    if lengths is None:
        return []
    array = np.asarray(lengths, dtype=np.int32)
    if array.shape != (n_sentences, n_languages):
        raise BadInputError(f"lengths have the shape {array.shape}, not {(n_sentences, n_languages)}")
    return [np.ascontiguousarray(array[:, i]) for i in range(n_languages)]


def _arrow(name: str, column: Vector) -> Any:
    import pyarrow as pa

    array = pa.array(column, from_pandas=True)
    return array.cast(pa.int32()) if name == "bi_rank" else array
