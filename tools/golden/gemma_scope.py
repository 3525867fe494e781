"""Gemma Scope's params.npz, and a direct numpy evaluation of its JumpReLU encoder in float32.

usage: gemma_scope.py OUTPUT_FOLDER

h = x @ W_enc + b_enc; acts = h * (h > threshold) * (h > 0); reconstruction = acts @ W_dec + b_dec
(b_dec is not subtracted from the input). The same SAE is written as params.npz (np.savez),
params_compressed.npz (np.savez_compressed) and params_lower_case.npz (w_enc, w_dec).
"""

import sys
from pathlib import Path

import numpy as np

from golden_io import write_arrays

D_IN, D_SAE, N = 18, 64, 9


def params(rng):
    """Multiples of 1/8 (float32), so that each sum of products is exact in any order."""

    def draw(*shape, step):
        return (rng.integers(-4, 5, shape) * step).astype(np.float32)

    return {
        "W_enc": draw(D_IN, D_SAE, step=1 / 8),
        "W_dec": draw(D_SAE, D_IN, step=1 / 8),
        "b_enc": draw(D_SAE, step=1 / 32),
        "b_dec": draw(D_IN, step=1 / 4),
    }, draw(N, D_IN, step=1 / 4)


def thresholds(pre):
    """Each feature's threshold is one token's pre-activation exactly, or one float below or above it."""
    at = pre[np.arange(D_SAE) % N, np.arange(D_SAE)]
    below, above = np.nextafter(at, np.float32(-np.inf)), np.nextafter(at, np.float32(np.inf))
    return np.choose(np.arange(D_SAE) % 3, [at, below, above])


def main(output):
    folder = Path(output)
    folder.mkdir(parents=True, exist_ok=True)
    p, x = params(np.random.default_rng(20))
    pre = x @ p["W_enc"] + p["b_enc"]
    p["threshold"] = thresholds(pre)
    acts = pre * (pre > p["threshold"]) * (pre > 0)
    reconstruction = acts @ p["W_dec"] + p["b_dec"]
    assert all(a.dtype == np.float32 for a in (acts, reconstruction, *p.values()))

    np.savez(folder / "params.npz", **p)
    np.savez_compressed(folder / "params_compressed.npz", **p)
    np.savez(folder / "params_lower_case.npz", **{k.lower(): v for k, v in p.items()})
    arrays = {"x": x, "feature_acts": acts, "reconstruction": reconstruction}
    write_arrays(folder / "io.safetensors", arrays, "numpy")


if __name__ == "__main__":
    main(*sys.argv[1:])
