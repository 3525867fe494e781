"""Gemma Scope 2's folders, loaded by SAELens' own loader and evaluated by SAELens.

usage: gemma_scope_2.py OUTPUT_FOLDER

Writes OUTPUT_FOLDER/<site>/layer_5_<what>/{params.safetensors, config.json, io.safetensors} as the repositories
google/gemma-scope-2-* are laid out, and OUTPUT_FOLDER/cases.json with what SAELens says of each. SAELens reads
the files through huggingface_hub; the calls that would fetch them are replaced by look-ups in OUTPUT_FOLDER.
io: x [n, d_in], feature_acts [n, d_sae] = encode(x), reconstruction [n, d_out] = forward(x).
"""

import json
import sys
from pathlib import Path

import torch
from huggingface_hub.utils import EntryNotFoundError
from safetensors import safe_open
from safetensors.torch import save_file
from sae_lens import SAE
from sae_lens.loading import pretrained_sae_loaders as loaders
from sae_lens.loading.pretrained_sae_loaders import handle_config_defaulting

from golden_io import metadata, versions, write_json

PACKAGES = ("sae-lens", "torch", "safetensors")
torch.set_num_threads(1)
REPOSITORY = "google/gemma-scope-2-270m-pt"
D_IN, D_OUT, D_SAE, N = 14, 14, 40, 8
HOOKS = {
    "resid_post": ("model.layers.5.output", None),
    "attn_out": ("model.layers.5.self_attn.o_proj.input", None),
    "mlp_out": ("model.layers.5.post_feedforward_layernorm.output", None),
    "transcoder": (
        "model.layers.5.pre_feedforward_layernorm.output",
        "model.layers.5.post_feedforward_layernorm.output",
    ),
}
CASES = {
    "resid_post/layer_5_width_16k_l0_small": {"config": True},
    "resid_post_all/layer_5_width_16k_l0_big": {"config": False},
    "attn_out/layer_5_width_16k_l0_small": {"config": True},
    "mlp_out_all/layer_5_width_16k_l0_small": {"config": False},
    "transcoder/layer_5_width_16k_l0_small": {"config": True},
    "transcoder_all/layer_5_width_16k_l0_big_affine": {"config": True},
    "transcoder/layer_5_width_16k_l0_small_affine": {"config": False},
}


def params(generator, affine):
    def draw(*shape, scale=1.0):
        return torch.randn(*shape, generator=generator) * scale

    tensors = {
        "w_enc": draw(D_IN, D_SAE, scale=D_IN**-0.5),
        "w_dec": draw(D_SAE, D_OUT, scale=0.4),
        "b_enc": draw(D_SAE, scale=0.1),
        "b_dec": draw(D_OUT, scale=0.5),
        "threshold": torch.rand(D_SAE, generator=generator) * 0.8,
    }
    if affine:
        tensors["affine_skip_connection"] = draw(D_IN, D_OUT, scale=0.3)
    return tensors


def config(site, affine):
    hook_in, hook_out = HOOKS[site]
    return {
        "hf_hook_point_in": hook_in,
        "hf_hook_point_out": hook_out or hook_in,
        "width": D_SAE,
        "model_name": "gemma-v3-270m-pt",
        "architecture": "jump_relu",
        "l0": 10,
        "affine_connection": affine,
        "type": "transcoder" if hook_out else "sae",
    }


def serve(folder):
    """Lets SAELens' loader find the files in `folder`."""

    def download(repo_id, filename, subfolder=None, **_):
        path = folder / (subfolder or "") / filename
        if not path.exists():
            raise EntryNotFoundError(f"{path} is not there")
        return str(path)

    def shapes(_, filename):
        with safe_open(folder / filename, framework="pt") as file:
            return {name: list(file.get_slice(name).get_shape()) for name in file.keys()}

    loaders.hf_hub_download = download
    loaders.get_safetensors_tensor_shapes = shapes


def write_case(folder, case, with_config, seed):
    site = case.split("/")[0].removesuffix("_all")
    affine = case.endswith("_affine")
    generator = torch.Generator().manual_seed(seed)
    (folder / case).mkdir(parents=True, exist_ok=True)
    save_file(params(generator, affine), folder / case / "params.safetensors")
    if with_config:
        (folder / case / "config.json").write_text(json.dumps(config(site, affine)))
    x = (torch.randn(N, D_IN, generator=generator) + 0.3) * torch.logspace(-1, 1, N)[:, None]
    cfg, state, _ = loaders.gemma_3_sae_huggingface_loader(REPOSITORY, case)
    cfg = handle_config_defaulting(cfg)
    sae = SAE.from_dict(cfg)
    sae.load_state_dict(state)
    with torch.no_grad():
        pre = x @ sae.W_enc + sae.b_enc
        assert ((pre - sae.threshold).abs() > 1e-5 * pre.abs()).all(), case
        arrays = {"x": x, "feature_acts": sae.encode(x), "reconstruction": sae(x)}
    arrays = {k: v.contiguous() for k, v in arrays.items()}
    save_file(arrays, folder / case / "io.safetensors", metadata(*PACKAGES))
    said = sae.cfg.metadata
    return {
        "case": case,
        "architecture": cfg["architecture"],
        "model_name": said["model_name"],
        "hook_name": said["hook_name"],
        "hook_name_out": said.get("hook_name_out"),
        "apply_b_dec_to_input": sae.cfg.apply_b_dec_to_input,
        "has_config": with_config,
    }


def main(output):
    folder = Path(output)
    folder.mkdir(parents=True, exist_ok=True)
    serve(folder)
    cases = [write_case(folder, case, facts["config"], seed) for seed, (case, facts) in enumerate(CASES.items())]
    write_json(folder / "cases.json", {"versions": versions(*PACKAGES), "cases": cases})


if __name__ == "__main__":
    main(*sys.argv[1:])
