"""A finished page opened in headless Chromium, and what every page is checked for.

The page sets data-ready on its root when it is drawn and lists every script error, unhandled
rejection and refused request in data-errors. Expected contents are worked out by the checks from
the data the page carries, by other code than the page's own.
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
SKIP = 77
failures = []


def check(holds, what):
    if not holds:
        failures.append(what)


class Page:
    """A page's file, its data, and its document as the browser leaves it."""

    def __init__(self, path, browser):
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        self.data = json.loads(re.search(r'id="data">(.*?)</script>', self.text, re.DOTALL).group(1))
        self._browser = browser

    def open(self, fragment=""):
        """The document in a window that shows all of it."""
        return self._dump(self.path, fragment)

    def open_with(self, script):
        """The same after a script put behind the page's own."""
        end = self.text.rindex("</body>")
        with tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8") as changed:
            changed.write(f"{self.text[:end]}<script>{script}</script>{self.text[end:]}")
            changed.flush()
            return self._dump(pathlib.Path(changed.name))

    def _dump(self, path, fragment=""):
        with tempfile.TemporaryDirectory() as profile:
            done = subprocess.run(
                [self._browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 f"--user-data-dir={profile}", "--window-size=1400,12000",
                 "--virtual-time-budget=20000", "--dump-dom", path.as_uri() + fragment],
                capture_output=True, timeout=240, check=True)
        return parse(done.stdout.decode("utf-8"))


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


def check_source(page):
    size = page.path.stat().st_size
    check(size < MAX_BYTES, f"the page has {size} bytes, more than {MAX_BYTES}")
    check("default-src 'none'" in page.text, "the page does not forbid requests")
    for marker in ("/*{{css}}*/", "/*{{plotly}}*/", "/*{{script}}*/", "{{data}}", "{{body}}"):
        check(marker not in page.text, f"marker {marker} was not replaced")


def run_checks(usage, checks):
    """What each script is: calls checks(page) on the page it is given; the exit code."""
    if len(sys.argv) != 2:
        print(usage.strip(), file=sys.stderr)
        return 2
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("skipped: no Chromium found; install the package chromium")
        return SKIP
    page = Page(pathlib.Path(sys.argv[1]).resolve(), browser)
    check_source(page)
    checks(page)
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{page.path.name}: {'all checks hold' if not failures else f'{len(failures)} checks failed'}")
    return 1 if failures else 0
