"""Activations that a program of yours computes, as a result folder."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._errors import UsageError
from ._options import StrPath, words
from ._program import call
from ._run import Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    import numpy as np

    Vector = np.ndarray[Any, Any]


class ActivationWriter:
    """Takes the activations of sentences, language by language or in turn, a batch or a sentence at a time, and makes a
    result folder of them:

        with isogloss.ActivationWriter("results", n_features=sae.cfg.d_sae) as writer:
            for language, texts in corpus.items():
                for batch in batches(texts):
                    tokens = tokenizer(batch, padding=True, return_special_tokens_mask=True)
                    ...
                    writer.add(language, acts, tokens=strings, special_tokens_mask=tokens["special_tokens_mask"],
                               attention_mask=tokens["attention_mask"], texts=batch)
        run = writer.run.score()

    Every language must get the same sentences in the same order. What is written waits in a folder beside `output`
    until close(), which the end of `with` calls; an exception there leaves nothing behind.
    """

    def __init__(self, output: StrPath, *, n_features: int, hook: str = "", model_name: str = "", neuronpedia: str = "") -> None:
        self.output = Path(output)
        if self.output.exists() and any(self.output.iterdir()):
            raise UsageError(f"{self.output}: is not empty; name a new folder")
        self._options = {"features": n_features, "hook": hook or None, "model_name": model_name or None,
                         "neuronpedia": neuronpedia or None}
        self.n_features = n_features
        self._waiting = self.output.with_name(self.output.name + ".activations")
        shutil.rmtree(self._waiting, ignore_errors=True)
        self._waiting.mkdir(parents=True)
        self._ids: dict[str, Iterator[int]] = {}
        self._n_parts: dict[str, int] = {}
        self._run: Run | None = None

    def add(
        self,
        language: str,
        activations: Any,
        *,
        tokens: Sequence[Sequence[str]],
        special_tokens_mask: Any,
        attention_mask: Any = None,
        ids: Sequence[str | int] | None = None,
        token_ids: Any = None,
        texts: Sequence[str] | None = None,
        documents: Sequence[str] | None = None,
    ) -> None:
        """Adds sentences of one language.

        activations: numpy or torch, on any device, [n_sentences, n_positions, n_features]; or a list with
            [n_tokens, n_features] for each sentence, which may also be a scipy.sparse matrix. What the SAE's activation
            function gives: 0 or more.
        tokens: the strings of each sentence's tokens, BOS included.
        special_tokens_mask: like tokens: 1 for BOS and other tokens that are not to count.
        attention_mask: like tokens: 0 for padding, which is left out together with its activations.
        ids: the same for a sentence in every language; numbers from 0 if left out.
        token_ids, texts, documents: likewise for each sentence, if known.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        if not len(tokens) == len(activations) == len(special_tokens_mask):
            raise UsageError(f"{language}: {len(activations)} activations, {len(tokens)} tokens and "
                             f"{len(special_tokens_mask)} masks; give one of each for every sentence")
        kept = [_kept(len(row), None if attention_mask is None else attention_mask[i]) for i, row in enumerate(tokens)]
        fired = [self._fired(language, activations[i], kept[i]) for i in range(len(tokens))]
        number = self._ids.setdefault(language, count())
        columns: dict[str, Any] = {
            "id": [str(next(number)) for _ in tokens] if ids is None else [str(id_) for id_ in ids],
            "tokens": [[row[j] for j in keep] for row, keep in zip(tokens, kept)],
            "special_tokens_mask": _taken(special_tokens_mask, kept),
            "features": pa.array([features for features, _ in fired], pa.list_(pa.list_(pa.int64()))),
            "values": pa.array([values for _, values in fired], pa.list_(pa.list_(pa.float32()))),
        }
        if token_ids is not None:
            columns["token_ids"] = _taken(token_ids, kept)
        for name, texts_or_documents in (("text", texts), ("document", documents)):
            if texts_or_documents is not None:
                columns[name] = list(texts_or_documents)
        part = self._n_parts.get(language, 0)
        folder = self._waiting / language
        folder.mkdir(exist_ok=True)
        pq.write_table(pa.table(columns), folder / f"{part:06}.parquet", compression="zstd")
        self._n_parts[language] = part + 1

    def close(self) -> Run:
        """Makes the result folder. Scores follow with Run.score()."""
        if self._run is None:
            call(["import", str(self._waiting), f"--output={self.output}", *words(self._options), "--quiet"])
            shutil.rmtree(self._waiting)
            self._run = Run(self.output)
        return self._run

    @property
    def run(self) -> Run:
        """The result folder, once close() has made it."""
        if self._run is None:
            raise UsageError(f"{self.output}: is not made yet; call close(), or leave the `with` block")
        return self._run

    def __enter__(self) -> ActivationWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None:
            self.close()
        else:
            shutil.rmtree(self._waiting, ignore_errors=True)

    def _fired(self, language: str, activations: Any, keep: list[int]) -> tuple[list[Vector], list[Vector]]:
        """For each token that is kept, the features that fire and their values."""
        import numpy as np

        row, feature, value, shape = _nonzero(activations)
        if shape[1] != self.n_features or (keep and keep[-1] >= shape[0]):
            raise UsageError(f"{language}: activations of the shape {tuple(shape)} for tokens up to position "
                             f"{keep[-1] if keep else 0} and {self.n_features} features")
        begin = np.searchsorted(row, keep, side="left")
        end = np.searchsorted(row, keep, side="right")
        return ([feature[b:e] for b, e in zip(begin, end)], [value[b:e] for b, e in zip(begin, end)])


def _nonzero(activations: Any) -> tuple[Vector, Vector, Vector, Sequence[int]]:
    """Rows, columns and values of a matrix [n_tokens, n_features], by row; float32."""
    import numpy as np

    if hasattr(activations, "detach"):  # torch: what is zero stays on its device
        tensor = activations.detach()
        place = tensor.nonzero(as_tuple=True)
        row, feature, value = (part.cpu().numpy() for part in (*place, tensor[place].float()))
    elif hasattr(activations, "tocsr"):
        matrix = activations.tocsr(copy=True)
        matrix.sort_indices()
        row, feature, value = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), matrix.indices, matrix.data
    else:
        array = np.asarray(activations)
        row, feature = np.nonzero(array)
        value = array[row, feature]
    return row, feature.astype(np.int64), value.astype(np.float32), activations.shape


def _kept(n_tokens: int, attention: Any) -> list[int]:
    """The positions that are no padding."""
    if attention is None:
        return list(range(n_tokens))
    return [position for position in range(n_tokens) if int(attention[position]) != 0]


def _taken(rows: Any, kept: list[list[int]]) -> list[list[int]]:
    return [[int(row[position]) for position in keep] for row, keep in zip(rows, kept)]
