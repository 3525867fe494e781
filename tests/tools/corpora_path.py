"""Makes tools/corpora importable, as fetch.py sees it."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "corpora"))
