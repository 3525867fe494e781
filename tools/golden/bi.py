"""BI loss (Gómez 2024) of real activations in both forms: the code's by torch, the text's by scipy.

usage: bi.py ACTIVATIONS.safetensors OUTPUT.json

Written from the formulas of the design, not from the post's code. Cases: two languages, three, and two
with few features (fewer than 301 live, so that the last takes the 300th's place). jsd, loss and rank have
an entry for each feature, null if it is silent in a language; rank counts from 0, ties by feature.
"""

import sys

import numpy as np
import torch
from scipy.special import log_softmax, rel_entr, softmax

import dense
from golden_io import versions, write_compact_json

torch.set_num_threads(1)  # sums depend on it in the last bit
RANK_OF_BETA = 300
RARE = 10


def live(x):
    """[F]: fires in every language. x is [n_samples, n_languages, n_features]."""
    return (x > 0).any(axis=0).all(axis=0)


def numerator(jsd):
    """JSD_(300) - JSD_min over the live features, in float64."""
    ordered = np.sort(jsd)
    return float(ordered[min(RANK_OF_BETA, len(ordered) - 1)] - ordered[0])


def code_form(x):
    """KL(m||p) with the mean over samples; idaf and beta in float32 as torch divides a number by a tensor."""
    n, n_languages, _ = x.shape
    alive = live(x)
    wide = torch.from_numpy(x).double()
    p = torch.softmax(100 * wide / wide.amax(dim=(0, 2), keepdim=True), dim=0)
    m = p.mean(dim=1, keepdim=True)
    jsd = (m * (m.log() - p.log())).mean(dim=(0, 1))[alive]

    count = (torch.from_numpy(x) > 0).sum(dim=(0, 1))[alive]
    idaf = (n * n_languages) / count
    assert idaf.dtype == torch.float32
    # The reading of torch's division that the design states, held to torch itself.
    by_hand = (np.float32(1) / count.numpy().astype(np.float32)) * np.float32(n * n_languages)
    assert np.array_equal(idaf.numpy(), by_hand)
    idaf[(n * n_languages) / idaf < RARE] = 1
    idaf = -idaf
    beta = -numerator(jsd.numpy()) / (idaf.max() - idaf.min())
    return alive, jsd.numpy(), beta.item(), (jsd + beta * idaf).numpy()


def text_form(x):
    """Jensen-Shannon divergence, everything in float64."""
    n, n_languages, _ = x.shape
    alive = live(x)
    wide = x[:, :, alive].astype(np.float64)
    scaled = 100 * wide / wide.max(axis=0)
    p = softmax(scaled, axis=0)
    m = p.mean(axis=1, keepdims=True)
    jsd = rel_entr(p, m).sum(axis=0).mean(axis=0)
    # The same from logarithms, to see that nothing underflowed: mean_l sum_s p (ln p - ln m).
    log_p = log_softmax(scaled, axis=0)
    log_m = np.logaddexp.reduce(log_p, axis=1, keepdims=True) - np.log(n_languages)
    assert np.allclose(jsd, (p * (log_p - log_m)).sum(axis=0).mean(axis=0), rtol=1e-12, atol=1e-15)

    idaf = n * n_languages / (wide > 0).sum(axis=(0, 1))
    beta = -numerator(jsd) / (idaf.max() - idaf.min())
    return alive, jsd, beta, jsd + beta * idaf


def spread(alive, values):
    """Values of the live features as a list over all features, null elsewhere."""
    result = [None] * len(alive)
    for feature, value in zip(np.flatnonzero(alive), values.tolist(), strict=True):
        result[feature] = value
    return result


def case(x, form):
    alive, jsd, beta, loss = form(x)
    order = np.argsort(loss, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return {
        "n_live": int(alive.sum()),
        "beta": beta,
        "jsd": spread(alive, jsd),
        "loss": spread(alive, loss),
        "rank": spread(alive, rank),
    }


def main(activations, output):
    languages, _, maxima = dense.load(activations)
    result = {"versions": versions("torch", "numpy", "scipy")}
    cases = {"two_languages": maxima[:, :2], "three_languages": maxima, "few_live": maxima[:, :2, :256]}
    for name, x in cases.items():
        result[name] = {
            "languages": languages[: x.shape[1]],
            "n_features": x.shape[2],
            "gomez2024": case(x, code_form),
            "gomez2024-text": case(x, text_form),
        }
        print(name, "live", result[name]["gomez2024"]["n_live"])
    assert result["few_live"]["gomez2024"]["n_live"] <= RANK_OF_BETA < result["three_languages"]["gomez2024"]["n_live"]
    write_compact_json(output, result)


if __name__ == "__main__":
    main(*sys.argv[1:])
