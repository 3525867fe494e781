"""Activations of a program's own, written and scored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

import isogloss

N_SENTENCES, N_POSITIONS, N_FEATURES = 40, 6, 16
PLANTED = 11


def activations() -> dict[str, np.ndarray]:
    """Position 0 is BOS, on which everything fires; the last two positions of odd sentences are padding."""
    random = np.random.default_rng(9)
    shape = (N_SENTENCES, N_POSITIONS, N_FEATURES)
    fires = random.random(N_SENTENCES) < 0.3
    acts = {}
    for language in ("en", "es"):
        x = (random.exponential(size=shape) * (random.random(shape) < 0.1)).astype(np.float32)
        x[:, :, PLANTED] = 0
        x[fires, 2, PLANTED] = random.uniform(5, 6, fires.sum())
        x[:, 0, :] = 100
        acts[language] = x
    return acts


def masks() -> tuple[np.ndarray, np.ndarray]:
    special = np.zeros((N_SENTENCES, N_POSITIONS), int)
    special[:, 0] = 1
    attention = np.ones((N_SENTENCES, N_POSITIONS), int)
    attention[1::2, -2:] = 0
    return special, attention


def tokens(language: str, n: int) -> list[list[str]]:
    return [["<bos>", *(f"{language}{i}" for i in range(1, N_POSITIONS))] for _ in range(n)]


def write(output: Path, batch: int, form: str = "dense") -> isogloss.Run:
    special, attention = masks()
    with isogloss.ActivationWriter(output, n_features=N_FEATURES, hook="blocks.3.hook_resid_post") as writer:
        for language, x in activations().items():
            for begin in range(0, N_SENTENCES, batch):
                part = slice(begin, begin + batch)
                acts = x[part] if form == "dense" else [scipy.sparse.coo_array(sentence) for sentence in x[part]]
                writer.add(language, acts, tokens=tokens(language, len(x[part])), special_tokens_mask=special[part],
                           attention_mask=attention[part], texts=[f"{language} {begin + i}" for i in range(len(x[part]))])
    return writer.run


def test_the_folder_holds_what_was_written(tmp_path: Path) -> None:
    run = write(tmp_path / "results", batch=7)
    _, attention = masks()
    assert run.n_features == N_FEATURES and run.languages == ["en", "es"]
    assert not (tmp_path / "results.activations").exists()
    for language, x in activations().items():
        counted = x * attention[:, :, None]
        counted[:, 0] = 0
        np.testing.assert_array_equal(run.maxima(language).toarray(), counted.max(axis=1))
    assert "es 17" in run.sequences["text"]
    scores = run.score(permutations=1000, progress=False).scores
    assert np.argmin(scores["rank"]) == PLANTED
    assert run.feature(PLANTED).numbers["rank"] == 0


def test_batches_and_forms_do_not_matter(tmp_path: Path) -> None:
    one = write(tmp_path / "one", batch=N_SENTENCES)
    for name, batch, form in [("singly", 1, "dense"), ("sparse", 9, "sparse")]:
        other = write(tmp_path / name, batch=batch, form=form)
        for folder in ("activations", "maxima"):
            for file in sorted((one.folder / folder).iterdir()):
                assert file.read_bytes() == (other.folder / folder / file.name).read_bytes()


def test_torch_tensors_are_taken(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    special, attention = masks()
    with isogloss.ActivationWriter(tmp_path / "torch", n_features=N_FEATURES) as writer:
        for language, x in activations().items():
            writer.add(language, torch.tensor(x), tokens=tokens(language, N_SENTENCES),
                       special_tokens_mask=torch.tensor(special), attention_mask=torch.tensor(attention))
    want = write(tmp_path / "numpy", batch=N_SENTENCES)
    for language in ("en", "es"):
        assert (writer.run.maxima(language) != want.maxima(language)).nnz == 0


def test_mistakes_are_named(tmp_path: Path) -> None:
    x = activations()["en"]
    special, _ = masks()
    with pytest.raises(isogloss.UsageError, match="40 activations, 3 tokens"):
        with isogloss.ActivationWriter(tmp_path / "a", n_features=N_FEATURES) as writer:
            writer.add("en", x, tokens=tokens("en", 3), special_tokens_mask=special)
    assert not list(tmp_path.iterdir())
    with pytest.raises(isogloss.UsageError, match="99 features"):
        with isogloss.ActivationWriter(tmp_path / "a", n_features=99) as writer:
            writer.add("en", x, tokens=tokens("en", N_SENTENCES), special_tokens_mask=special)
    writer = isogloss.ActivationWriter(tmp_path / "b", n_features=N_FEATURES)
    writer.add("en", x, tokens=tokens("en", N_SENTENCES), special_tokens_mask=special)
    with pytest.raises(isogloss.BadInputError):  # one language
        writer.close()
    (tmp_path / "c").mkdir()
    (tmp_path / "c/mine").touch()
    with pytest.raises(isogloss.UsageError, match="not empty"):
        isogloss.ActivationWriter(tmp_path / "c", n_features=1)
