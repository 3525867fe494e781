#!/usr/bin/env python3
"""Opens a finished report.html in headless Chromium and checks what it drew.

Usage: check_page.py PAGE.html
Exit codes: 0 all checks hold, 1 a check failed, 2 usage, 77 no Chromium on this machine (skip).
"""
import re
import sys

from browser import check, check_charts, check_drawn, run_checks

ROWS_PER_PAGE = 50


def by_rank(columns):
    return sorted(range(len(columns["feature"])), key=lambda row: columns["rank"][row])


def shown_features(dom):
    return [int(row.first("th").text()) for row in dom.by_id("table").first("tbody").all("tr")]


def raised(data, row):
    return [flag["name"] for flag in data["run"]["flags"] if data["columns"][flag["name"]][row]]


def chips(part):
    return [chip.attributes["data-flag"] for chip in part.all(cls="flag")]


def number(cell):
    return int(cell.text().replace(",", ""))


def check_languages(dom, data):
    languages, numbers = data["run"]["languages"], data["languages"]
    lines = dom.by_id("sharing-table").first("tbody").all("tr")
    check(len(lines) == len(languages) + 1, f"languages: {len(lines)} numbers of languages")
    for line in lines:
        k, *counts = [number(cell) for cell in line.children[:5]]
        wanted = [numbers["firing"][k], sum(numbers["firing"][k:]), numbers["sharing"][k], sum(numbers["sharing"][k:])]
        check(counts == wanted, f"languages: {k} has {counts}, not {wanted}")
        for link in line.all("a"):
            feature = int(link.attributes["href"].removeprefix("#feature="))
            check(data["columns"]["n_languages_sharing"][feature] == k, f"languages: {feature} is not shared by {k}")
    if data["run"]["flags"]:
        lines = dom.by_id("specific-table").first("tbody").all("tr")
        check([number(line.children[1]) for line in lines] == [len(numbers["specific"][language]) for language in languages],
              "languages: specific features are miscounted")
    if len(languages) > 2:
        chart = next(node for node in dom.all(cls="chart") if node.attributes["data-name"] == "language-similarity")
        check(chart.all(cls="heatmaplayer") and chart.all(cls="js-line"), "languages: no heat map with a dendrogram")
        check(all(language in chart.text() for language in languages), "languages: the heat map does not name them all")
    else:
        check("mean κ score" in dom.by_id("languages-lead").text(), "languages: no similarity of the two")


def check_filters(page):
    """The controls of the table, moved by a script."""
    data = page.data
    columns = data["columns"]
    ordered = by_rank(columns)
    language = data["run"]["languages"][-1]
    cases = [("flags", "none", lambda row: not raised(data, row)),
             ("flags", "hide:flag_dense", lambda row: "flag_dense" not in raised(data, row)),
             ("flags", "only:flag_one_token", lambda row: "flag_one_token" in raised(data, row)),
             ("filter", f"specific:{language}",
              lambda row: "flag_language" in raised(data, row) and max(data["run"]["languages"], key=lambda l: columns[f"active_{l}"][row]) == language)]
    if not data["run"]["flags"]:
        cases = []
    cases.append(("sharing", "2", lambda row: columns["n_languages_sharing"][row] >= 2))
    for control, value, keeps in cases:
        dom = page.open_with(f"{{const c = document.getElementById('{control}'); c.value = '{value}'; c.dispatchEvent(new Event('change'));}}")
        check_drawn(dom, f"{control} {value}")
        wanted = [columns["feature"][row] for row in ordered if keeps(row)][:ROWS_PER_PAGE]
        found = shown_features(dom) if wanted else []
        check(found == wanted, f"{control} {value}: shows {found[:5]} …, not {wanted[:5]} …")


def check_overview(dom, data):
    check_drawn(dom, "overview")
    overview = dom.by_id("overview")
    check(dom.by_id("title").text() == data["run"]["title"], "overview: title is not the run's")
    columns, languages = data["columns"], data["run"]["languages"]

    rows = dom.by_id("table").first("tbody").all("tr")
    check(len(rows) == min(ROWS_PER_PAGE, len(columns["feature"])), f"table: {len(rows)} rows")
    order = by_rank(columns)
    check(shown_features(dom) == [columns["feature"][row] for row in order[:len(rows)]], "table: not in the order of rank")
    for row, at in zip(rows, order):
        check(chips(row) == raised(data, at), f"table: feature {columns['feature'][at]} has chips {chips(row)}, not {raised(data, at)}")
        low = columns.get("agreement_low", [None] * len(order))[at]
        wanted = f"({low:.2f} to" if low is not None else f"{columns['agreement_stratified_raw'][at]:.3f}"
        check(wanted.replace("-", "−") in row.first(cls="c-agreement_stratified_raw").text(), f"table: no interval {wanted}")
    check(len(rows[0].children) == len(dom.by_id("table").first("thead").all("th")), "table: head and body differ in columns")

    live = [row for row, alive in enumerate(columns["alive"]) if alive]
    losses = sum(any(columns[key][row] is not None for row in live) for key in ("bi_loss", "bi_loss_text"))
    check_charts(overview, 1 + len(languages) + 1 + losses + (len(languages) > 2), "overview")
    check_languages(dom, data)
    series = dom.by_id("series-figures").all(cls="chart")
    for group, chart in zip(["global", *languages], series):
        text = chart.text()
        for wanted in ("Ordered SAE Features", "Percentage of Activating Samples", "Activation Threshold"):
            check(wanted in text, f"series {group}: no “{wanted}”")
        for line in data["series"][group]:
            check(f"{line['name']}=" in text, f"series {group}: no line {line['name']}")
        check(len(chart.first(cls="scatterlayer").all(cls="js-line")) == len(data["series"][group]), f"series {group}: a line is missing")


def active_segments(sequence, item):
    """How many display segments hold a token that fires."""
    positions, position, count = set(item["p"]), 1, 0
    for span in sequence.get("n", [1] * len(sequence["t"])):
        count += any(at in positions for at in range(position, position + span))
        position += span
    return count


def check_sample(block, feature, data):
    """Whole text and the right number of shaded tokens in each language of one sample."""
    sample = re.match(r"Sample (\d+)", block.first(cls="source").text()).group(1)
    for language in data["run"]["languages"]:
        where = f"feature {feature}, sample {sample}, {language}"
        sentences = [node for node in block.all(cls="sentence") if node.attributes.get("lang") == language]
        check(len(sentences) == 1, f"{where}: {len(sentences)} sentences")
        sequence = data["sequences"][sample]["in"][language]
        items = [item for item in data["evidence"][feature].get(language, []) if item["s"] == int(sample)]
        expected = "".join(sequence["t"]) if items else sequence["text"]
        check(sentences[0].text() == expected, f"{where}: the text is not the sentence’s")
        shaded = sentences[0].all(cls="token")
        wanted = active_segments(sequence, items[0]) if items else 0
        check(len(shaded) == wanted, f"{where}: {len(shaded)} shaded tokens, not {wanted}")
        check(all("activation" in token.attributes["data-tip"] for token in shaded), f"{where}: a token does not tell its value")


def check_saying(panel, feature, data):
    """Flags in words, peaks, promoted tokens and the pairs of languages."""
    where, row = f"feature {feature}", data["columns"]["feature"].index(int(feature))
    lists = panel.all(cls="flag-list")
    check((chips(lists[0]) if lists else []) == raised(data, row), f"{where}: other flags are spelled out")
    text = panel.text()
    for flag in data["run"]["flags"]:
        check((flag["meaning"] in text) == (flag["name"] in raised(data, row)), f"{where}: {flag['name']} is not as it is")
    for name, details in data["flag_details"].items():
        detail = details.get(str(feature))
        check((detail is not None) == (name in raised(data, row)), f"{where}: {name} and its detail do not go together")
        check(detail is None or len(detail) == 1 or f"“{detail[1]}”" in text, f"{where}: the token of {name} is not named")
    explained = [entry.text() for entry in panel.all(cls="explanation")]
    check(explained == [text for text, _ in data["explanations"]["of"].get(feature, [])], f"{where}: explanations {explained}")
    pieces = [piece.text() for piece in panel.all(cls="piece")]
    said = data["vocabulary"].get(feature, {"promoted": [], "suppressed": []})
    wanted = [token for peaks in map(data["peaks"].get(feature, {}).get, data["run"]["languages"]) for token, _ in peaks or []]
    wanted += [token for token, _ in said["promoted"] + said["suppressed"]]
    check(pieces == wanted, f"{where}: tokens {pieces[:5]} …, not {wanted[:5]} …")
    tables = panel.all(cls="pairs")
    check(len(tables) == (feature in data["pairs"]), f"{where}: {len(tables)} tables of pairs")
    for table in tables:
        n = len(data["run"]["languages"])
        kappas = [f"{kappa:.2f}".replace("-", "−") if kappa is not None else "–" for kappa in data["pairs"][feature]]
        upper = [line.children[1:][b].text() for a, line in enumerate(table.first("tbody").all("tr")) for b in range(a + 1, n)]
        close = all(shown == wanted or abs(float(shown.replace("−", "-")) - float(wanted.replace("−", "-"))) < 0.011 for shown, wanted in zip(upper, kappas))
        check(len(upper) == len(kappas) and close, f"{where}: pairs {upper}, not {kappas}")


def check_feature(dom, feature, data):
    where = f"feature {feature}"
    check_drawn(dom, where)
    panel = dom.by_id("feature")
    check(panel.first("h1").text() == f"Feature {feature}", f"{where}: the link opens something else")
    check("hidden" in dom.by_id("overview").attributes, f"{where}: the overview is still shown")
    blocks = panel.all(cls="sample")
    check(blocks and panel.all(cls="token"), f"{where}: no shaded sentence")
    for block in blocks:
        check_sample(block, feature, data)
    check_saying(panel, feature, data)
    shown = [language for language in data["run"]["languages"] if data["evidence"][feature].get(language)]
    check_charts(panel, len(shown), where)
    link = data["run"]["neuronpedia"]
    links = [node.attributes.get("href") for node in panel.all("a")]
    check(link is None or f"{link}/{feature}" in links, f"{where}: no link to its Neuronpedia page")


def check_absent(dom, feature, wanted):
    check_drawn(dom, f"feature {feature}")
    check(wanted in dom.by_id("feature").text(), f"feature {feature}: the page does not say “{wanted}”")


def check_report(page):
    data = page.data
    columns = data["columns"]
    ranks = dict(zip(columns["feature"], columns["rank"]))
    best = min(data["evidence"], key=lambda feature: ranks[int(feature)])
    without = next((feature for feature in columns["feature"] if str(feature) not in data["evidence"]), None)

    check_overview(page.open(), data)
    check_filters(page)
    check_feature(page.open(f"#feature={best}"), best, data)
    if without is not None:
        check_absent(page.open(f"#feature={without}"), without, f"isogloss show {without} DIR")
    beyond = max(columns["feature"]) + 1
    check_absent(page.open(f"#feature={beyond}"), beyond, "No such feature")


if __name__ == "__main__":
    sys.exit(run_checks(__doc__, check_report))
