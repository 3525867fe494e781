#!/usr/bin/env python3
"""Opens a finished validation.html in headless Chromium and checks what it drew.

Usage: check_validation.py VALIDATION.html
Exit codes: as check_page.py has them.
"""
import sys

from browser import check, check_charts, check_drawn, run_checks


def fixed(value, digits=3):
    return f"{value:.{digits}f}".replace("-", "−")


def rows_of(data, **wanted):
    columns = data["findings"]
    rows = [dict(zip(columns, values)) for values in zip(*columns.values())]
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def table_rows(dom, place):
    return [[cell.text() for cell in row.children] for row in dom.by_id(place).first("tbody").all("tr")]


def check_rounding(dom, data, scores):
    rows = rows_of(data, section="rounding")
    lead = dom.by_id("rounding-lead").text()
    if not rows:
        check("Not measured" in lead, "rounding: the page does not say that it was not measured")
        return
    check(rows[0]["variant"] in lead, "rounding: the page does not say what differs")
    shown = table_rows(dom, "rounding-table")
    check(len(shown) == len(scores), "rounding: a score is missing")
    for row, score in zip(shown, scores):
        expected = rows_of(data, section="rounding", quantity="difference", score=score, at=1)[0]
        check(row[-1] == fixed(expected["value"], 4), f"rounding of {score}: {row[-1]} stands for {expected['value']}")


def check_validation(page):
    dom, data = page.open(), page.data
    check_drawn(dom, "validation")
    check("What a high κ does not prove" in dom.first(cls="caution").text(), "the page does not begin with what κ does not prove")
    scores = list(dict.fromkeys(row["score"] for row in rows_of(data, section="reliability")))
    n_runs = len(data["runs"])
    correlations = {row["correlation"] for row in rows_of(data, section="planted", condition="decoys of equal density")}
    # Null, planted maps, retrieval (best and random), sensitivity (sentences twice, β, λ).
    n_variants = len({row["variant"] for row in rows_of(data, section="retrieval")})
    check_charts(dom, 1 + len(correlations) + 2 * n_variants + 4, "validation")

    null_means = table_rows(dom, "null-means")
    variants = {row["variant"] for row in rows_of(data, section="null", condition="permuted")}
    check(len(null_means) == len(scores), "null: a score is missing")
    check(all(len(row) == 1 + n_runs * (1 + len(variants)) for row in null_means), "null: a run or pairing is missing")
    planted = table_rows(dom, "planted-table")
    for row, score in zip(planted, scores):
        expected = rows_of(data, section="planted", quantity="roc_auc", condition="dense decoys", score=score)[0]
        check(row[3] == fixed(expected["value"]), f"planted: {row[3]} stands for {expected['value']}")
    reliability = table_rows(dom, "reliability-table")
    check(len(reliability) == len(scores), "reliability: a score is missing")
    retrieval = rows_of(data, section="retrieval")
    shown = table_rows(dom, "retrieval-table")
    first = {name: retrieval[0][name] for name in ("run", "other_run", "languages")}
    unweighted = rows_of(data, section="retrieval", condition="unweighted", **first)[0]
    check(shown[0][1] == fixed(unweighted["value"]), f"retrieval: {shown[0][1]} stands for {unweighted['value']}")
    for row, score in zip(shown[1:], scores):
        expected = rows_of(data, section="retrieval", condition="rank-weighted", score=score, **first)[0]
        check(row[2] == fixed(expected["value"]), f"retrieval by {score}: {row[2]} stands for {expected['value']}")
    for place in ("agreement-table", "sensitivity-table"):
        check(len(table_rows(dom, place)) >= len(scores), f"{place}: a score is missing")
    check_rounding(dom, data, scores)
    shown = dom.first("main").text()
    check("NaN" not in shown and "undefined" not in shown, "the page shows a number that is none")


if __name__ == "__main__":
    sys.exit(run_checks(__doc__, check_validation))
