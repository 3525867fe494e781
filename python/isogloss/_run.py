"""Runs, and the folders that they leave."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._errors import BadInputError, UsageError
from ._feature import Feature
from ._options import RunOptions, ScoreOptions, StrPath, words
from ._program import call, call_json
from ._progress import Bars
from ._table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import scipy.sparse
    from typing_extensions import Unpack


class Run:
    """A result folder (docs/dataset.md describes its files). Tables are read when they are first asked for."""

    def __init__(self, folder: StrPath) -> None:
        self.folder = Path(folder)
        manifest = self.folder / "manifest.json"
        try:
            self.manifest: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BadInputError(f"{manifest}: {error}; give a result folder of isogloss") from error

    @property
    def languages(self) -> list[str]:
        return list(self.manifest["inputs"]["languages"])

    @property
    def n_features(self) -> int:
        return int(self.manifest["sae"]["n_features"])

    @cached_property
    def scores(self) -> Table:
        """A row per feature, by feature; `isogloss columns` says what the columns are."""
        return self._table("scores.parquet", "run.score()")

    @cached_property
    def pairs(self) -> Table:
        """A row per feature and pair of languages that both fire it."""
        return self._table("pairs.parquet", "run.score()")

    @cached_property
    def sequences(self) -> Table:
        """A row per sentence and language: its text and tokens."""
        return self._table("sequences.parquet", "isogloss.run() again")

    @cached_property
    def samples(self) -> np.ndarray[Any, Any]:
        """[n_sentences] int32, ascending: the numbers of the sentences that were kept, in the rows of maxima()."""
        import numpy as np

        return np.unique(self.sequences["sample"])

    def feature(self, feature: int, sentences: int = 5) -> Feature:
        """A feature's numbers and its strongest sentences. It shows itself as HTML in a notebook, as text elsewhere."""
        return Feature(call_json(["show", str(feature), str(self.folder), f"--sentences={sentences}"]), self.languages)

    def activations(self, feature: int) -> Table:
        """The tokens on which a feature fires: sample, language, position, value; ordered by the first three."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq

        parts = []
        for file in self._parts("activations"):
            rows = pq.read_table(file)
            fires = rows["features"].combine_chunks()
            hits = np.flatnonzero(fires.flatten().to_numpy() == feature)
            if hits.size == 0:
                continue
            lengths = np.diff(fires.offsets.to_numpy())
            token = np.repeat(np.arange(len(rows)), lengths)[hits]
            values = rows["values"].combine_chunks().flatten().take(pa.array(hits))
            parts.append(rows.select(["sample", "language", "position"]).take(pa.array(token))
                         .append_column("value", values))
        empty = pa.schema([("sample", pa.int32()), ("language", pa.string()), ("position", pa.int32()),
                           ("value", pa.float32())])
        return Table(pa.concat_tables(parts) if parts else empty.empty_table())

    def maxima(self, language: str) -> scipy.sparse.csc_array:
        """float32 [n_sentences, n_features]: each feature's largest activation on each sentence. Row i is the sentence
        samples[i]."""
        import numpy as np
        import pyarrow.parquet as pq
        import scipy.sparse

        if language not in self.languages:
            raise UsageError(f"{self.folder}: no language {language}; it has {', '.join(self.languages)}")
        columns = ["feature", "sample", "value"]
        rows = [pq.read_table(file, columns=columns, filters=[("language", "==", language)])
                for file in self._parts("maxima")]
        feature, sample, value = (np.concatenate([part[name].to_numpy() for part in rows]) for name in columns)
        sentence = np.searchsorted(self.samples, sample)
        return scipy.sparse.csc_array((value, (sentence, feature)), shape=(len(self.samples), self.n_features))

    def score(self, *, progress: bool = True, **options: Unpack[ScoreOptions]) -> Run:
        """Scores the folder, anew if the options differ; returns it as it is then."""
        _work(["score", str(self.folder), *words(options)], progress)
        return Run(self.folder)

    def report(self, *, progress: bool = True) -> Path:
        """Writes report.html and returns its path."""
        _work(["report", str(self.folder)], progress)
        return self.folder / "report.html"

    def plot_series(self, group: str = "global", axes: Any = None) -> Any:
        """Shares of activating sentences by threshold, of a language or of all together; returns matplotlib's axes."""
        from ._plots import plot_series

        statistics = json.loads(self._file("statistics.json", "run.score()").read_text(encoding="utf-8"))
        if group not in statistics:
            raise UsageError(f"{self.folder}: no group {group}; it has {', '.join(statistics)}")
        return plot_series(statistics[group], group, axes)

    def plot_scores(self, column: str = "agreement_stratified_raw", axes: Any = None) -> Any:
        """The distribution of a column of the scores over features; returns matplotlib's axes."""
        from ._plots import plot_scores

        return plot_scores(column, self.scores[column], axes)

    def _table(self, name: str, remedy: str) -> Table:
        import pyarrow.parquet as pq

        return Table(pq.read_table(self._file(name, remedy)))

    def _file(self, name: str, remedy: str) -> Path:
        file = self.folder / name
        if not file.exists():
            raise BadInputError(f"{file}: not there; {remedy} writes it")
        return file

    def _parts(self, name: str) -> Sequence[Path]:
        parts = sorted((self.folder / name).glob("part-*.parquet"))
        if not parts:
            raise BadInputError(f"{self.folder / name}: holds no shard; isogloss.run() again finishes the folder")
        return parts

    def __repr__(self) -> str:
        return f"<isogloss.Run {self.folder}: {self.n_features} features in {', '.join(self.languages)}>"


class Layers(Mapping[str, Run]):
    """The folder of a run over several hooks: a Run for each, by the name of its folder, and their comparison."""

    def __init__(self, folder: StrPath) -> None:
        self.folder = Path(folder)

    @cached_property
    def table(self) -> Table:
        """A row per hook, by layer."""
        import pyarrow.parquet as pq

        return Table(pq.read_table(self.folder / "layers.parquet"))

    def __getitem__(self, name: str) -> Run:
        if name not in list(self):
            raise KeyError(name)
        return Run(self.folder / name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.table["folder"].tolist())

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        return f"<isogloss.Layers {self.folder}: {', '.join(self)}>"


def run(
    *,
    model: StrPath,
    sae: StrPath | Sequence[StrPath],
    corpus: StrPath,
    output: StrPath = "results",
    progress: bool = True,
    **options: Unpack[RunOptions],
) -> Run:
    """Extracts, scores and reports, as `isogloss run` does, and opens the folder. What is there already is kept, and
    what was begun is gone on with: Ctrl-C stops the work, and the same call resumes it.

    model, sae, corpus: paths, or names on the Hugging Face hub and of published SAEs. For several SAEs or hooks, call
    run_layers().
    """
    result = _run({"model": model, "sae": sae, "corpus": corpus, "output": output, **options}, progress)
    if isinstance(result, Layers):
        raise UsageError(f"{result.folder}: holds several hooks; call isogloss.run_layers()")
    return result


def run_layers(
    *,
    model: StrPath,
    sae: StrPath | Sequence[StrPath],
    corpus: StrPath,
    output: StrPath = "results",
    progress: bool = True,
    **options: Unpack[RunOptions],
) -> Layers:
    """run() for several SAEs or hooks, in one pass over the model."""
    result = _run({"model": model, "sae": sae, "corpus": corpus, "output": output, **options}, progress)
    if isinstance(result, Run):
        raise UsageError(f"{result.folder}: holds one hook; call isogloss.run()")
    return result


def open(folder: StrPath = "results") -> Run:
    """Opens a result folder."""
    if (Path(folder) / "layers.parquet").exists():
        raise UsageError(f"{folder}: holds several hooks; call isogloss.open_layers()")
    return Run(folder)


def open_layers(folder: StrPath) -> Layers:
    """Opens the folder of a run over several hooks."""
    if not (Path(folder) / "layers.parquet").exists():
        raise UsageError(f"{folder}: no layers.parquet is there; call isogloss.open() for a single hook")
    return Layers(folder)


def _run(options: Mapping[str, object], progress: bool) -> Run | Layers:
    _work(["run", *words(options)], progress)
    output = Path(str(options["output"]))
    return Layers(output) if (output / "layers.parquet").exists() else Run(output)


def _work(command: list[str], progress: bool) -> None:
    with Bars() as bars:
        call([*command, "--json", "--progress-json" if progress else "--quiet"], bars if progress else None)
