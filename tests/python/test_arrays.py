"""Scores of arrays: equal to the program's, and to the formulas."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
import scipy.sparse

import isogloss


def traits(run: isogloss.Run) -> tuple[np.ndarray, np.ndarray]:
    """[n_sentences, n_languages] tokens, [n_sentences] documents."""
    rows = run.sequences.to_pandas()
    rows["n_tokens"] = rows["token_ids"].map(len)
    lengths = rows.pivot(index="sample", columns="language", values="n_tokens")[run.languages]
    documents = rows[rows["language"] == run.languages[0]].sort_values("sample")["document"]
    return lengths.to_numpy(), documents.to_numpy()


def test_every_column_is_the_programs(tiny_run: isogloss.Run) -> None:
    lengths, documents = traits(tiny_run)
    assert len(set(documents)) >= 5
    ours = isogloss.agreement(*(tiny_run.maxima(language) for language in tiny_run.languages),
                              languages=tiny_run.languages, lengths=lengths, documents=documents, permutations=2000,
                              progress=False)
    arrow = tiny_run.scores.to_arrow()
    assert set(ours.column_names) >= {"agreement_stratified", "p_agreement", "agreement_low", "bi_loss", "bi_rank",
                                      "active_en", "max_es"}
    for name in ours.column_names:
        assert ours.to_arrow()[name].combine_chunks().equals(arrow[name].combine_chunks()), name


def test_bi_loss_is_the_programs(tiny_run: isogloss.Run) -> None:
    x = [tiny_run.maxima(language) for language in tiny_run.languages]
    code = isogloss.bi_loss(*x)
    np.testing.assert_array_equal(code.loss, tiny_run.scores["bi_loss"])
    np.testing.assert_array_equal(code.rank, tiny_run.scores["bi_rank"])
    np.testing.assert_array_equal(isogloss.bi_loss(*x, form="gomez2024-text").loss, tiny_run.scores["bi_loss_text"])
    assert isogloss.bi_loss(*x, beta=0.5).beta == 0.5


def random_activations(seed: int, n_sentences: int = 60, n_features: int = 12) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    shape = (n_sentences, n_features)
    return [(random.exponential(size=shape) * (random.random(shape) < 0.4)).astype(np.float32) for _ in range(2)]


def kappa(x: np.ndarray, y: np.ndarray, strata: np.ndarray) -> float:
    """The formula, over all pairs of sentences that chance may exchange."""
    p, q = x / x.sum(dtype=float), y / y.sum(dtype=float)
    overlap = np.minimum(p, q).sum()
    expected = sum(np.minimum.outer(p[strata == g], q[strata == g]).sum() / (strata == g).sum() for g in set(strata))
    return float((overlap - expected) / (1 - expected))


def test_kappa_is_the_formula_within_strata() -> None:
    en, es = random_activations(1)
    strata = np.arange(60) % 4
    scores = isogloss.agreement(en, es, strata=[f"group {g}" for g in strata], permutations=0, progress=False)
    for feature in range(en.shape[1]):
        plain = kappa(en[:, feature], es[:, feature], np.zeros(60))
        within = kappa(en[:, feature], es[:, feature], strata)
        assert scores["agreement_raw"][feature] == pytest.approx(plain, abs=1e-12)
        assert scores["agreement_stratified_raw"][feature] == pytest.approx(within, abs=1e-12)
    assert np.isnan(scores["p_agreement"]).all()


def test_missing_labels_are_one_label() -> None:
    en, es = random_activations(8)
    labels = np.arange(60) % 3
    missing = [None if label == 1 else f"{label}" for label in labels]
    nan = [float("nan") if label == 1 else label for label in labels]
    want = isogloss.agreement(en, es, strata=labels, permutations=0, progress=False).to_arrow()
    for of in (missing, nan):
        assert isogloss.agreement(en, es, strata=of, permutations=0, progress=False).to_arrow().equals(want)


def test_dense_and_sparse_forms_are_the_same() -> None:
    en, es = random_activations(2)
    want = isogloss.agreement(en, es, permutations=500, progress=False).to_arrow()
    unsorted = scipy.sparse.coo_array(es[::-1])
    unsorted = scipy.sparse.coo_array((unsorted.data, (59 - unsorted.row, unsorted.col)), shape=es.shape)
    for x, y in [(en.astype(np.float64), es), (scipy.sparse.csr_matrix(en), unsorted),
                 (np.asfortranarray(en), scipy.sparse.csc_array(es))]:
        assert isogloss.agreement(x, y, permutations=500, progress=False).to_arrow().equals(want)


def test_arguments_stay_as_they_are() -> None:
    en, es = random_activations(3)
    matrix = scipy.sparse.csc_array(en)
    matrix.indices[:2] = matrix.indices[1::-1]  # unsorted
    before = matrix.indices.copy()
    isogloss.bi_loss(matrix, es)
    np.testing.assert_array_equal(matrix.indices, before)


@pytest.mark.parametrize(("value", "words"), [(-1, "es: sentence 7 has -1 for feature 3"), (np.nan, "nan"), (np.inf, "inf")])
def test_activations_are_nonnegative_and_finite(value: float, words: str) -> None:
    en, es = random_activations(4)
    es[7, 3] = value
    with pytest.raises(isogloss.BadInputError, match=words):
        isogloss.agreement(en, es, languages=["en", "es"], progress=False)


def test_errors_are_of_their_kind() -> None:
    en, es = random_activations(5)
    with pytest.raises(isogloss.BadInputError, match="shapes"):
        isogloss.agreement(en, es[:-1], progress=False)
    with pytest.raises(isogloss.UsageError, match="two or more"):
        isogloss.bi_loss(en)
    with pytest.raises(isogloss.UsageError, match="no measure|unknown|measure"):
        isogloss.agreement(en, es, measures=["nonsense"], progress=False)
    with pytest.raises(isogloss.BadInputError, match="one label for each"):
        isogloss.agreement(en, es, strata=[1, 2], progress=False)
    with pytest.raises(ValueError, match="shape"):
        isogloss.agreement(en, es, lengths=np.ones((60, 3)), progress=False)


def test_other_threads_run_meanwhile() -> None:
    """A thread of Python counts on while scores are computed: the GIL is free."""
    en, es = random_activations(6, n_sentences=2000, n_features=64)
    seen: list[float] = []
    done = threading.Event()

    def count() -> None:
        while not done.is_set():
            seen.append(time.monotonic())
            time.sleep(0.005)

    thread = threading.Thread(target=count)
    thread.start()
    begin = time.monotonic()
    isogloss.agreement(en, es, permutations=20_000, progress=False)
    end = time.monotonic()
    done.set()
    thread.join()
    times = [begin, *(moment for moment in seen if begin < moment < end), end]
    assert max(np.diff(times)) < 0.5 * (end - begin), "the thread stood still for half of the time"
