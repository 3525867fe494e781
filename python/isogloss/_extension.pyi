from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Vector = np.ndarray[Any, Any]
LanguageArrays = tuple[str, Vector, Vector, Vector]

class Choices:
    def __init__(
        self,
        *,
        null: str,
        shrinkage: float,
        beta: float | None,
        permutations: int,
        max_t: int,
        bootstrap: int,
        seed: int,
        fdr: str,
        fdr_level: float,
        measures: Sequence[str],
    ) -> None: ...

def score(
    languages: Sequence[LanguageArrays],
    n_sentences: int,
    n_features: int,
    strata: Vector | None,
    lengths: Sequence[Vector],
    documents: Vector | None,
    choices: Choices,
    progress: Callable[[str, str, int, int], None] | None,
) -> dict[str, Vector]: ...
def bi_loss(
    languages: Sequence[LanguageArrays], n_sentences: int, n_features: int, text_form: bool, beta: float | None
) -> tuple[Vector, Vector, float]: ...
