"""The SAEs that SAELens lists, as data/published-saes.tsv, by which `--sae RELEASE/ID` finds them.

usage: make_table.py PRETRAINED_SAES.yaml > data/published-saes.tsv

PRETRAINED_SAES.yaml is `sae_lens/pretrained_saes.yaml` of the sae-lens that tools/golden/requirements.txt pins.
A line that begins a release has its name, repository, loader and model, and as JSON the settings that SAELens applies
to its SAEs beside those of their files. The lines after it, which begin with a tab, have an SAE's id, its path in the
repository ("=" if that is the id), its L0, its Neuronpedia id and its scaling factor, as far as they are known.
"""

import json
import sys
from pathlib import Path

import yaml

# What says nothing of how activations are encoded.
IRRELEVANT = {"dataset_path", "model_name", "hook_name"}
# What isogloss applies (isogloss/inputs/published_settings.cpp).
APPLIED = {"model_from_pretrained_kwargs", "normalize_activations"}


def settings_of(name, release):
    overrides = release.get("config_overrides") or {}
    settings = {key: value for key, value in overrides.items() if key not in IRRELEVANT}
    assert set(settings) <= APPLIED, f"{name}: no rule for {settings}"
    return json.dumps(settings) if settings else ""


def text(value):
    return "" if value is None else str(value)


def main(path):
    releases = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    for name, release in releases.items():
        loader = release.get("conversion_func") or "sae_lens"
        print(name, release["repo_id"], loader, release["model"], settings_of(name, release), sep="\t")
        for sae in release["saes"]:
            path = "=" if sae["path"] == sae["id"] else sae["path"]
            print("", sae["id"], path, text(sae.get("l0")), text(sae.get("neuronpedia")),
                  text(sae.get("norm_scaling_factor")), sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
