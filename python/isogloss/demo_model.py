"""`python -m isogloss.demo_model` fetches the model of `isogloss demo` (Gemma 3 270M, 253 MB) and prints its path."""

from __future__ import annotations

import runpy
import sys

from ._command import PROGRAM

SETUP = PROGRAM.parents[1] / "share" / "isogloss" / "setup"


def main() -> None:
    sys.path.insert(0, str(SETUP))
    runpy.run_path(str(SETUP / "demo_model.py"), run_name="__main__")


if __name__ == "__main__":
    main()
