#!/usr/bin/env python3
"""Writes an SAE that lies in a PyTorch pickle, or in a single safetensors file, as a SAELens folder.

usage: tools/convert_sae.py SOURCE OUTPUT [--k K] [--model NAME] [--hook HOOK] [--hook-out HOOK]
needs torch, safetensors

SOURCE is one of these, told apart by its tensors' names and by the files beside it:
  dictionary_learning   ae.pt beside config.json, or their folder; every dict_class
  Qwen Scope            layerN.sae.pt; k from the repository's name in the path, or --k
  OpenAI                N.pt with pre_bias and latent_bias; give --hook
  Goodfire              encoder_linear.* and decoder_linear.*; give --hook
  a plain autoencoder   encoder.* and decoder.* with both biases, b_dec not subtracted; give --hook
  attention SAEs        gpt2-small_L…_Hcat_z_….pt (ckkissane) with its …_cfg.json
  a transcoder          layer_N.safetensors with W_enc [d_sae, d_in] (mwhanna)

A pickle is read with torch.load(weights_only=True), which runs no code. Every convention is recorded in OUTPUT's
cfg.json under metadata.conventions; what a source does not say is left out.
"""

import argparse
import json
import pathlib
import re
import sys

import torch
from safetensors.torch import load_file, save_file


class Refused(Exception):
    """The source is not what it must be; the message says why and what to do."""


def topk(k, subtracts):
    return {"architecture": "topk", "k": int(k), "apply_b_dec_to_input": subtracts}


def jumprelu(subtracts):
    return {"architecture": "jumprelu", "apply_b_dec_to_input": subtracts}


def take(state, *names):
    """The first of `names` that the source has."""
    for name in names:
        if name in state:
            return state[name]
    raise Refused(f"has no tensor {' or '.join(names)}, only: {', '.join(state)}")


def linear(state, encoder="encoder", decoder="decoder"):
    """torch.nn.Linear holds [out, in]."""
    return {"W_enc": state[f"{encoder}.weight"].T, "W_dec": state[f"{decoder}.weight"].T}


def unit_decoder(weights):
    """As dictionary_learning's AutoEncoder.from_pretrained does when it loads one."""
    norms = weights["W_dec"].norm(dim=1)
    if torch.allclose(norms, torch.ones_like(norms)):
        return weights, "rows of W_dec have length 1"
    weights["W_dec"] = weights["W_dec"] / norms[:, None]
    weights["W_enc"] = weights["W_enc"] * norms
    weights["b_enc"] = weights["b_enc"] * norms
    return weights, "the lengths of W_dec's rows are folded into the encoder, as dictionary_learning does on loading"


def dictionary_learning(state, config):
    trainer = config["trainer"]
    kind = trainer["dict_class"]
    if "encoder.weight" in state:
        weights = linear(state)
    else:
        weights = {"W_enc": take(state, "W_enc"), "W_dec": take(state, "W_dec")}
    weights["b_dec"] = take(state, "b_dec", "bias", "decoder_bias", "decoder.bias")
    conventions = {"trainer": f"dictionary_learning, {kind}"}
    if kind == "GatedAutoEncoder":
        weights |= {"b_gate": state["gate_bias"], "b_mag": state["mag_bias"], "r_mag": state["r_mag"]}
        cfg = {"architecture": "gated", "apply_b_dec_to_input": True}
    else:
        weights["b_enc"] = take(state, "b_enc", "encoder.bias")
        if kind == "AutoEncoder":
            cfg = {"architecture": "standard", "apply_b_dec_to_input": True}
            weights, conventions["decoder_norm"] = unit_decoder(weights)
        elif kind == "AutoEncoderNew":
            cfg = {"architecture": "standard", "apply_b_dec_to_input": False}
        elif kind == "AutoEncoderTopK":
            cfg = topk(trainer["k"], True)
        elif kind in ("BatchTopKSAE", "MatryoshkaBatchTopKSAE"):
            cfg = jumprelu(True)
            weights["threshold"] = state["threshold"].expand_as(weights["b_enc"])
            conventions["threshold"] = "the one that training kept for inference"
        elif kind == "JumpReluAutoEncoder":
            cfg = jumprelu(False)
            weights["threshold"] = state["threshold"]
        else:
            raise Refused(f"dict_class {kind} is not supported")
    facts = {"model_name": trainer.get("lm_name"), "context_size": config.get("buffer", {}).get("ctx_len")}
    site = trainer.get("submodule_name") or "resid_post"
    if site.startswith("resid_post") and trainer.get("layer") is not None:
        facts["hook_name"] = f"blocks.{trainer['layer']}.hook_resid_post"
    return cfg, weights, facts, conventions


def qwen_scope(state, path, k):
    name = re.search(r"SAE-Res-(.+)-W\d+K-L0_(\d+)", str(path.resolve()))
    if k is None and name is None:
        raise Refused("k is not known: keep the repository's name in the path (SAE-Res-…-L0_50), or give --k")
    weights = {"W_enc": state["W_enc"].T, "W_dec": state["W_dec"].T, "b_enc": state["b_enc"], "b_dec": state["b_dec"]}
    layer = re.match(r"layer(\d+)", path.name)[1]
    facts = {"hook_name": f"blocks.{layer}.hook_resid_post"}
    if name:
        facts["model_name"] = f"Qwen/{name[1]}"
    source = "--k" if k is not None else "the repository's name"
    return topk(k if k is not None else name[2], False), weights, facts, {"trainer": "Qwen Scope", "k": source}


def openai(state):
    encoder = state["encoder.weight"]
    weights = {
        "W_enc": encoder.T,
        "W_dec": state["decoder.weight"].T if "decoder.weight" in state else encoder,
        "b_enc": state["latent_bias"],
        "b_dec": state["pre_bias"],
    }
    activation = state.get("activation", "ReLU")
    conventions = {"trainer": "OpenAI's sparse_autoencoder", "activation": activation}
    if "decoder.weight" not in state:
        conventions["decoder"] = "tied to the encoder"
    if activation == "ReLU":
        return {"architecture": "standard", "apply_b_dec_to_input": True}, weights, {}, conventions
    settings = state.get("activation_state_dict", {})
    if activation != "TopK" or settings.get("postact_fn", "ReLU") != "ReLU":
        raise Refused(f"activation {activation} {settings} is not supported; ReLU and TopK are")
    conventions["normalize_activations"] = "TopK stands for layer_norm of the input, as its authors' code has it"
    cfg = topk(settings["k"], True) | {"normalize_activations": "layer_norm"}
    return cfg, weights, {}, conventions


def plain(state, encoder, decoder, trainer):
    weights = linear(state, encoder, decoder)
    weights |= {"b_enc": take(state, f"{encoder}.bias"), "b_dec": take(state, f"{decoder}.bias")}
    return {"architecture": "standard", "apply_b_dec_to_input": False}, weights, {}, {"trainer": trainer}


def attention(state, config):
    weights = {name: state[name] for name in ("W_enc", "W_dec", "b_enc", "b_dec")}
    cfg = {"architecture": "standard", "apply_b_dec_to_input": True, "reshape_activations": "hook_z"}
    facts = {"model_name": "gpt2-small", "hook_name": config["act_name"], "prepend_bos": True, "context_size": 128}
    return cfg, weights, facts, {"trainer": "ckkissane's attention SAEs"}


def transcoder(state, path):
    weights = {"W_enc": state["W_enc"].T, "W_dec": state["W_dec"], "b_enc": state["b_enc"], "b_dec": state["b_dec"]}
    cfg = {"architecture": "transcoder", "apply_b_dec_to_input": False, "d_out": weights["W_dec"].shape[1]}
    if "W_skip" in state:
        cfg["architecture"] = "skip_transcoder"
        weights["W_skip"] = state["W_skip"]
    facts = {}
    layer = re.search(r"layer_(\d+)", path.name)
    if layer:
        facts = {"hook_name": f"blocks.{layer[1]}.mlp.hook_in", "hook_name_out": f"blocks.{layer[1]}.hook_mlp_out"}
    return cfg, weights, facts, {"trainer": "single-layer transcoders with W_enc [d_sae, d_in]"}


def json_beside(path, name):
    file = path.with_name(name)
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def understand(path, state, k):
    config = json_beside(path, "config.json")
    if "dict_class" in config.get("trainer", {}):
        return dictionary_learning(state, config)
    if "pre_bias" in state and "latent_bias" in state:
        return openai(state)
    if "encoder_linear.weight" in state:
        return plain(state, "encoder_linear", "decoder_linear", "Goodfire")
    if "encoder.weight" in state and "decoder.bias" in state:
        return plain(state, "encoder", "decoder", "a plain autoencoder")
    if re.fullmatch(r"layer\d+\.sae\.pt", path.name):
        return qwen_scope(state, path, k)
    settings = json_beside(path, path.stem + "_cfg.json")
    if "act_name" in settings:
        return attention(state, settings)
    if path.suffix == ".safetensors" and "W_enc" in state:
        return transcoder(state, path)
    raise Refused(f"is of no kind that is known (--help lists them); its tensors: {', '.join(map(str, state))}")


def load(path):
    if path.suffix == ".safetensors":
        return load_file(path)
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # torch raises many kinds; its advice to load the rest too is not passed on
        raise Refused("is damaged, or holds more than tensors and plain values, which could run code; fetch it "
                      "again, or ask its maker for safetensors") from error
    if not isinstance(state, dict):
        raise Refused(f"holds a {type(state).__name__}, not a dictionary of tensors")
    return state


def check(weights, architecture):
    """Sizes, told before anything is written."""
    d_sae, d_out = weights["W_dec"].shape
    if weights["W_enc"].shape[1] != d_sae or weights["b_dec"].shape != (d_out,):
        shapes = {name: list(tensor.shape) for name, tensor in weights.items()}
        raise Refused(f"shapes do not fit together: {shapes}")
    if weights["W_enc"].shape[0] != d_out and "transcoder" not in architecture:
        raise Refused(f"reads {weights['W_enc'].shape[0]} numbers and writes {d_out}: is it a transcoder?")


def convert(source, output, k=None, model=None, hook=None, hook_out=None):
    path = source / "ae.pt" if source.is_dir() else source
    cfg, weights, facts, conventions = understand(path, load(path), k)
    check(weights, cfg["architecture"])
    facts |= {key: value for key, value in
              {"model_name": model, "hook_name": hook, "hook_name_out": hook_out}.items() if value}
    d_in, d_sae = weights["W_enc"].shape
    metadata = {"sae_lens_version": "6.0.0", **{key: value for key, value in facts.items() if value is not None}}
    metadata["conventions"] = conventions | {"converted_by": "isogloss tools/convert_sae.py", "from": path.name}
    settings = {"normalize_activations": "none", "reshape_activations": "none", "dtype": "float32", "device": "cpu"}
    settings |= {"d_in": d_in, "d_sae": d_sae} | cfg | {"metadata": metadata}
    output.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.float().contiguous().clone() for name, tensor in weights.items()},
              output / "sae_weights.safetensors")
    (output / "cfg.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    return settings


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--k", type=int, help="features that fire per token, for TopK")
    parser.add_argument("--model", help="the model's name, for cfg.json")
    parser.add_argument("--hook", help="where the SAE reads, e.g. blocks.8.hook_resid_post")
    parser.add_argument("--hook-out", help="what a transcoder predicts")
    words = parser.parse_args()
    try:
        settings = convert(words.source, words.output, words.k, words.model, words.hook, words.hook_out)
    except Refused as refusal:
        sys.exit(f"{words.source}: {refusal}")
    except KeyError as name:
        sys.exit(f"{words.source}: neither its tensors nor its settings have {name}, which its kind needs")
    except OSError as error:
        sys.exit(str(error))
    print(json.dumps({key: value for key, value in settings.items() if key != "device"}, indent=2))
    if "hook_name" not in settings["metadata"]:
        print("the source does not say where the SAE reads: give --hook here or to isogloss", file=sys.stderr)


if __name__ == "__main__":
    main()
