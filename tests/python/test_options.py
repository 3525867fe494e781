"""The keywords of run() and score() are the program's options."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from isogloss import _options
from isogloss._command import PROGRAM

OUTPUT = {"json", "quiet", "progress_json", "stats", "help"}
INPUTS = {"model", "sae", "corpus", "output"}


def options_of(verb: str) -> set[str]:
    text = subprocess.run([PROGRAM, verb, "--help"], capture_output=True, text=True, check=True).stdout
    return {name.replace("-", "_") for name in re.findall(r"^\s+(?:-\w,)?--([a-z-]+)", text, re.MULTILINE)}


@pytest.mark.parametrize(
    ("verb", "options", "others"),
    [("run", _options.RunOptions, OUTPUT | INPUTS), ("score", _options.ScoreOptions, OUTPUT)])
def test_keywords_are_the_options(verb: str, options: type, others: set[str]) -> None:
    assert {name.rstrip("_") for name in options.__annotations__} == options_of(verb) - others


def test_words() -> None:
    assert _options.words({
        "samples": 5, "no_clean": True, "truncate": False, "bos": None, "lambda_": 0.5, "languages": ["en", "es"],
        "sae": [Path("a,b"), "c"], "corpus": Path("x y.tsv"),
    }) == ["--samples=5", "--no-clean", "--lambda=0.5", "--languages=en,es", "--sae=a,b", "--sae=c", "--corpus=x y.tsv"]
