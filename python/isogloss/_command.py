"""The command `isogloss`: becomes the program that lies in this package."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PROGRAM = Path(__file__).parent / "_program" / "bin" / "isogloss"


def main() -> None:
    os.execv(PROGRAM, [str(PROGRAM), *sys.argv[1:]])
