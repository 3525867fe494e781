"""The plots of a run, by matplotlib: `pip install isogloss[plots]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._errors import MachineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np


def _axes(axes: Any) -> Any:
    if axes is not None:
        return axes
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise MachineError("matplotlib is not there; run pip install isogloss[plots]") from error
    return plt.subplots()[1]


def plot_series(thresholds: Mapping[str, Mapping[str, Any]], title: str, axes: Any) -> Any:
    """The post's plot: for each threshold the features' shares of activating sentences, in descending order."""
    axes = _axes(axes)
    for name, of in thresholds.items():
        if of["value"] is not None:
            series = of["series"]
            axes.plot(range(1, len(series) + 1), [100 * share for share in series], label=f"{name}={of['value']:.2f}")
    axes.set(xscale="log", xlabel="Ordered SAE Features", ylabel="Percentage of Activating Samples", title=title)
    axes.legend(title="Activation Threshold")
    return axes


def plot_scores(column: str, values: np.ndarray[Any, Any], axes: Any) -> Any:
    """How many features have which score; those without one are left out."""
    import numpy as np

    axes = _axes(axes)
    axes.hist(values[np.isfinite(values)], bins=50)
    axes.set(xlabel=column, ylabel="Number of features")
    return axes
