"""Prints the table of layers in docs/validation.md from the output of a run over several hooks.

usage: tools/validation/layers.py LAYERS_DIR      needs pyarrow
"""

import json
import pathlib
import statistics
import sys

import tables


def row(folder: pathlib.Path) -> list:
    check = json.loads((folder / "manifest.json").read_text())["self_check"]
    run = tables.Run(folder)
    kappas = [r["agreement_stratified_raw"] for r in run.live if r["agreement_stratified_raw"] is not None]
    scores = sorted((r["agreement_stratified"] for r in run.scores), reverse=True)
    clear = [r for r in run.scores if not run.explained(r) and (r["agreement_low"] or 0) > 0.1]
    return [folder.name.split(".")[1], tables.number(check["fvu"], 2), f"{check['l0']:.0f}", len(run.live),
            tables.number(statistics.mean(kappas)), sum(score > 0.3 for score in scores),
            sum(score > 0.5 for score in scores), tables.number(statistics.mean(scores[:100]), 2), len(clear)]


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folders = sorted(pathlib.Path(sys.argv[1]).glob("blocks.*"), key=lambda path: int(path.name.split(".")[1]))
    tables.table(["layer", "FVU", "L0", "live", "mean κ", "score > .3", "> .5", "best 100",
                  "no flag explains, κ surely > .1"], [row(folder) for folder in folders])


if __name__ == "__main__":
    main()
