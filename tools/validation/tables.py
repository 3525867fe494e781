"""Prints the tables of docs/validation.md from a validation and the runs it is of.

usage: tools/validation/tables.py VALIDATION_DIR RUN…      needs pyarrow
"""

import pathlib
import sys

import pyarrow.compute as pc
import pyarrow.parquet as pq

SCORES = ["agreement_stratified", "agreement_stratified_raw", "agreement", "agreement_raw", "agreement_min",
          "agreement_strict", "jaccard", "jaccard_adjusted", "phi", "spearman", "auroc", "fleiss", "icc", "cosine", "-bi_loss",
          "-bi_loss_text", "lape"]
FLAGS = ["flag_shared_tokens", "flag_length", "flag_position", "flag_punctuation", "flag_dense", "flag_support"]
FINDINGS = ["flag_one_token", "flag_language"]


def table(head: list, rows: list) -> None:
    print("\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def number(value, digits=3) -> str:
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def percent(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.0f} %)"


class Run:
    def __init__(self, folder: str):
        self.folder = pathlib.Path(folder)
        self.name = self.folder.name
        scores = pq.read_table(self.folder / "scores.parquet")
        self.effective_strata = float(scores.schema.metadata[b"isogloss.effective_strata"])
        self.scores = scores.to_pylist()
        self.live = [row for row in self.scores if row["alive"]]
        sequences = pq.read_table(self.folder / "sequences.parquet", columns=["sample", "token_ids"])
        self.n_sentences = pc.count_distinct(sequences["sample"]).as_py()
        self.n_tokens = pc.sum(pc.list_value_length(sequences["token_ids"])).as_py()

    def found(self, column: str, level=0.05) -> list:
        return [row for row in self.scores if row[column] is not None and row[column] <= level
                and (row["agreement_stratified_raw"] or 0) > 0]

    def explained(self, row: dict) -> bool:
        return any(row[flag] for flag in FLAGS)


def overview(runs: list) -> None:
    rows = []
    for run in runs:
        found = run.found("q_agreement")
        clear = [row for row in found if not run.explained(row)]
        tested = sum(row["p_agreement"] is not None for row in run.scores)
        rows.append([run.name, run.n_sentences, run.n_tokens, f"{run.effective_strata:.1f}", len(run.live),
                     tested, percent(len(found), tested), len(clear),
                     sum((row["agreement_low"] or 0) > 0.1 for row in clear)])
    table(["corpus", "sentences", "tokens", "effective strata", "fire in all languages", "tested (fire in two)",
           "found at 5 % FDR", "of these no flag explains", "… and κ surely > .1"], rows)


def artefacts(runs: list) -> None:
    rows = []
    for flag in FLAGS + FINDINGS:
        row = [flag.removeprefix("flag_").replace("_", " ")]
        for run in runs:
            best = sorted(run.live, key=lambda r: r["rank"])[:100]
            row += [sum(r[flag] for r in run.found("q_agreement")), sum(r[flag] for r in best)]
        rows.append(row)
    rows.append(["any that explains"] + [cell for run in runs for cell in (
        sum(run.explained(r) for r in run.found("q_agreement")),
        sum(run.explained(r) for r in sorted(run.live, key=lambda r: r["rank"])[:100]))])
    table(["flag"] + [f"{run.name}: {what}" for run in runs for what in ("found", "best 100")], rows)


class Findings:
    def __init__(self, folder: str):
        self.rows = pq.read_table(pathlib.Path(folder) / "validation.parquet").to_pylist()

    def mean(self, **like):
        values = [row["value"] for row in self.rows
                  if all(row[key] == value for key, value in like.items())]
        return sum(values) / len(values) if values else None


def per_score(findings: Findings) -> None:
    rows = []
    for score in SCORES:
        rows.append([f"`{score}`"] + [number(findings.mean(score=score, **like)) for like in (
            dict(section="null", quantity="mean", condition="permuted", variant=None),
            dict(section="null", quantity="mean", condition="permuted", variant="within strata"),
            dict(section="planted", quantity="roc_auc", condition="all decoys of the grid"),
            dict(section="planted", quantity="average_precision", condition="all decoys of the grid"),
            dict(section="planted", quantity="roc_auc", condition="dense decoys"),
            dict(section="reliability", quantity="spearman"),
            dict(section="agreement", quantity="spearman"))])
    table(["score", "null", "… within strata", "ROC", "AP", "ROC, dense decoys", "halves", "between corpora"], rows)


def retrieval(findings: Findings) -> None:
    for variant in (None, "without copied words"):
        like = dict(section="retrieval", quantity="mexa", variant=variant)
        rows = []
        for score in SCORES:
            rows.append([f"`{score}`", number(findings.mean(condition="weighted", score=score, **like)),
                         number(findings.mean(condition="rank-weighted", score=score, **like))]
                        + [number(findings.mean(condition="top", score=score, at=float(k), **like))
                           for k in (16, 64, 256, 1024)])
        best = "agreement_stratified"
        rows.append(["random, as dense as κ's", "", ""] + [
            number(findings.mean(condition="random", score=best, at=float(k), **like)) for k in (16, 64, 256, 1024)])
        rows.append(["densest", "", ""] + [
            number(findings.mean(condition="densest", at=float(k), **like)) for k in (16, 64, 256, 1024)])
        rows.append(["every feature equally", number(findings.mean(condition="unweighted", **like)), "", "", "", "", ""])
        print(f"\nRetrieval {variant or 'of all words'}")
        table(["features", "weighted", "by rank", "best 16", "64", "256", "1024"], rows)


def retrieval_by_pair(findings: Findings) -> None:
    weights = ["agreement_stratified", "phi", "jaccard"]
    rows = []
    for pair in ("en-es", "en-de", "en-zh", "en-ru"):
        like = dict(section="retrieval", quantity="mexa", variant=None, languages=pair)
        rows.append([pair.replace("-", "–")]
                    + [number(findings.mean(condition="weighted", score=score, **like), 2) for score in weights]
                    + [number(findings.mean(condition="unweighted", **like), 2)]
                    + [number(findings.mean(condition="top", score=score, at=64.0, **like), 2) for score in weights])
    table(["languages"] + [f"weighted by `{score}`" for score in weights] + ["every feature equally"]
          + [f"best 64 by `{score}`" for score in weights], rows)


def null_within_error(findings: Findings) -> None:
    """The scores that claim a mean of 0: the largest |mean| of a run in standard errors of it."""
    rows = []
    for score in ("agreement_stratified_raw", "agreement_raw", "agreement_strict"):
        cells = []
        for variant in (None, "within strata"):
            means = [row for row in findings.rows if row["section"] == "null" and row["condition"] == "permuted"
                     and row["score"] == score and row["variant"] == variant]
            cells.append(number(max(abs(row["value"]) / (row["sd"] / row["n_repetitions"] ** 0.5) for row in means), 1))
        rows.append([f"`{score}`", *cells])
    table(["largest mean of a run, in standard errors", "permuted any with any", "within strata"], rows)


def p_values(findings: Findings) -> None:
    rows = []
    for p in ("p_cofire", "p_cofire_stratified", "p_agreement"):
        for variant in (None, "within strata"):
            like = dict(section="null", score=p, variant=variant)
            rows.append([f"`{p}`, permuted {variant or 'any with any'}",
                         number(findings.mean(quantity="share_at_most", at=0.05, **like)),
                         number(findings.mean(quantity="share_at_most", at=0.01, **like)),
                         number(findings.mean(quantity="largest_excess", **like), 4),
                         number(findings.mean(quantity="discoveries", **like), 1),
                         number(findings.mean(quantity="any_discovery", **like), 2)])
    table(["p-value", "share ≤ .05", "≤ .01", "largest excess", "false discoveries per permutation",
           "permutations with any"], rows)


def sensitivity(findings: Findings) -> None:
    like = dict(section="sensitivity", quantity="spearman")
    sizes = sorted({row["at"] for row in findings.rows
                    if row["section"] == "sensitivity" and row["condition"] == "sentences"})
    table(["score"] + [f"n = {size:.0f}" for size in sizes] + ["mean over tokens"],
          [[f"`{score}`"] + [number(findings.mean(condition="sentences", at=size, score=score, **like), 2)
                             for size in sizes]
           + [number(findings.mean(condition="mean pooling", score=score, **like), 2)] for score in SCORES])
    for condition in ("lambda", "beta"):
        rows = {(row["score"], row["at"]) for row in findings.rows
                if row["section"] == "sensitivity" and row["condition"] == condition}
        values = sorted({at for _, at in rows})
        table([condition] + [f"{value:g}" for value in values],
              [[f"`{score}`"] + [number(findings.mean(condition=condition, score=score, at=at, **like), 2)
                                 for at in values] for score in sorted({score for score, _ in rows})])


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    runs = [Run(folder) for folder in sys.argv[2:]]
    findings = Findings(sys.argv[1])
    overview(runs)
    p_values(findings)
    null_within_error(findings)
    per_score(findings)
    retrieval(findings)
    retrieval_by_pair(findings)
    artefacts(runs)
    sensitivity(findings)


if __name__ == "__main__":
    main()
