"""Which of the SAEs that SAELens lists isogloss can use, as a Markdown table.

usage: coverage.py PRETRAINED_SAES.yaml > docs/coverage.md

PRETRAINED_SAES.yaml is `sae_lens/pretrained_saes.yaml` of the sae-lens that tools/golden/requirements.txt pins. An
entry counts as usable if a format that has golden values reads it, its hook point is one that isogloss reads, and
its model is one whose activations isogloss takes from llama.cpp. The rules below are by SAELens' loader; the script
fails if a golden file that a rule names is gone, or if the list has a loader or a model without a rule.
"""

import re
import sys
from collections import Counter
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "sae"

# SAELens' loader: (isogloss' format, or how it becomes one; the golden files that show it).
LOADERS = {
    "sae_lens": ("sae_lens", ["legacy-standard", "jumprelu-sub-none", "gated-sub-none", "topk-sub-none"]),
    "gemma_2": ("gemma_scope", ["gemma_scope", "gemma_scope_sites"]),
    "gemma_2_transcoder": ("gemma_scope", ["gemma_scope_sites"]),
    "gemma_3": ("gemma_scope_2", ["gemma_scope_2"]),
    "llama_scope": ("llama_scope", ["llama_scope"]),
    "sparsify": ("sparsify", ["sparsify"]),
}
# Loaders whose files are PyTorch pickles or lack a configuration: tools/convert_sae.py makes SAELens folders of them.
CONVERTED = {
    "connor_rob_hook_z": ["converted/attention"],
    "deepseek_r1": ["converted/plain"],
    "dictionary_learning_1": ["converted/dictionary_learning-AutoEncoder", "converted/dictionary_learning-BatchTopKSAE"],
    "goodfire": ["converted/goodfire"],
    "mwhanna_transcoder": ["converted/transcoder"],
    "qwen_scope": ["converted/qwen_scope"],
}
NO_FORMAT = {
    "llama_scope_r1_distill": "Llama Scope's later format",
    "mntss_clt_layer_transcoder": "one layer of a cross-layer transcoder",
    "temporal": "its features depend on earlier tokens",
}
# What SAELens' list says of an SAE that isogloss reads from the SAE's own files, if it is there.
HARMLESS_OVERRIDES = {"dataset_path"}
# The beginning of a model's name: llama.cpp's architecture.
MODELS = {
    r"(google/)?gemma-2b": "gemma",
    r"(google/)?gemma-2-": "gemma2",
    r"google/gemma-3-": "gemma3",
    r"gpt2": "gpt2",
    r"pythia": "gptneox",
    r"meta-llama/|deepseek-ai/DeepSeek-R1-Distill-Llama": "llama",
    r"mistral-7b": "llama",
    r"Qwen/Qwen2\.5": "qwen2",
    r"Qwen/Qwen3\.5-35B-A3B": "qwen35moe",
    r"Qwen/Qwen3\.5-": "qwen35",
    r"Qwen/Qwen3-30B-A3B": "qwen3moe",
    r"(Qwen/Qwen3-|qwen3-)": "qwen3",
    r"openai/gpt-oss": "gpt-oss",
}
LAYOUT = (ROOT / "isogloss" / "model" / "graph_layout.cpp").read_text()
FORMATS = (ROOT / "isogloss" / "sae" / "formats.inc").read_text()


def check_rules():
    for name, cases in list(LOADERS.values()) + [("sae_lens", cases) for cases in CONVERTED.values()]:
        assert f"({name})" in FORMATS, f"isogloss has no format {name}"
        for case in cases:
            assert (GOLDEN / case).exists(), f"no golden files {case}"
    for architecture in MODELS.values():
        assert f'{{"{architecture}",' in LAYOUT, f"no hook points are known for {architecture}"


def find(rules, name):
    return next((value for pattern, value in rules.items() if re.match(pattern, name)), None)


def is_completed_by_the_list(release, sae, loader):
    """Whether SAELens applies a setting of its list that SAELens folders lack (Llama Scope's files have the scale)."""
    overrides = {**(release.get("config_overrides") or {}), **(sae.get("config_overrides") or {})}
    return loader == "sae_lens" and ("norm_scaling_factor" in sae or bool(set(overrides) - HARMLESS_OVERRIDES))


def reason_against(loader, release, sae):
    """Why an entry cannot be used; None if it can."""
    model = release["model"]
    if is_completed_by_the_list(release, sae, loader):
        return "SAELens' list has a setting that `cfg.json` lacks: add it there (docs/sae-formats.md)"
    if loader in NO_FORMAT:
        return NO_FORMAT[loader]
    assert loader in LOADERS or loader in CONVERTED, f"no rule for the loader {loader}"
    assert find(MODELS, model), f"no rule for the model {model}"
    return None


def main(path):
    check_rules()
    releases = yaml.safe_load(Path(path).read_text())
    n_entries, usable, against = Counter(), Counter(), Counter()
    for release in releases.values():
        loader = release.get("conversion_func") or "sae_lens"
        for sae in release["saes"]:
            n_entries[loader] += 1
            reason = reason_against(loader, release, sae)
            usable[loader] += 0 if reason else 1
            against[(loader, reason)] += 1 if reason else 0
    write(len(releases), n_entries, usable, +against)


def write(n_releases, n_entries, usable, against):
    total, good = sum(n_entries.values()), sum(usable.values())
    print("# Published SAEs that isogloss can use\n")
    print(f"SAELens lists {total:,} SAEs in {n_releases} releases. isogloss can use {good:,} of them, "
          f"{100 * good / total:.1f} %. An entry\ncounts if its format has golden values, its hook point is read, and its "
          "model's activations are taken from\nllama.cpp. The table is made by a script:\n")
    print("    python3 tools/coverage/coverage.py SITE_PACKAGES/sae_lens/pretrained_saes.yaml > docs/coverage.md\n")
    print("| SAELens' loader | SAEs | usable | read as |\n|---|---|---|---|")
    for loader, n in n_entries.most_common():
        form = LOADERS[loader][0] if loader in LOADERS else "—"
        if loader in CONVERTED:
            form = "`sae_lens`, after `tools/convert_sae.py`"
        elif form != "—":
            form = f"`{form}`"
        print(f"| `{loader}` | {n:,} | {usable[loader]:,} | {form} |")
    print("\nThe others, with the reason:\n\n| loader | SAEs | reason |\n|---|---|---|")
    for (loader, reason), n in against.most_common():
        print(f"| `{loader}` | {n:,} | {reason} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
