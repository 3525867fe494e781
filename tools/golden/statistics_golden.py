"""Thresholds and series of real activations by torch and numpy.

usage: statistics_golden.py ACTIVATIONS.safetensors OUTPUT.json

Thresholds are over all token activations > 0 of a group: "torch_float32" is tensor.mean and torch.quantile,
"value" numpy's in float64. "counts" are, for each feature, the rows (sentences of the group) whose largest
activation is above "value", sorted descending; the series is counts / n_rows.
"""

import sys

import numpy as np
import torch

import dense
from golden_io import versions, write_compact_json

torch.set_num_threads(1)  # sums depend on it in the last bit
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def thresholds(values):
    """name -> (torch float32, numpy float64); values [n] float32."""
    tensor, wide = torch.from_numpy(values), values.astype(np.float64)
    by_torch = torch.quantile(tensor, torch.tensor(QUANTILES))
    yield "mean", tensor.mean().item(), wide.mean()
    for i, q in enumerate(QUANTILES):
        yield f"q_{q}", by_torch[i].item(), np.quantile(wide, q)


def group(values, rows):
    """values [n] float32 of all tokens; rows [n_rows, n_features] of sentence maxima."""
    result = {"n_rows": len(rows), "n_activations": len(values), "thresholds": {}}
    for name, by_torch, value in thresholds(values):
        counts = (rows.astype(np.float64) > value).sum(axis=0)
        result["thresholds"][name] = {
            "torch_float32": by_torch,
            "value": float(value),
            "counts": sorted(counts.tolist(), reverse=True),
        }
    return result


def main(activations, output):
    languages, tokens, maxima = dense.load(activations)
    groups = {code: group(tokens[i], maxima[:, i]) for i, code in enumerate(languages)}
    for n in (2, len(languages)):
        pooled = maxima[:, :n].reshape(-1, maxima.shape[2])
        groups[f"global:{','.join(languages[:n])}"] = group(np.concatenate(tokens[:n]), pooled)
    write_compact_json(output, {"versions": versions("torch", "numpy"), **groups})


if __name__ == "__main__":
    main(*sys.argv[1:])
