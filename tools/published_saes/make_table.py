"""Writes data/published-saes.tsv: the SAEs that SAELens lists, as isogloss looks them up by name.

usage: make_table.py SITE_PACKAGES/sae_lens/pretrained_saes.yaml > data/published-saes.tsv
needs PyYAML; the package is the sae-lens that tools/golden/requirements.txt pins

Releases are sorted by name. A line that begins with "@" is a release: its name, SAELens' loader, the repository, the
model, and the settings that only the list has ("center_writing_weights=true normalize_activations=…"). The lines after
it are its SAEs: id, path in the repository (empty if it is the id), hook point (empty if only the SAE's own file says
it), what a transcoder predicts, expected L0, Neuronpedia id, and norm_scaling_factor, each empty if unknown.
"""

import re
import sys
from pathlib import Path

import yaml

SUPPORTED_OVERRIDES = {"model_from_pretrained_kwargs", "normalize_activations"}
# What the list says beside the settings: a data set's name changes nothing, the others have columns of their own.
OTHER_OVERRIDES = {"dataset_path", "model_name", "hook_name"}
LETTERS = {"r": "hook_resid_post", "m": "hook_mlp_out", "a": "hook_attn_out"}


def layer_in(text, pattern=r"layer_?(\d+)"):
    found = re.search(pattern, text)
    return found[1] if found else None


def named_hook(sae_id):
    """A TransformerLens name at the beginning of an SAE's id."""
    found = re.match(r"blocks\.\d+\.(attn\.)?hook_(resid_pre|resid_mid|resid_post|mlp_out|attn_out|z)", sae_id)
    return found[0].replace(".hook_z", ".attn.hook_z").replace("attn.attn.", "attn.") if found else ""


def gemma_2(release, sae):
    if "embedding" in sae["path"]:
        return "blocks.0.hook_resid_pre", ""
    sites = {"res": "hook_resid_post", "mlp": "hook_mlp_out", "att": "attn.hook_z"}
    site = re.search(r"-(?:pt|it)-(\w+)", release["repo_id"])[1]
    return f"blocks.{layer_in(sae['path'])}.{sites[site]}", ""


def gemma_3(_, sae):
    layer, site = layer_in(sae["path"]), sae["path"].split("/")[0].removesuffix("_all")
    if site in ("transcoder", "clt"):
        return f"blocks.{layer}.mlp.hook_in", f"blocks.{layer}.hook_mlp_out"
    sites = {"resid_post": "hook_resid_post", "mlp_out": "hook_mlp_out", "attn_out": "attn.hook_z"}
    return f"blocks.{layer}.{sites[site]}", ""


def llama_scope(_, sae):
    layer, letter = re.match(r"l(\d+)([rma])_", sae["id"]).groups()
    return f"blocks.{layer}.{LETTERS[letter]}", ""


def residual(_, sae):
    layer = layer_in(sae["id"])
    return named_hook(sae["id"]) or f"blocks.{layer}.hook_resid_post", ""


def transcoder(site):
    return lambda _, sae: (f"blocks.{layer_in(sae['id'])}.{site}", f"blocks.{layer_in(sae['id'])}.hook_mlp_out")


def by_name(_, sae):
    return named_hook(sae["id"]), ""


# As the loader of that name in sae_lens/loading/pretrained_sae_loaders.py has it, in isogloss' names.
HOOKS = {
    "sae_lens": by_name,
    "connor_rob_hook_z": by_name,
    "temporal": by_name,
    "gemma_2": gemma_2,
    "gemma_2_transcoder": transcoder("ln2.hook_normalized"),
    "gemma_3": gemma_3,
    "llama_scope": llama_scope,
    "llama_scope_r1_distill": llama_scope,
    "dictionary_learning_1": residual,
    "deepseek_r1": residual,
    "goodfire": residual,
    "qwen_scope": residual,
    "mwhanna_transcoder": transcoder("mlp.hook_in"),
    "mntss_clt_layer_transcoder": transcoder("hook_mlp_in"),
}


def settings_of(release):
    overrides = release.get("config_overrides") or {}
    unknown = set(overrides) - SUPPORTED_OVERRIDES - OTHER_OVERRIDES
    assert not unknown, f"{release['repo_id']}: what do {unknown} change?"
    arguments = overrides.get("model_from_pretrained_kwargs", {})
    assert set(arguments) <= {"center_writing_weights"}, arguments
    settings = {key: str(value).lower() for key, value in arguments.items()}
    if "normalize_activations" in overrides:
        settings["normalize_activations"] = overrides["normalize_activations"]
    return " ".join(f"{key}={value}" for key, value in settings.items())


def number(value):
    return "" if value is None else repr(float(value)).removesuffix(".0")


def expected_l0(sae):
    """Gemma Scope's canonical SAEs have it in their path alone."""
    if "l0" in sae:
        return number(sae["l0"])
    return layer_in(str(sae["path"]), r"average_l0_(\d+)$") or ""


def sae_row(release, loader, sae):
    path = str(sae["path"])
    hook, hook_out = HOOKS[loader](release, {**sae, "path": path})
    cells = [sae["id"], "" if path == sae["id"] else path, hook, hook_out, expected_l0(sae),
             sae.get("neuronpedia") or "", number(sae.get("norm_scaling_factor"))]
    return "\t".join(cells).rstrip("\t")


def main(path):
    releases = yaml.load(Path(path).read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    print("# The SAEs that sae-lens 6.54.12 lists, made by tools/published_saes/make_table.py, which says what is where.")
    for name, release in sorted(releases.items()):
        loader = release.get("conversion_func") or "sae_lens"
        cells = ["@" + name, loader, release["repo_id"], release["model"], settings_of(release)]
        print("\t".join(cells).rstrip("\t"))
        for sae in release["saes"]:
            print(sae_row(release, loader, sae))


if __name__ == "__main__":
    main(*sys.argv[1:])
