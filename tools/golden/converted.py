"""SAEs in PyTorch pickles: made, converted by tools/convert_sae.py, and evaluated by their own code.

usage: converted.py OUTPUT_FOLDER

Writes OUTPUT_FOLDER/<case>/{cfg.json, sae_weights.safetensors} as the converter does, io.safetensors, and cases.json.
The pickles are not kept. dictionary_learning's classes are its package's, loaded by its load_dictionary (nnsight,
which it needs only to run models, is left out). Qwen Scope's, Goodfire's, the attention SAEs' and the transcoders'
answers are SAELens' loaders'. OpenAI's package is not in the registry; its formula is written out.
io: x [n, d_in], feature_acts [n, d_sae], reconstruction [n, d_out].
"""

import json
import sys
import tempfile
from pathlib import Path
from unittest.mock import MagicMock

import torch
from safetensors.torch import save_file
from sae_lens import SAE
from sae_lens.loading import pretrained_sae_loaders as loaders
from sae_lens.loading.pretrained_sae_loaders import handle_config_defaulting

from golden_io import metadata, versions, write_json

sys.modules["nnsight"] = MagicMock()
from dictionary_learning import dictionary, utils  # noqa: E402
from dictionary_learning.trainers.batch_top_k import BatchTopKSAE  # noqa: E402
from dictionary_learning.trainers.matryoshka_batch_top_k import MatryoshkaBatchTopKSAE  # noqa: E402
from dictionary_learning.trainers.top_k import AutoEncoderTopK  # noqa: E402

sys.path.append(str(Path(__file__).parents[1]))
from convert_sae import convert  # noqa: E402

PACKAGES = ("dictionary-learning", "sae-lens", "torch", "safetensors")
torch.set_num_threads(1)
D, D_SAE, N, K = 10, 28, 8, 4
HOOK = "blocks.5.hook_resid_post"


def random_state(state, generator):
    """The same names and shapes, with random values; scalars become a threshold, integers stay."""
    filled = {}
    for name, tensor in state.items():
        if not tensor.is_floating_point():
            filled[name] = tensor
        elif name == "threshold":
            filled[name] = torch.rand(tensor.shape, generator=generator) * 0.6 + 0.1
        else:
            filled[name] = torch.randn(tensor.shape, generator=generator) * 0.4
    return filled


def dictionaries():
    return {
        "AutoEncoder": dictionary.AutoEncoder(D, D_SAE),
        "AutoEncoderNew": dictionary.AutoEncoderNew(D, D_SAE),
        "GatedAutoEncoder": dictionary.GatedAutoEncoder(D, D_SAE),
        "JumpReluAutoEncoder": dictionary.JumpReluAutoEncoder(D, D_SAE),
        "AutoEncoderTopK": AutoEncoderTopK(D, D_SAE, K),
        "BatchTopKSAE": BatchTopKSAE(D, D_SAE, K),
        "MatryoshkaBatchTopKSAE": MatryoshkaBatchTopKSAE(D, D_SAE, K, [8, 20]),
    }


def dictionary_learning(folder, kind, sae, x, generator):
    """Returns the source and what load_dictionary's SAE answers."""
    trainer = {"dict_class": kind, "activation_dim": D, "dict_size": D_SAE, "k": K, "layer": 5, "lm_name": "tiny"}
    (folder / "config.json").write_text(json.dumps({"trainer": trainer, "buffer": {"ctx_len": 64}}))
    torch.save(random_state(sae.state_dict(), generator), folder / "ae.pt")
    loaded, _ = utils.load_dictionary(str(folder), "cpu")
    acts = loaded.encode(x)
    return folder, acts, loaded.decode(acts)


def draw(generator, *shape):
    return torch.randn(*shape, generator=generator) * 0.4


def by_sae_lens(cfg, state, x, **changes):
    sae = SAE.from_dict(handle_config_defaulting(cfg | {"d_in": D, "d_sae": D_SAE} | changes))
    sae.load_state_dict({name: tensor.contiguous() for name, tensor in state.items()})
    return sae.encode(x), sae(x)


def qwen_scope(folder, x, generator):
    source = folder / f"SAE-Res-Qwen3-1.7B-Base-W32K-L0_{K}" / "layer5.sae.pt"
    source.parent.mkdir()
    shapes = {"W_enc": (D_SAE, D), "W_dec": (D, D_SAE), "b_enc": (D_SAE,), "b_dec": (D,)}
    torch.save({name: draw(generator, *shape) for name, shape in shapes.items()}, source)
    loaders.hf_hub_download = lambda **_: source
    cfg, state, _ = loaders.qwen_scope_sae_huggingface_loader("Qwen/" + source.parent.name, source.name)
    return source, *by_sae_lens(cfg, state, x)


def goodfire(folder, x, generator):
    source = folder / "Llama-3.1-8B-Instruct-SAE-l19.pth"
    torch.save({"encoder_linear.weight": draw(generator, D_SAE, D), "encoder_linear.bias": draw(generator, D_SAE),
                "decoder_linear.weight": draw(generator, D, D_SAE), "decoder_linear.bias": draw(generator, D)}, source)
    loaders.hf_hub_download = lambda **_: source
    cfg, state, _ = loaders.get_goodfire_huggingface_loader("Goodfire/Llama-3.1-8B-Instruct-SAE-l19", source.name)
    return source, *by_sae_lens(cfg, state, x)


def plain(folder, x, generator):
    source = folder / "DeepSeek-R1-Distill-Llama-8B-SAE-l19.pt"
    torch.save({"encoder.weight": draw(generator, D_SAE, D), "encoder.bias": draw(generator, D_SAE),
                "decoder.weight": draw(generator, D, D_SAE), "decoder.bias": draw(generator, D)}, source)
    loaders.hf_hub_download = lambda **_: source
    cfg, state, _ = loaders.deepseek_r1_sae_huggingface_loader("", source.name)
    return source, *by_sae_lens(cfg, state, x, dtype="float32")


def attention(folder, x, generator):
    source = folder / "gpt2-small_L5_Hcat_z_v9.pt"
    shapes = {"W_enc": (D, D_SAE), "W_dec": (D_SAE, D), "b_enc": (D_SAE,), "b_dec": (D,)}
    torch.save({name: draw(generator, *shape) for name, shape in shapes.items()}, source)
    cfg_file = folder / "gpt2-small_L5_Hcat_z_v9_cfg.json"
    cfg_file.write_text(json.dumps({"act_size": D, "dict_size": D_SAE, "act_name": "blocks.5.attn.hook_z"}))
    loaders.hf_hub_download = lambda repo_id="", filename="", **_: folder / filename
    cfg, state, _ = loaders.connor_rob_hook_z_huggingface_loader("", source.name)
    return source, *by_sae_lens(cfg, state, x, reshape_activations="none")


def transcoder(folder, x, generator):
    source = folder / "layer_5.safetensors"
    save_file({"W_enc": draw(generator, D_SAE, D), "b_enc": draw(generator, D_SAE),
               "W_dec": draw(generator, D_SAE, D), "b_dec": draw(generator, D)}, source)
    facts = {"d_model": D, "d_feature": D_SAE, "batch_size": 64}
    lines = [f"{key}:\n  value: {value}" for key, value in facts.items()]
    (folder / "wandb-config.yaml").write_text("\n".join(lines))
    (folder / "config.yaml").write_text("model_name: tiny\n")
    loaders.hf_hub_download = lambda repo_id="", filename="", **_: folder / filename
    cfg, state, _ = loaders.mwhanna_transcoder_huggingface_loader("", source.name)
    return source, *by_sae_lens(cfg, state, x)


def openai(folder, activation, x, generator):
    source = folder / "5.pt"
    state = {"pre_bias": draw(generator, D), "latent_bias": draw(generator, D_SAE),
             "encoder.weight": draw(generator, D_SAE, D), "decoder.weight": draw(generator, D, D_SAE)}
    settings = {"k": K, "postact_fn": "ReLU"} if activation == "TopK" else {}
    torch.save(state | {"activation": activation, "activation_state_dict": settings}, source)
    mean, std = torch.zeros(1), torch.ones(1)
    if activation == "TopK":
        mean, std = x.mean(-1, keepdim=True), x.std(-1, keepdim=True)
        x = (x - mean) / (std + 1e-5)
    acts = ((x - state["pre_bias"]) @ state["encoder.weight"].T + state["latent_bias"])
    if activation == "TopK":
        kept = acts.topk(K, dim=-1)
        acts = torch.zeros_like(acts).scatter(-1, kept.indices, kept.values)
    acts = acts.relu()
    return source, acts, (acts @ state["decoder.weight"].T + state["pre_bias"]) * std + mean


def cases():
    for kind, sae in dictionaries().items():
        yield f"dictionary_learning-{kind}", lambda *a, kind=kind, sae=sae: dictionary_learning(a[0], kind, sae, *a[1:])
    for activation in ("TopK", "ReLU"):
        yield f"openai-{activation}", lambda *a, activation=activation: openai(a[0], activation, *a[1:])
    yield from {"qwen_scope": qwen_scope, "goodfire": goodfire, "plain": plain, "attention": attention,
                "transcoder": transcoder}.items()


@torch.no_grad()
def write_case(root, case, make, seed):
    generator = torch.Generator().manual_seed(seed)
    x = (torch.randn(N, D, generator=generator) + 0.3) * torch.logspace(-0.5, 1, N)[:, None]
    needs_hook = case.startswith(("openai", "goodfire", "plain"))
    with tempfile.TemporaryDirectory() as folder:
        source, acts, reconstruction = make(Path(folder), x, generator)
        cfg = convert(source, root / case, hook=HOOK if needs_hook else None)
    arrays = {"x": x, "feature_acts": acts, "reconstruction": reconstruction}
    save_file({k: v.contiguous() for k, v in arrays.items()}, root / case / "io.safetensors", metadata(*PACKAGES))
    SAE.load_from_disk(root / case)  # SAELens reads what was written
    mean_l0 = (acts > 0).float().sum(1).mean().item()
    assert 0 < mean_l0 < D_SAE, case
    return {"case": case, "architecture": cfg["architecture"], "mean_l0": mean_l0}


def main(output):
    root = Path(output)
    entries = [write_case(root, case, make, seed) for seed, (case, make) in enumerate(cases())]
    write_json(root / "cases.json", {"versions": versions(*PACKAGES), "cases": entries})


if __name__ == "__main__":
    main(*sys.argv[1:])
