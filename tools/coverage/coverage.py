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
    "llama_scope_r1_distill": ("llama_scope_r1", ["llama_scope_r1"]),
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
    "mntss_clt_layer_transcoder": "one layer of a cross-layer transcoder",
    "temporal": "its features depend on earlier tokens",
}
# What SAELens' list says beside names and places, and what isogloss does with it: nothing, or what
# isogloss/published/settings.cpp says if the SAE is called by its name.
HARMLESS = {"dataset_path"}
APPLIED = {"model_from_pretrained_kwargs", "normalize_activations"}
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


def overrides_of(release, sae):
    return set(release.get("config_overrides") or {}) | set(sae.get("config_overrides") or {})


def is_completed_by_the_list(release, sae, loader):
    """Whether SAELens applies a setting of its list that the SAE's files lack (Llama Scope's files have the scale)."""
    return loader == "sae_lens" and ("norm_scaling_factor" in sae or not overrides_of(release, sae).isdisjoint(APPLIED))


def reason_against(loader, release, sae):
    """Why an entry cannot be used; None if it can."""
    model = release["model"]
    if loader in NO_FORMAT:
        return NO_FORMAT[loader]
    unknown = overrides_of(release, sae) - HARMLESS - APPLIED
    assert not unknown, f"no rule for the settings {unknown}"
    assert loader in LOADERS or loader in CONVERTED, f"no rule for the loader {loader}"
    assert find(MODELS, model), f"no rule for the model {model}"
    return None


def main(path):
    check_rules()
    releases = yaml.safe_load(Path(path).read_text())
    n_entries, usable, against, n_by_name = Counter(), Counter(), Counter(), 0
    for release in releases.values():
        loader = release.get("conversion_func") or "sae_lens"
        for sae in release["saes"]:
            n_entries[loader] += 1
            reason = reason_against(loader, release, sae)
            usable[loader] += 0 if reason else 1
            n_by_name += 1 if not reason and is_completed_by_the_list(release, sae, loader) else 0
            against[(loader, reason)] += 1 if reason else 0
    write(len(releases), n_entries, usable, +against, n_by_name)


def write(n_releases, n_entries, usable, against, n_by_name):
    total, good = sum(n_entries.values()), sum(usable.values())
    print("# Published SAEs that isogloss can use\n")
    print(f"SAELens lists {total:,} SAEs in {n_releases} releases. isogloss can use {good:,} of them, "
          f"{100 * good / total:.1f} %. An entry\ncounts if its format has golden values, its hook point is read, and "
          "its model's activations are taken from\nllama.cpp. Each is [called by its name](sae-formats.md"
          f"#published-saes-by-name) in SAELens' list. For {n_by_name} of them,\nthe list has a setting that their files "
          "lack, and that is applied to SAEs called by name. Those to be converted are\nfetched by name, and the line "
          "that converts them is printed. The table is made by a script:\n")
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
