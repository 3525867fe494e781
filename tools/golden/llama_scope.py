"""Llama Scope's folders, evaluated by SAELens and by their authors' formula.

usage: llama_scope.py OUTPUT_FOLDER

Writes OUTPUT_FOLDER/<case>/{hyperparams.json, checkpoints/final.safetensors, io.safetensors} and cases.json.
io: x [n, d], feature_acts [n, d_sae], reconstruction [n, d].

`unit` has decoder rows of length 1: SAELens' loader and its folding of the scale answer for it. `free` has rows of
other lengths, which SAELens passes over; there the formula of lm-saes answers (standardize_parameters_of_dataset_norm,
then transform_to_unit_decoder_norm, then h > jump_relu_threshold), in SAELens' scale of activations.
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
D, D_SAE, N = 13, 40, 8
AVERAGE_NORM = 1.75
HYPERPARAMS = {
    "hook_point_in": "blocks.7.hook_resid_post",
    "hook_point_out": "blocks.7.hook_resid_post",
    "d_model": D,
    "d_sae": D_SAE,
    "act_fn": "jumprelu",
    "jump_relu_threshold": 0.2,
    "norm_activation": "dataset-wise",
    "dataset_average_activation_norm": {"in": AVERAGE_NORM, "out": AVERAGE_NORM},
    "use_decoder_bias": True,
    "apply_decoder_bias_to_pre_encoder": False,
    "use_glu_encoder": False,
    "sparsity_include_decoder_norm": True,
}


def weights(generator, unit):
    decoder = torch.randn(D, D_SAE, generator=generator)
    length = 1.0 if unit else torch.linspace(0.4, 1.6, D_SAE)
    return {
        "encoder.weight": torch.randn(D_SAE, D, generator=generator) / D**0.5,
        "encoder.bias": torch.randn(D_SAE, generator=generator) * 0.1,
        "decoder.weight": (decoder / decoder.norm(dim=0) * length).contiguous(),
        "decoder.bias": torch.randn(D, generator=generator) * 0.3,
    }


def by_sae_lens(folder, x):
    loaders.hf_hub_download = lambda repo_id, filename, subfolder="", **_: str(folder / subfolder / filename)
    cfg, state, _ = loaders.llama_scope_sae_huggingface_loader("", ".", cfg_overrides={"dtype": "float32"})
    sae = SAE.from_dict(handle_config_defaulting(cfg))
    sae.load_state_dict(state)
    sae.fold_activation_norm_scaling_factor(D**0.5 / AVERAGE_NORM)
    with torch.no_grad():
        acts = sae.encode(x)
        pre = x @ sae.W_enc + sae.b_enc
        assert ((pre - sae.threshold).abs() > 1e-5 * pre.abs()).all()
        return acts, sae.decode(acts)


def by_its_authors(w, x):
    scale = D**0.5 / AVERAGE_NORM
    norm = w["decoder.weight"].norm(dim=0)
    hidden = (x @ w["encoder.weight"].T + w["encoder.bias"] / scale) * norm
    acts = torch.where(hidden > HYPERPARAMS["jump_relu_threshold"], hidden, 0)
    assert ((hidden - HYPERPARAMS["jump_relu_threshold"]).abs() > 1e-5 * hidden.abs()).all()
    reconstruction = acts @ (w["decoder.weight"] / norm).T + w["decoder.bias"] / scale
    return acts * scale, reconstruction


def write_case(folder, case, seed):
    generator = torch.Generator().manual_seed(seed)
    w = weights(generator, case == "unit")
    (folder / case / "checkpoints").mkdir(parents=True, exist_ok=True)
    save_file(w, folder / case / "checkpoints" / "final.safetensors")
    (folder / case / "hyperparams.json").write_text(json.dumps(HYPERPARAMS))
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
