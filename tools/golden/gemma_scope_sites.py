"""Gemma Scope's repositories of every kind, loaded by SAELens' own loaders and evaluated by SAELens.

usage: gemma_scope_sites.py OUTPUT_FOLDER

Writes OUTPUT_FOLDER/<repository>/<folder>/{params.npz, io.safetensors} and OUTPUT_FOLDER/cases.json with what SAELens
says of each. The sizes are smaller than the real ones, which the loaders infer from the names; the call that would
fetch the file is replaced.
io: x [n, d], feature_acts [n, d_sae], reconstruction [n, d].
"""

import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from sae_lens import SAE
from sae_lens.loading import pretrained_sae_loaders as loaders
from sae_lens.loading.pretrained_sae_loaders import handle_config_defaulting

from golden_io import metadata, versions, write_json

PACKAGES = ("sae-lens", "torch", "numpy")
torch.set_num_threads(1)
D, D_SAE, N = 12, 32, 8
SIZES = {"d_in": D, "d_sae": D_SAE}
CASES = (
    "gemma-scope-2b-pt-res/layer_20/width_16k/average_l0_71",
    "gemma-scope-9b-it-res/layer_9/width_16k/average_l0_14",
    "gemma-scope-2b-pt-res/embedding/width_4k/average_l0_6",
    "gemma-scope-2b-pt-mlp/layer_3/width_16k/average_l0_65",
    "gemma-scope-2b-pt-att/layer_0/width_16k/average_l0_104",
    "gemma-scope-2b-pt-transcoders/layer_7/width_16k/average_l0_11",
)


def params(rng):
    return {
        "W_enc": rng.standard_normal((D, D_SAE), np.float32) / np.float32(D**0.5),
        "W_dec": rng.standard_normal((D_SAE, D), np.float32),
        "b_enc": rng.standard_normal(D_SAE, np.float32) / 10,
        "b_dec": rng.standard_normal(D, np.float32),
        "threshold": rng.random(D_SAE, np.float32),
    }


def write_case(root, case, seed):
    rng = np.random.default_rng(seed)
    (root / case).mkdir(parents=True, exist_ok=True)
    np.savez(root / case / "params.npz", **params(rng))
    loaders.hf_hub_download = lambda **_: str(root / case / "params.npz")
    repository, folder = case.split("/", 1)
    if "transcoders" in repository:
        cfg, state, _ = loaders.gemma_2_transcoder_huggingface_loader(
            "google/" + repository, folder, cfg_overrides=SIZES | {"d_out": D}
        )
    else:
        cfg, state, _ = loaders.gemma_2_sae_huggingface_loader("google/" + repository, folder, cfg_overrides=SIZES)
    # SAELens flattens the heads of attention SAEs; the rows here are flat already.
    sae = SAE.from_dict(handle_config_defaulting(cfg | {"reshape_activations": "none"}))
    sae.load_state_dict(state)
    x = torch.from_numpy(rng.standard_normal((N, D), np.float32) + np.float32(0.3))
    x = x * torch.logspace(-1, 1, N)[:, None] * (D**0.5 if "embedding" in folder else 1)
    with torch.no_grad():
        pre = x @ sae.W_enc + sae.b_enc
        assert ((pre - sae.threshold).abs() > 1e-5 * pre.abs()).all(), case
        arrays = {"x": x, "feature_acts": sae.encode(x), "reconstruction": sae(x)}
    save_file({k: v.contiguous() for k, v in arrays.items()}, root / case / "io.safetensors", metadata(*PACKAGES))
    said = sae.cfg.metadata
    names = {key: said.get(key) for key in ("model_name", "hook_name", "hook_name_out")}
    return {"case": case, "architecture": cfg["architecture"], **names}


def main(output):
    root = Path(output)
    cases = [write_case(root, case, seed) for seed, case in enumerate(CASES)]
    write_json(root / "cases.json", {"versions": versions(*PACKAGES), "cases": cases})


if __name__ == "__main__":
    main(*sys.argv[1:])
