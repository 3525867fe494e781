"""Running, reading and stopping."""

from __future__ import annotations

import os
import re
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest

import isogloss
from isogloss import _options, _program


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_tables_are_the_files(tiny_run: isogloss.Run) -> None:
    assert tiny_run.languages == ["en", "es"]
    assert len(tiny_run.scores) == tiny_run.n_features == 128
    assert sorted(tiny_run.scores["rank"]) == list(range(128))
    frame = tiny_run.scores.to_pandas()
    assert list(frame.columns) == tiny_run.scores.column_names
    assert tiny_run.scores.to_polars().shape == frame.shape
    assert set(tiny_run.pairs["language_a"]) == {"en"}
    assert len(tiny_run.sequences) == 2 * len(tiny_run.samples)
    assert "agreement" in tiny_run.scores._repr_html_()
    assert (tiny_run.folder / "report.html").exists()


def test_arrow_is_read_through_its_c_stream(tiny_run: isogloss.Run) -> None:
    import polars

    assert polars.DataFrame(tiny_run.scores).shape == (128, len(tiny_run.scores.column_names))


def test_maxima_are_the_largest_activations(tiny_run: isogloss.Run) -> None:
    feature = int(np.argmin(tiny_run.scores["rank"]))
    tokens = tiny_run.activations(feature).to_pandas()
    assert not tokens.duplicated(["sample", "language", "position"]).any()
    for language in tiny_run.languages:
        column = tiny_run.maxima(language)[:, [feature]].toarray().ravel()
        want = tokens[tokens["language"] == language].groupby("sample")["value"].max()
        np.testing.assert_array_equal(column[np.searchsorted(tiny_run.samples, want.index)], want)
        assert np.count_nonzero(column) == len(want) == tiny_run.scores[f"active_{language}"][feature]


def test_a_feature_shows_itself(tiny_run: isogloss.Run) -> None:
    best = int(np.argmin(tiny_run.scores["rank"]))
    feature = tiny_run.feature(best, sentences=3)
    assert feature.feature == best and len(feature.samples) == 3
    assert feature.numbers["agreement_stratified"] == tiny_run.scores["agreement_stratified"][best]
    html = feature._repr_html_()
    assert html.count("<tr>") == 4 and "background:rgba" in html and ">en</th>" in html and ">es</th>" in html
    assert f"feature {best}" in str(feature) and "[" in str(feature)
    text = "".join(part for part, _ in feature.samples[0]["en"]["tokens"])
    assert text.strip() == feature.samples[0]["en"]["text"].strip()


def test_html_of_a_text_is_only_text(tiny_run: isogloss.Run) -> None:
    feature = tiny_run.feature(0)
    feature.samples = [{"sample": 0, "source": "<i>", "en": {"text": "", "max": 1, "tokens": [["<script>", 1]]},
                        "es": {"text": "<u>", "max": 0, "tokens": []}}]
    html = feature._repr_html_()
    assert not {"<script>", "<u>", "<i>"} & set(re.findall("<[^>]*>", html))
    assert "&lt;script&gt;" in html and "&lt;u&gt;" in html


def test_plots_show_the_series_and_the_scores(tiny_run: isogloss.Run) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    axes = tiny_run.plot_series("en")
    assert [text.get_text()[:4] for text in axes.get_legend().get_texts()] == ["mean", *["q_0."] * 5]
    top = axes.get_lines()[0].get_ydata()
    assert len(top) == 128 and list(top) == sorted(top, reverse=True) and max(top) <= 100
    bars = tiny_run.plot_scores("agreement_low").patches
    assert sum(bar.get_height() for bar in bars) == np.isfinite(tiny_run.scores["agreement_low"]).sum()
    with pytest.raises(isogloss.UsageError, match="global, en, es"):
        tiny_run.plot_series("fr")


def test_an_interrupted_run_resumes_to_the_same_bytes(
    tiny_inputs: dict[str, object], tiny_run: isogloss.Run, tmp_path: Path
) -> None:
    command = ["run", *_options.words({**tiny_inputs, "output": tmp_path / "results"}), "--progress-json"]

    def press_ctrl_c(stage: str, unit: str, done: int, total: int) -> None:
        if not pressed:
            pressed.append((stage, done, total))
            os.kill(os.getpid(), signal.SIGINT)

    pressed: list[tuple[str, int, int]] = []
    with pytest.raises(isogloss.Interrupted, match="resume"):
        _program.call(command, press_ctrl_c)
    assert pressed and not (tmp_path / "results/scores.parquet").exists()
    isogloss.run(**tiny_inputs, output=tmp_path / "results", progress=False)
    assert contents(tmp_path / "results") == contents(tiny_run.folder)


def test_progress_is_told(tiny_run: isogloss.Run, tmp_path: Path, tiny_inputs: dict[str, object]) -> None:
    told: list[tuple[str, str, int, int]] = []
    _program.call(["score", str(tiny_run.folder), "--permutations=2000", "--progress-json"], lambda *of: told.append(of))
    assert {stage for stage, *_ in told} >= {"score"}
    assert all(0 <= done <= total for _, _, done, total in told)
    assert ("score", "features", 128, 128) in told


def test_scoring_again_gives_the_new_scores(tiny_run: isogloss.Run, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny_run.folder, copy)
    again = isogloss.open(copy).score(lambda_=0, permutations=0, measures=["phi"], progress=False)
    assert "phi" in again.scores.column_names
    assert (again.scores["agreement_stratified"] >= tiny_run.scores["agreement_stratified"]).all()
    assert again.report(progress=False).exists()


def test_several_hooks(tiny_inputs: dict[str, object], tmp_path: Path) -> None:
    hooks = ["blocks.0.hook_resid_post", "blocks.1.hook_resid_post"]
    layers = isogloss.run_layers(**tiny_inputs, hook=hooks, samples=60, output=tmp_path / "layers", progress=False)
    assert list(layers) == hooks and len(layers[hooks[1]].scores) == 128
    assert list(isogloss.open_layers(tmp_path / "layers")) == hooks
    with pytest.raises(isogloss.UsageError, match="open_layers"):
        isogloss.open(tmp_path / "layers")


def test_errors_are_of_their_kind(tiny_inputs: dict[str, object], tiny_run: isogloss.Run, tmp_path: Path) -> None:
    with pytest.raises(isogloss.UsageError, match="--nonsense"):
        isogloss.run(**tiny_inputs, output=tmp_path / "a", progress=False, nonsense=1)
    with pytest.raises(isogloss.MachineError, match="absent.gguf"):
        isogloss.run(**{**tiny_inputs, "model": tmp_path / "absent.gguf"}, output=tmp_path / "b", progress=False)
    with pytest.raises(isogloss.BadInputError, match="fr"):
        isogloss.run(**tiny_inputs, languages=["en", "fr"], output=tmp_path / "c", progress=False)
    with pytest.raises(isogloss.BadInputError, match="manifest.json"):
        isogloss.open(tmp_path)
    with pytest.raises(isogloss.UsageError, match="fr"):
        tiny_run.maxima("fr")
    with pytest.raises(isogloss.UsageError, match="128"):
        tiny_run.feature(128)


def test_a_crash_of_the_program_is_an_exception(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\necho last words >&2\nkill -SEGV $$\n")
    program.chmod(0o755)
    monkeypatch.setattr(_program, "PROGRAM", program)
    with pytest.raises(isogloss.Error, match="SIGSEGV.*last words"):
        _program.call(["doctor"])
