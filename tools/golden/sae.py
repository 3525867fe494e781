"""SAEs saved, loaded again and evaluated by SAELens: every architecture and convention isogloss reads.

usage: sae.py OUTPUT_FOLDER

Writes OUTPUT_FOLDER/<case>/{cfg.json, sae_weights.safetensors, io.safetensors} and cases.json.
io: x [n, d_in], feature_acts [n, d_sae] = sae.encode(x), reconstruction [n, d_in] = sae.decode(...).
"""

import json
import sys
from itertools import product
from pathlib import Path

import torch
from safetensors.torch import save_file
from sae_lens import SAE, BatchTopKTrainingSAE, BatchTopKTrainingSAEConfig, JumpReLUTrainingSAE

from golden_io import metadata, versions, write_json

PACKAGES = ("sae-lens", "torch", "safetensors")
torch.set_num_threads(1)  # sums depend on it in the last bit
D_IN, D_SAE, N, K = 15, 47, 9, 6
D_OUT = 11  # of transcoders
N_HEADS = 3  # of attention SAEs
HOOK = "blocks.3.hook_resid_post"
NORMALIZATIONS = ("none", "expected_average_only_in", "constant_norm_rescale", "layer_norm")


def generator(case):
    """A seed of the case's own name: adding a case changes no other."""
    return torch.Generator().manual_seed(sum(ord(c) * 131**i for i, c in enumerate(case)) % 2**31)


def random_weights(case, architecture):
    g = generator(case)
    weights = {
        "W_enc": torch.randn(D_IN, D_SAE, generator=g) / D_IN**0.5,
        "b_enc": torch.randn(D_SAE, generator=g) * 0.1,
        "W_dec": torch.randn(D_SAE, D_IN, generator=g) * torch.linspace(0.1, 0.6, D_SAE)[:, None],
        "b_dec": torch.randn(D_IN, generator=g) * 0.5,
    }
    if architecture == "jumprelu":
        # Some thresholds are negative: such a feature is cut at zero all the same.
        weights["threshold"] = torch.rand(D_SAE, generator=g) * 0.8 - 0.1
    return weights


def gated_weights(case):
    """b_mag and r_mag in b_enc's place; some gates are shut where the magnitude is positive and the other way round."""
    weights, g = random_weights(case, "gated"), generator(case + "/gate")
    weights["b_mag"] = weights.pop("b_enc") + 0.3
    weights["b_gate"] = torch.randn(D_SAE, generator=g) * 0.3
    weights["r_mag"] = torch.randn(D_SAE, generator=g) * 0.4
    return weights


def transcoder_weights(case, architecture):
    """To D_OUT; the biases and thresholds of random_weights."""
    weights, g = random_weights(case, architecture.split("_")[0]), generator(case + "/out")
    weights["W_dec"] = torch.randn(D_SAE, D_OUT, generator=g) * 0.4
    weights["b_dec"] = torch.randn(D_OUT, generator=g)
    if "skip" in architecture:
        weights["W_skip"] = torch.randn(D_OUT, D_IN, generator=g) * 0.3
    return weights


def random_input(case):
    """[N, D_IN]; rows of very different length, the mean away from zero, as residuals are."""
    g = generator(case + "/x")
    return (torch.randn(N, D_IN, generator=g) + 0.3) * torch.logspace(-1, 1.5, N)[:, None]


def build(architecture, weights, hook=HOOK, **options):
    """A SAELens SAE of these weights."""
    cfg = {"architecture": architecture, "d_in": D_IN, "d_sae": len(weights["W_dec"]), **options}
    cfg["metadata"] = {"model_name": "tiny", "hook_name": hook, "prepend_bos": True, "context_size": 64}
    sae = SAE.from_dict(cfg)
    sae.load_state_dict(weights)
    return sae


def write_case(folder, case, x, facts, dtype=None):
    """Loads the saved SAE anew and writes what it answers for x. Returns the entry of cases.json."""
    return write_answers(SAE.load_from_disk(folder / case, dtype=dtype), folder, case, x, facts)


def write_answers(sae, folder, case, x, facts):
    assert facts.get("exact") or clear_of_thresholds(sae, x), case
    with torch.no_grad():
        acts = sae.encode(x)
        reconstruction = sae(x) if "transcoder" in sae.cfg.architecture() else sae.decode(acts)
    x, reconstruction = x.flatten(1), reconstruction.flatten(1)  # an attention SAE's heads
    arrays = {"x": x, "feature_acts": acts, "reconstruction": reconstruction}
    arrays = {k: v.contiguous() for k, v in arrays.items()}
    save_file(arrays, folder / case / "io.safetensors", metadata(*PACKAGES))
    cfg = sae.cfg.to_dict()
    entry = {
        "case": case,
        "architecture": cfg["architecture"],
        "d_in": cfg["d_in"],
        "d_sae": cfg["d_sae"],
        "k": cfg.get("k"),
        "apply_b_dec_to_input": cfg["apply_b_dec_to_input"],
        "normalize_activations": cfg["normalize_activations"],
        "rescale_acts_by_decoder_norm": cfg.get("rescale_acts_by_decoder_norm", False),
        "hook_name": cfg["metadata"].get("hook_name"),
        "mean_l0": (acts > 0).float().sum(1).mean().item(),
        **facts,
    }
    assert 0 < entry["mean_l0"] < entry["d_sae"], case
    return entry


def clear_of_thresholds(sae, x):
    """True when no rounding of the product could change which features fire."""
    with torch.no_grad():
        if sae.cfg.architecture() == "gated":
            product = sae.process_sae_in(x) @ sae.W_enc
            pre = torch.cat([product + sae.b_gate, product * sae.r_mag.exp() + sae.b_mag], dim=1)
            return bool((pre.abs() > 1e-5 * product.abs().mean(1, keepdim=True)).all())
        pre = sae.process_sae_in(x) @ sae.W_enc + sae.b_enc
        if sae.cfg.architecture() == "topk":
            if sae.cfg.rescale_acts_by_decoder_norm:
                pre = pre * sae.W_dec.norm(dim=-1)
            order = pre.sort(dim=1, descending=True).values
            return bool((order[:, K - 1] - order[:, K] > 1e-5 * order[:, 0].abs()).all())
        if sae.cfg.architecture().startswith("jumprelu"):
            return bool(((pre - sae.threshold).abs() > 1e-5 * pre.abs()).all())
        return True


def matrix_cases(folder):
    """Architecture x apply_b_dec_to_input x normalize_activations (x rescale for topk)."""
    for arch, sub, norm, rescale in product(
        ("standard", "jumprelu", "topk"), (True, False), NORMALIZATIONS, (False, True)
    ):
        if rescale and arch != "topk":
            continue
        case = "-".join([arch, "sub" if sub else "nosub", norm] + ["rescale"] * rescale)
        options = {"apply_b_dec_to_input": sub, "normalize_activations": norm}
        if arch == "topk":
            options |= {"k": K, "rescale_acts_by_decoder_norm": rescale}
        build(arch, random_weights(case, arch), **options).save_model(folder / case)
        yield write_case(folder, case, random_input(case), {})


def gated_cases(folder):
    for sub, norm in product((True, False), ("none", "layer_norm")):
        case = "-".join(["gated", "sub" if sub else "nosub", norm])
        sae = build("gated", gated_weights(case), apply_b_dec_to_input=sub, normalize_activations=norm)
        sae.save_model(folder / case)
        yield write_case(folder, case, random_input(case), {})


def transcoder_cases(folder):
    architectures = ("transcoder", "skip_transcoder", "jumprelu_transcoder", "jumprelu_skip_transcoder")
    for architecture, norm in product(architectures, ("none", "constant_norm_rescale")):
        case = "-".join([architecture.replace("_", "-"), norm])
        options = {"d_out": D_OUT, "apply_b_dec_to_input": False, "normalize_activations": norm}
        sae = build(architecture, transcoder_weights(case, architecture), **options)
        sae.cfg.metadata.hook_name_out = "blocks.3.hook_mlp_out"
        sae.save_model(folder / case)
        yield write_case(folder, case, random_input(case), {"hook_name_out": "blocks.3.hook_mlp_out"})


def attention_case(folder):
    """SAELens flattens [heads, d_head]; io holds x and the reconstruction flattened."""
    case = "hook-z"
    sae = build("jumprelu", random_weights(case, "jumprelu"), reshape_activations="hook_z", hook="blocks.3.attn.hook_z")
    sae.save_model(folder / case)
    return write_case(folder, case, random_input(case).unflatten(1, (N_HEADS, -1)), {})


def exact_weights(case):
    """Multiples of 1/8 and inputs of 1/4: every sum is exact in float32, in any order."""
    g = generator(case)
    draw = lambda *shape: torch.randint(-4, 5, shape, generator=g)  # noqa: E731
    weights = {"W_enc": draw(D_IN, D_SAE) / 8, "b_enc": draw(D_SAE) / 32}
    weights |= {"W_dec": draw(D_SAE, D_IN) / 8, "b_dec": draw(D_IN) / 4}
    return weights, draw(N, D_IN) / 4


def exact_jumprelu(folder):
    """Pre-activations exactly at the threshold (silent), one float above (fires) and below (silent)."""
    case = "jumprelu-exact-threshold"
    weights, x = exact_weights(case)
    pre = (x - weights["b_dec"]) @ weights["W_enc"] + weights["b_enc"]
    at = pre[torch.arange(D_SAE) % N, torch.arange(D_SAE)]
    up, down = torch.full((D_SAE,), torch.inf), torch.full((D_SAE,), -torch.inf)
    third = torch.arange(D_SAE) % 3
    weights["threshold"] = torch.where(
        third == 0, at, torch.where(third == 1, torch.nextafter(at, down), torch.nextafter(at, up))
    )
    build("jumprelu", weights).save_model(folder / case)
    return write_case(folder, case, x, {"exact": True})


def exact_standard(folder):
    """Pre-activations that are exactly zero."""
    case = "standard-exact-zero"
    weights, x = exact_weights(case)
    pre = (x - weights["b_dec"]) @ weights["W_enc"]
    weights["b_enc"] = -pre[torch.arange(D_SAE) % N, torch.arange(D_SAE)]
    build("standard", weights).save_model(folder / case)
    return write_case(folder, case, x, {"exact": True})


def tied_topk(folder):
    """Features in identical pairs and k odd: one of a tied pair is kept; which one is torch's choice.

    Sorted values per token and the reconstruction do not depend on that choice."""
    case = "topk-ties"
    weights, x = exact_weights(case)
    for name in ("W_enc", "b_enc", "W_dec"):
        axis = 0 if name == "W_dec" else -1
        pair_member = torch.arange(D_SAE) // 2
        weights[name] = weights[name].index_select(axis, pair_member).contiguous()
    build("topk", weights, k=K - 1).save_model(folder / case)
    return write_case(folder, case, x, {"exact": True, "tied_pairs": True})


def topk_all_negative(folder):
    """k larger than the number of positive pre-activations: the k largest, then ReLU."""
    case = "topk-few-positive"
    weights, x = exact_weights(case)
    weights["b_enc"] -= 1.25
    build("topk", weights, k=D_SAE - 8).save_model(folder / case)
    return write_case(folder, case, x, {"exact": True})


def half_precision(folder, name):
    """Weights stored in half precision, cfg dtype too; evaluated in float32 (load_from_disk(dtype="float32"))."""
    case = f"jumprelu-{name}"
    sae = build("jumprelu", random_weights(case, "jumprelu")).to(dtype=getattr(torch, name))
    sae.save_model(folder / case)
    return write_case(folder, case, random_input(case), {"stored_dtype": name}, dtype="float32")


def half_weights_float_rest(folder):
    """As the demo SAE: matrices in float16, biases and threshold in float32, cfg dtype float32."""
    case = "jumprelu-mixed"
    weights = random_weights(case, "jumprelu")
    build("jumprelu", weights).save_model(folder / case)
    stored = {k: v.to(torch.float16) if k.startswith("W_") else v for k, v in weights.items()}
    save_file(stored, folder / case / "sae_weights.safetensors")
    return write_case(folder, case, random_input(case), {"stored_dtype": "mixed"})


def trained_batchtopk(folder):
    """A training SAE saved by save_inference_model: one threshold for all, architecture jumprelu."""
    case = "batchtopk-inference"
    weights = random_weights(case, "standard")
    sae = BatchTopKTrainingSAE(BatchTopKTrainingSAEConfig(d_in=D_IN, d_sae=D_SAE, k=K))
    sae.load_state_dict({**weights, "topk_threshold": torch.tensor(0.4, dtype=torch.double)})
    sae.cfg.metadata.hook_name = HOOK
    _, cfg_path = sae.save_inference_model(folder / case)
    # SAELens writes this file's keys in random order; the content is kept.
    cfg_path.write_text(json.dumps(json.loads(cfg_path.read_text()), sort_keys=True))
    return write_case(folder, case, random_input(case), {})


def legacy_cfg(**changes):
    """The flat cfg.json of SAELens 3-5."""
    return {
        "architecture": "standard",
        "d_in": D_IN,
        "d_sae": D_SAE,
        "activation_fn_str": "relu",
        "apply_b_dec_to_input": True,
        "finetuning_scaling_factor": False,
        "context_size": 128,
        "model_name": "gpt2-small",
        "hook_name": HOOK,
        "hook_layer": 3,
        "hook_head_index": None,
        "prepend_bos": True,
        "dataset_path": "none",
        "dataset_trust_remote_code": True,
        "normalize_activations": "none",
        "dtype": "float32",
        "device": "cpu",
        "sae_lens_training_version": "3.13.0",
        **changes,
    }


# The oldest layout: no architecture, hook_point, apply_b_dec_to_input absent, boolean normalisation.
OLDEST_CFG = {
    "d_in": D_IN,
    "d_sae": D_SAE,
    "hook_point": HOOK,
    "hook_point_layer": 3,
    "hook_point_head_index": None,
    "model_name": "gpt2-small",
    "normalize_activations": False,
    "dtype": "torch.float32",
    "device": "cpu",
}

LEGACY = {
    "legacy-standard": legacy_cfg(),
    "legacy-standard-hook-point": OLDEST_CFG,
    "legacy-standard-nosub": legacy_cfg(apply_b_dec_to_input=False),
    "legacy-standard-normalize-true": OLDEST_CFG | {"normalize_activations": True},
    "legacy-standard-layer-norm": legacy_cfg(normalize_activations="layer_norm"),
    "legacy-standard-unit-scaling-factor": legacy_cfg(finetuning_scaling_factor=True),
    "legacy-topk": legacy_cfg(activation_fn_str="topk", activation_fn_kwargs={"k": K}),
    "legacy-topk-architecture": legacy_cfg(
        architecture="topk", activation_fn_str="topk", activation_fn_kwargs={"k": K}
    ),
    "legacy-jumprelu": legacy_cfg(architecture="jumprelu", activation_fn_kwargs={}),
}


def legacy_case(folder, case, cfg):
    """cfg.json written by hand in the old layout; SAELens says what it means."""
    weights = random_weights(case, cfg.get("architecture", "standard"))
    if case.endswith("scaling-factor"):
        weights["scaling_factor"] = torch.ones(D_SAE)
    (folder / case).mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / case / "sae_weights.safetensors")
    (folder / case / "cfg.json").write_text(json.dumps(cfg))
    return write_case(folder, case, random_input(case), {"legacy": True})


def legacy_log_threshold(folder):
    """Old training checkpoints hold log(threshold); SAELens turns it by its training SAE's own rule."""
    case = "legacy-jumprelu-log-threshold"
    weights = random_weights(case, "jumprelu")
    weights["log_threshold"] = weights.pop("threshold").abs().log()
    (folder / case).mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / case / "sae_weights.safetensors")
    cfg = legacy_cfg(architecture="jumprelu", activation_fn_kwargs={})
    (folder / case / "cfg.json").write_text(json.dumps(cfg))
    JumpReLUTrainingSAE.process_state_dict_for_loading(None, weights)
    sae = build("jumprelu", weights)
    return write_answers(sae, folder, case, random_input(case), {"legacy": True})


def refused_by_saelens(folder):
    """Old files which SAELens itself no longer loads as inference SAEs: recorded, not kept."""
    trials = {
        "scaling_factor other than one": ("standard", {"scaling_factor": torch.full((D_SAE,), 1.5)}),
        "log_threshold": ("jumprelu", {"log_threshold": torch.zeros(D_SAE)}),
    }
    for what, (architecture, extra) in trials.items():
        weights = random_weights(what, "standard") | extra
        trial = folder / "trial"
        trial.mkdir()
        save_file(weights, trial / "sae_weights.safetensors")
        cfg = legacy_cfg(architecture=architecture, finetuning_scaling_factor=True)
        (trial / "cfg.json").write_text(json.dumps(cfg))
        try:
            SAE.load_from_disk(trial)
            yield {"what": what, "refused": False}
        except Exception as error:  # whatever SAELens raises is the fact recorded here
            yield {"what": what, "refused": True, "error": str(error).replace("\n", " ")[:200]}
        for file in trial.iterdir():
            file.unlink()
        trial.rmdir()


def main(output):
    folder = Path(output)
    folder.mkdir(parents=True, exist_ok=True)
    cases = list(matrix_cases(folder))
    cases += [*gated_cases(folder), *transcoder_cases(folder), attention_case(folder)]
    cases += [exact_jumprelu(folder), exact_standard(folder)]
    cases += [tied_topk(folder), topk_all_negative(folder)]
    cases += [half_precision(folder, "float16"), half_precision(folder, "bfloat16")]
    cases += [half_weights_float_rest(folder), trained_batchtopk(folder)]
    cases += [legacy_case(folder, case, cfg) for case, cfg in LEGACY.items()]
    cases.append(legacy_log_threshold(folder))
    refused = list(refused_by_saelens(folder))
    write_json(folder / "cases.json", {"versions": versions(*PACKAGES), "cases": cases, "refused": refused})


if __name__ == "__main__":
    main(*sys.argv[1:])
