"""A table of results, for whichever library a user's own code speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import pandas as pd
    import polars as pl
    import pyarrow as pa


class Table:
    """Columns of equal length. `table["rank"]` is a numpy array; an absent number is NaN there and null in Arrow,
    pandas and polars. Any library that reads Arrow's C stream takes the table itself: `duckdb.from_arrow(table)`,
    `polars.DataFrame(table)`."""

    def __init__(self, arrow: pa.Table) -> None:
        self._arrow = arrow

    def to_arrow(self) -> pa.Table:
        return self._arrow

    def to_pandas(self) -> pd.DataFrame:
        return self._arrow.to_pandas()

    def to_polars(self) -> pl.DataFrame:
        import polars

        frame = polars.from_arrow(self._arrow)
        assert isinstance(frame, polars.DataFrame)
        return frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._arrow.__arrow_c_stream__(requested_schema)

    @property
    def column_names(self) -> list[str]:
        return list(self._arrow.column_names)

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        array: np.ndarray[Any, Any] = self._arrow.column(name).to_numpy()
        return array

    def __len__(self) -> int:
        return int(self._arrow.num_rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self.column_names)

    def __repr__(self) -> str:
        return f"<isogloss.Table of {len(self)} rows: {', '.join(self.column_names)}>"

    def _repr_html_(self) -> str:
        html: str = self._arrow.slice(0, 10).to_pandas().to_html(index=False)
        return f"{html}<p>{len(self)} rows</p>"
