"""Trains an SAE with SAELens' trainer (BatchTopK, saved as JumpReLU) on activations that isogloss extracted.

usage: tools/sae/train.py OUTPUT RUN… [--features N] [--k K] [--tokens N]

RUN… are result folders of `isogloss extract` with the SAE of tools/sae/identity.py, at one hook point.
Needs the packages of bench/side_by_side/requirements.txt.
"""

import argparse
import json
import pathlib

import numpy
import pyarrow.parquet as pq
import torch
from sae_lens import BatchTopKTrainingSAE, BatchTopKTrainingSAEConfig
from sae_lens.config import SAETrainerConfig
from sae_lens.training.sae_trainer import SAETrainer

BATCH = 1024
LEARNING_RATE = 6e-4
SEED = 42


def dense_rows(run: pathlib.Path, d_model: int) -> numpy.ndarray:
    """[tokens, d_model] float32: the residuals that the identity SAE took apart."""
    parts = []
    for path in sorted((run / "activations").glob("*.parquet")):
        table = pq.read_table(path, columns=["features", "values"])
        for batch in table.to_batches():
            features, values = batch.column("features"), batch.column("values")
            rows = numpy.repeat(numpy.arange(len(features)), numpy.diff(features.offsets.to_numpy()))
            which = features.flatten().to_numpy()
            dense = numpy.zeros((len(features), d_model), numpy.float32)
            signs = numpy.where(which < d_model, 1, -1)
            dense[rows, which % d_model] = signs * values.flatten().to_numpy()
            parts.append(dense)
    return numpy.concatenate(parts)


def batches(rows: torch.Tensor):
    """Endless; each pass in another order."""
    generator = torch.Generator().manual_seed(SEED)
    while True:
        order = torch.randperm(len(rows), generator=generator)
        for begin in range(0, len(rows) - BATCH + 1, BATCH):
            yield rows[order[begin:begin + BATCH]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("runs", type=pathlib.Path, nargs="+")
    parser.add_argument("--features", type=int, default=2048)
    parser.add_argument("--k", type=int, default=40, help="features active at a token, on average")
    parser.add_argument("--tokens", type=int, default=600_000, help="to train on, repeats included")
    arguments = parser.parse_args()

    inputs = [json.loads((run / "manifest.json").read_text()) for run in arguments.runs]
    hooks = {manifest["inputs"]["hook"] for manifest in inputs}
    if len(hooks) != 1:
        parser.error(f"the runs are of several hook points: {', '.join(sorted(hooks))}")
    d_model = inputs[0]["model"]["d_model"]
    rows = torch.from_numpy(numpy.concatenate([dense_rows(run, d_model) for run in arguments.runs]))
    mean = rows.mean(dim=0)
    rows -= mean  # a few components are large at every token: scaled by them, most features would die
    print(f"{hooks}: {len(rows)} tokens, norm {mean.norm():.0f} of their mean, {rows.norm(dim=1).mean():.0f} about it",
          flush=True)

    torch.manual_seed(SEED)
    sae = BatchTopKTrainingSAE(BatchTopKTrainingSAEConfig(
        d_in=d_model, d_sae=arguments.features, k=arguments.k, normalize_activations="expected_average_only_in"))
    sae.cfg.metadata.model_name = inputs[0]["model"]["name"]
    sae.cfg.metadata.hook_name = hooks.pop()
    steps = arguments.tokens // BATCH
    trained = SAETrainer(
        SAETrainerConfig(total_training_samples=steps * BATCH, train_batch_size_samples=BATCH, lr=LEARNING_RATE,
                         lr_end=LEARNING_RATE / 10, lr_warm_up_steps=steps // 20, lr_decay_steps=steps // 5,
                         dead_feature_window=100, n_batches_for_norm_estimate=20),
        sae, batches(rows)).fit()
    with torch.no_grad():
        trained.b_dec += mean  # which is taken off before encoding
    trained.save_inference_model(str(arguments.output))


if __name__ == "__main__":
    main()
