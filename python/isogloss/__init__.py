"""isogloss finds the features of a sparse autoencoder that stand for the same thing in different languages.

    import isogloss

    run = isogloss.run(model="gemma-2-2b.Q8_0.gguf", sae="layer_20/width_16k/average_l0_71",
                       corpus="books.parquet", languages=["en", "es"], output="results")
    run.scores.to_pandas().sort_values("rank").head(20)
    run.feature(1723)

run() and open() give a Run: its tables, its features. agreement() and bi_loss() score arrays of your own, and an
ActivationWriter makes a run of activations that your own program computes.
"""

from importlib.metadata import version

from ._arrays import BiLoss, agreement, bi_loss
from ._errors import BadInputError, Error, Interrupted, MachineError, UsageError
from ._feature import Feature
from ._run import Layers, Run, open, open_layers, run, run_layers
from ._table import Table
from ._writer import ActivationWriter

__version__ = version("isogloss")

__all__ = [
    "ActivationWriter", "BadInputError", "BiLoss", "Error", "Feature", "Interrupted", "Layers", "MachineError", "Run", "Table",
    "UsageError", "agreement", "bi_loss", "open", "open_layers", "run", "run_layers",
]
