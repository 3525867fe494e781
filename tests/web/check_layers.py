#!/usr/bin/env python3
"""Opens a finished layers.html in headless Chromium and checks what it drew.

Usage: check_layers.py LAYERS.html
Exit codes: as check_page.py has them.
"""
import pathlib
import sys
import urllib.parse

from check_page import SKIP, check, check_charts, check_drawn, check_source, failures, find_browser, open_page, page_data


def check_layers(dom, data, page):
    check_drawn(dom, "layers")
    check_charts(dom, 1, "layers")
    drawn = [column for column in data["columns"] if column["drawn"]]
    chart = dom.first(cls="chart")
    panels = [node for node in chart.all("g", "subplot")]
    check(len(panels) == len(drawn), f"chart: {len(panels)} panels, not {len(drawn)}")
    points = chart.all("path", "point")
    known = sum(row[column["name"]] is not None for row in data["rows"] for column in drawn)
    check(len(points) == known, f"chart: {len(points)} points, not {known}")

    table = dom.by_id("table")
    heads = [head.text() for head in table.first("thead").all("th")]
    check(heads == [column["title"] for column in data["columns"]], f"table: head {heads}")
    rows = table.first("tbody").all("tr")
    check(len(rows) == len(data["rows"]), f"table: {len(rows)} rows")
    for row, expected in zip(rows, data["rows"]):
        link = row.first("a")
        check(link.text() == expected["folder"], f"table: {link.text()} stands for {expected['folder']}")
        target = page.parent / urllib.parse.unquote(link.attributes["href"])
        check(target.exists(), f"table: the link to {target} leads nowhere")


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
    check_source(page, text)
    data = page_data(text)
    check_layers(open_page(browser, page), data, page)
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{page.name}: {'all checks hold' if not failures else f'{len(failures)} checks failed'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
