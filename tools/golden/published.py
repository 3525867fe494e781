"""SAEs that SAELens' list of published ones completes, evaluated by SAELens.

usage: published.py G/sae OUTPUT_FOLDER

G/sae is what sae.py wrote. Writes OUTPUT_FOLDER/<case>/io.safetensors: x, feature_acts and reconstruction of an SAE of
G/sae after SAELens has folded norm_scaling_factor into it, or read it with normalize_activations of the list; and
cases.json, with the settings as data/published-saes.tsv spells them.
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from sae_lens import SAE

from golden_io import metadata, versions, write_json

PACKAGES = ("sae-lens", "torch", "safetensors")
torch.set_num_threads(1)
# The factors are those of gpt2-small-mlp-tm's second SAE and gemma-2b-res-jb's.
FACTORS = {"standard-sub-expected_average_only_in": 2.3693984005104283,
           "jumprelu-nosub-expected_average_only_in": 0.21381938399317255}
RESCALED = "standard-sub-none"


def write_case(output, sae, case, settings, x):
    with torch.no_grad():
        acts = sae.encode(x)
        pre = sae.process_sae_in(x) @ sae.W_enc + sae.b_enc
        cutoff = getattr(sae, "threshold", torch.zeros(1))
        assert ((pre - cutoff).abs() > 1e-5 * pre.abs()).all(), case
        arrays = {"x": x, "feature_acts": acts, "reconstruction": sae.decode(acts)}
    (output / case).mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in arrays.items()}, output / case / "io.safetensors", metadata(*PACKAGES))
    return {"case": case, "settings": settings, "mean_l0": (acts > 0).float().sum(1).mean().item()}


def main(saes, output):
    saes, output = Path(saes), Path(output)
    cases = []
    for case, factor in FACTORS.items():
        sae = SAE.load_from_disk(saes / case)
        sae.fold_activation_norm_scaling_factor(factor)
        x = load_file(saes / case / "io.safetensors")["x"]
        cases.append(write_case(output, sae, case, f"norm_scaling_factor={factor!r}", x))
    cfg = SAE.load_from_disk(saes / RESCALED).cfg.to_dict() | {"normalize_activations": "constant_norm_rescale"}
    sae = SAE.from_dict(cfg)
    sae.load_state_dict(load_file(saes / RESCALED / "sae_weights.safetensors"))
    x = load_file(saes / RESCALED / "io.safetensors")["x"]
    cases.append(write_case(output, sae, RESCALED, "normalize_activations=constant_norm_rescale", x))
    write_json(output / "cases.json", {"versions": versions(*PACKAGES), "cases": cases})


if __name__ == "__main__":
    main(*sys.argv[1:])
