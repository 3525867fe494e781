"""sparsify's folders, saved, loaded again and evaluated by EleutherAI's own SparseCoder.

usage: sparsify_sae.py OUTPUT_FOLDER

Writes OUTPUT_FOLDER/<case>/<module>/{cfg.json, sae.safetensors, io.safetensors} and OUTPUT_FOLDER/cases.json.
io: x [n, d_in], feature_acts [n, num_latents] from encode(x), reconstruction [n, d_in] from forward(x).
"""

import os
import sys
from pathlib import Path

os.environ["SPARSIFY_DISABLE_TRITON"] = "1"  # read at import; there is no GPU
import torch
from safetensors.torch import save_file
from sparsify.config import SparseCoderConfig
from sparsify.sparse_coder import SparseCoder

from golden_io import metadata, versions, write_json

PACKAGES = ("eai-sparsify", "torch", "safetensors")
torch.set_num_threads(1)
D_IN, N, K = 12, 8, 5
CASES = {
    "topk/layers.3": {"num_latents": 45},
    "expansion/layers.0": {"expansion_factor": 3, "normalize_decoder": False},
    "groupmax/layers.3.mlp": {"num_latents": 45, "activation": "groupmax"},
    "transcode/layers.3.mlp": {"num_latents": 45, "transcode": True},
    "skip/layers.3.mlp": {"num_latents": 45, "transcode": True, "skip_connection": True},
}


def random_coder(case, options, generator):
    """`topk` is stored in half precision and evaluated in float32."""
    coder = SparseCoder(D_IN, SparseCoderConfig(k=K, **options))
    with torch.no_grad():
        for parameter in coder.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.3)
        if case.startswith("topk"):
            coder = coder.to(torch.bfloat16)
    return coder


def clear_of_ties(pre):
    order = pre.sort(dim=1, descending=True).values
    return bool((order[:, K - 1] - order[:, K] > 1e-5 * order[:, 0].abs()).all())


def write_case(folder, case, options, seed):
    generator = torch.Generator().manual_seed(seed)
    random_coder(case, options, generator).save_to_disk(folder / case)
    coder = SparseCoder.load_from_disk(folder / case).to(torch.float32)
    x = (torch.randn(N, D_IN, generator=generator) + 0.3) * torch.logspace(-1, 1, N)[:, None]
    with torch.no_grad():
        values, indices, pre = coder.encode(x)
        assert clear_of_ties(pre), case
        acts = torch.zeros_like(pre).scatter_(1, indices, values)
        reconstruction = coder(x).sae_out
    arrays = {"x": x, "feature_acts": acts, "reconstruction": reconstruction}
    save_file({k: v.contiguous() for k, v in arrays.items()}, folder / case / "io.safetensors", metadata(*PACKAGES))
    return {"case": case, **coder.cfg.to_dict(), "d_in": D_IN, "n_features": coder.num_latents}


def main(output):
    folder = Path(output)
    cases = [write_case(folder, case, options, seed) for seed, (case, options) in enumerate(CASES.items())]
    write_json(folder / "cases.json", {"versions": versions(*PACKAGES), "cases": cases})


if __name__ == "__main__":
    main(*sys.argv[1:])
