"""The command line's options as keywords: `samples=500` is `--samples=500`, `no_clean=True` is `--no-clean`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypedDict, Union

StrPath = Union[str, "os.PathLike[str]"]


class ScoreOptions(TypedDict, total=False):
    """As `isogloss score --help` describes them; `lambda`, a word of Python's, is `lambda_`."""

    measures: Sequence[str]
    null: Literal["plain", "length", "length-document"]
    lambda_: float
    beta: float
    permutations: int
    max_t: int
    bootstrap: int
    score_seed: int
    fdr: Literal["bh", "by"]
    fdr_level: float


class RunOptions(ScoreOptions, total=False):
    """As `isogloss run --help` describes them, beside model, sae, corpus and output."""

    sae_format: str
    hook: StrPath | Sequence[StrPath]
    languages: Sequence[str]
    split: str
    samples: int
    seed: int
    no_clean: bool
    bos: Literal["auto", "tokenizer", "always", "never"]
    truncate: bool
    skip_self_check: bool
    threads: int
    exact: bool
    gpu_layers: int
    batch_tokens: int
    config: StrPath


# What may be given more than once; the other lists are joined with commas.
_REPEATED = ("sae", "hook")


def words(options: Mapping[str, object]) -> list[str]:
    """The words of a command line. None and False leave an option out."""
    return [word for key, value in options.items() for word in _words(key, value)]


def _words(key: str, value: object) -> Iterator[str]:
    option = "--" + key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return
    if value is True:
        yield option
    elif isinstance(value, Sequence) and not isinstance(value, str):
        items = [os.fspath(item) if isinstance(item, os.PathLike) else str(item) for item in value]
        if key in _REPEATED:
            yield from (f"{option}={item}" for item in items)
        else:
            yield f"{option}={','.join(items)}"
    else:
        yield f"{option}={os.fspath(value) if isinstance(value, os.PathLike) else value}"
