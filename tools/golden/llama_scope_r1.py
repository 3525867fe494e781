"""Folders in Llama Scope's later format (Llama Scope R1 Distill), evaluated by SAELens and by their authors' formula.

usage: llama_scope_r1.py OUTPUT_FOLDER

Writes OUTPUT_FOLDER/<case>/{config.json, sae_weights.safetensors, io.safetensors} and cases.json.
io: x [n, d], feature_acts [n, d_sae], reconstruction [n, d].

`unit` has decoder rows of length 1: SAELens' loader answers, with the factor folded as it folds its list's, which is
√d_model over the average length that lies among the weights. `free` has rows of other lengths, which SAELens passes
over; there the formula of lm-saes answers, as in llama_scope.py. It keeps the average length under "in" and "out".
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from sae_lens import SAE
from sae_lens.loading import pretrained_sae_loaders as loaders
from sae_lens.loading.pretrained_sae_loaders import handle_config_defaulting

from golden_io import metadata, versions, write_json

PACKAGES = ("sae-lens", "torch", "safetensors")
torch.set_num_threads(1)
D, EXPANSION, N = 13, 3, 8
AVERAGE_NORM = 1.1956
SCALE = D**0.5 / AVERAGE_NORM
HOOK = "blocks.7.hook_resid_post"
CONFIG = {
    "sae_type": "sae",
    "hook_point_in": HOOK,
    "hook_point_out": HOOK,
    "d_model": D,
    "expansion_factor": EXPANSION,
    "act_fn": "jumprelu",
    "norm_activation": "dataset-wise",
    "sparsity_include_decoder_norm": True,
    "top_k": 50,
    "use_decoder_bias": True,
}


def weights(generator, case):
    decoder = torch.randn(D, D * EXPANSION, generator=generator)
    length = 1.0 if case == "unit" else torch.linspace(0.4, 1.6, D * EXPANSION)
    norm = torch.tensor(AVERAGE_NORM)
    norms = [HOOK] if case == "unit" else ["in", "out"]
    return {
        "encoder.weight": torch.randn(D * EXPANSION, D, generator=generator) / D**0.5,
        "encoder.bias": torch.randn(D * EXPANSION, generator=generator) * 0.1,
        "decoder.weight": (decoder / decoder.norm(dim=0) * length).contiguous(),
        "decoder.bias": torch.randn(D, generator=generator) * 0.3,
        "log_jumprelu_threshold": (torch.rand(D * EXPANSION, generator=generator) + 0.1).log(),
        **{f"dataset_average_activation_norm.{name}": norm.clone() for name in norms},
    }


def by_sae_lens(folder, x):
    loaders.hf_hub_download = lambda repo_id, filename, subfolder="", **_: str(folder / subfolder / filename)
    cfg, state, _ = loaders.llama_scope_r1_distill_sae_huggingface_loader("", ".")
    sae = SAE.from_dict(handle_config_defaulting(cfg))
    sae.load_state_dict(state)
    sae.fold_activation_norm_scaling_factor(SCALE)
    with torch.no_grad():
        acts = sae.encode(x)
        pre = x @ sae.W_enc + sae.b_enc
        assert ((pre - sae.threshold).abs() > 1e-5 * pre.abs()).all()
        return acts, sae.decode(acts)


def by_its_authors(w, x):
    norm = w["decoder.weight"].norm(dim=0)
    hidden = (x * SCALE @ w["encoder.weight"].T + w["encoder.bias"]) * norm
    threshold = w["log_jumprelu_threshold"].exp()
    assert ((hidden - threshold).abs() > 1e-5 * hidden.abs()).all()
    acts = torch.where(hidden > threshold, hidden, 0)
    return acts, (acts @ (w["decoder.weight"] / norm).T + w["decoder.bias"]) / SCALE


def write_case(folder, case, seed):
    generator = torch.Generator().manual_seed(seed)
    w = weights(generator, case)
    (folder / case).mkdir(parents=True, exist_ok=True)
    save_file(w, folder / case / "sae_weights.safetensors")
    (folder / case / "config.json").write_text(json.dumps(CONFIG))
    x = (torch.randn(N, D, generator=generator) + 0.3) * torch.logspace(-1, 1, N)[:, None]
    acts, reconstruction = by_sae_lens(folder / case, x) if case == "unit" else by_its_authors(w, x)
    arrays = {"x": x, "feature_acts": acts, "reconstruction": reconstruction}
    save_file({k: v.contiguous() for k, v in arrays.items()}, folder / case / "io.safetensors", metadata(*PACKAGES))
    return {"case": case, "by": "SAELens" if case == "unit" else "formula"}


def main(output):
    folder = Path(output)
    cases = [write_case(folder, case, seed) for seed, case in enumerate(("unit", "free"))]
    write_json(folder / "cases.json", {"versions": versions(*PACKAGES), "cases": cases})


if __name__ == "__main__":
    main(*sys.argv[1:])
