#!/usr/bin/env python3
"""Opens a finished report.html in headless Chromium and checks what it drew.

Usage: check_page.py PAGE.html
Exit codes: 0 all checks hold, 1 a check failed, 2 usage, 77 no Chromium on this machine (skip).

The page sets data-ready on its root when it is drawn and lists every script error, unhandled
rejection and refused request in data-errors. Expected contents are worked out here from the
data the page carries, by other code than the page's own.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from page_dom import parse

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAX_BYTES = 15 * 1000 * 1000
ROWS_PER_PAGE = 50
SKIP = 77
failures = []


def check(holds, what):
    if not holds:
        failures.append(what)


def find_browser():
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def open_page(browser, page, fragment=""):
    """The DOM of the page as Chromium leaves it, in a window that shows all of it."""
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             f"--user-data-dir={profile}", "--window-size=1400,12000",
             "--virtual-time-budget=20000", "--dump-dom", page.as_uri() + fragment],
            capture_output=True, timeout=240, check=True)
    return parse(done.stdout.decode("utf-8"))


def page_data(text):
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL).group(1))


def check_drawn(dom, where):
    root = dom.first("html")
    check(root.attributes.get("data-errors") is None, f"{where}: errors {root.attributes.get('data-errors')}")
    check(root.attributes.get("data-ready") == "1", f"{where}: never became ready")


def check_charts(part, expected, where):
    charts = part.all(cls="chart")
    check(len(charts) == expected, f"{where}: {len(charts)} charts, not {expected}")
    for chart in charts:
        name = chart.attributes.get("data-name")
        check(chart.attributes.get("data-drawn") == "1" and chart.all(cls="main-svg"), f"{where}: chart {name} is not drawn")
        check("Share chart" not in " ".join(chart.attribute_values()), f"{where}: chart {name} offers to upload itself")


def check_source(page, text):
    check(page.stat().st_size < MAX_BYTES, f"the page has {page.stat().st_size} bytes, more than {MAX_BYTES}")
    check("default-src 'none'" in text, "the page does not forbid requests")
    for marker in ("/*{{css}}*/", "/*{{plotly}}*/", "/*{{script}}*/", "{{data}}", "{{body}}"):
        check(marker not in text, f"marker {marker} was not replaced")


def check_overview(dom, data):
    check_drawn(dom, "overview")
    overview = dom.by_id("overview")
    check(dom.by_id("title").text() == data["run"]["title"], "overview: title is not the run's")
    columns, languages = data["columns"], data["run"]["languages"]

    rows = dom.by_id("table").first("tbody").all("tr")
    check(len(rows) == min(ROWS_PER_PAGE, len(columns["feature"])), f"table: {len(rows)} rows")
    order = sorted(range(len(columns["feature"])), key=lambda row: columns["agreement_rank"][row])
    shown = [row.first("th").text() for row in rows]
    check(shown == [str(columns["feature"][row]) for row in order[:len(rows)]], "table: not in the order of agreement")
    check(len(rows[0].children) == len(dom.by_id("table").first("thead").all("th")), "table: head and body differ in columns")

    live = [row for row, alive in enumerate(columns["alive"]) if alive]
    losses = sum(any(columns[key][row] is not None for row in live) for key in ("bi_loss", "bi_loss_text"))
    check_charts(overview, 1 + len(languages) + 1 + losses, "overview")
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
        sequence = data["sequences"][sample][language]
        items = [item for item in data["evidence"][feature].get(language, []) if item["s"] == int(sample)]
        expected = "".join(sequence["t"]) if items else sequence["text"]
        check(sentences[0].text() == expected, f"{where}: the text is not the sentence’s")
        shaded = sentences[0].all(cls="token")
        wanted = active_segments(sequence, items[0]) if items else 0
        check(len(shaded) == wanted, f"{where}: {len(shaded)} shaded tokens, not {wanted}")
        check(all("activation" in token.attributes["data-tip"] for token in shaded), f"{where}: a token does not tell its value")


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
    shown = [language for language in data["run"]["languages"] if data["evidence"][feature].get(language)]
    check_charts(panel, len(shown), where)
    link = data["run"]["neuronpedia"]
    links = [node.attributes.get("href") for node in panel.all("a")]
    check(link is None or f"{link}/{feature}" in links, f"{where}: no link to its Neuronpedia page")


def check_absent(dom, feature, wanted):
    check_drawn(dom, f"feature {feature}")
    check(wanted in dom.by_id("feature").text(), f"feature {feature}: the page does not say “{wanted}”")


def main(arguments):
    if len(arguments) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    browser = find_browser()
    if browser is None:
        print("skipped: no Chromium found")
        return SKIP
    page = pathlib.Path(arguments[0]).resolve()
    text = page.read_text(encoding="utf-8")
    data = page_data(text)
    columns = data["columns"]
    ranks = dict(zip(columns["feature"], columns["agreement_rank"]))
    best = min(data["evidence"], key=lambda feature: ranks[int(feature)])
    without = next((feature for feature in columns["feature"] if str(feature) not in data["evidence"]), None)

    check_source(page, text)
    check_overview(open_page(browser, page), data)
    check_feature(open_page(browser, page, f"#feature={best}"), best, data)
    if without is not None:
        check_absent(open_page(browser, page, f"#feature={without}"), without, f"isogloss show {without} DIR")
    beyond = max(columns["feature"]) + 1
    check_absent(open_page(browser, page, f"#feature={beyond}"), beyond, "No such feature")

    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{page.name}: {'all checks hold' if not failures else f'{len(failures)} checks failed'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
