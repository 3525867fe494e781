"""Progress bars, in notebooks and terminals."""

from __future__ import annotations

from types import TracebackType
from typing import Any


class Bars:
    """One tqdm bar for each stage of the work."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._stage = ""

    def __enter__(self) -> Bars:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, stage: str, unit: str, done: int, total: int) -> None:
        from tqdm.auto import tqdm

        if self._bar is None or stage != self._stage or done < self._bar.n:
            if self._bar is not None:
                self._bar.close()
            self._bar = tqdm(total=total, desc=stage, unit=" " + unit, unit_scale=True, delay=1)
            self._stage = stage
        self._bar.total = total
        self._bar.update(done - self._bar.n)
