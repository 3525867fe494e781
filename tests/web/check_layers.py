#!/usr/bin/env python3
"""Opens a finished layers.html in headless Chromium and checks what it drew.

Usage: check_layers.py LAYERS.html
Exit codes: as check_page.py has them.
"""
import sys
import urllib.parse

from browser import check, check_charts, check_drawn, run_checks


def check_layers(page):
    dom, data = page.open(), page.data
    check_drawn(dom, "layers")
    check_charts(dom, 1, "layers")
    drawn = [column for column in data["columns"] if column["drawn"]
             and any(row[column["name"]] is not None for row in data["rows"])]
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
        target = page.path.parent / urllib.parse.unquote(link.attributes["href"])
        check(target.exists(), f"table: the link to {target} leads nowhere")


if __name__ == "__main__":
    sys.exit(run_checks(__doc__, check_layers))
