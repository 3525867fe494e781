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
# Loaders whose files are PyTorch pickles: tools/convert_sae.py makes SAELens folders of them.
CONVERTED = {
    "dictionary_learning_1": ["dictionary_learning"],
    "qwen_scope": ["qwen_scope"],
}
NO_FORMAT = {
    "connor_rob_hook_z": "a pickle with a configuration of its own",
    "deepseek_r1": "a pickle without a configuration",
    "goodfire": "a pickle without a configuration",
    "llama_scope_r1_distill": "Llama Scope's later format",
    "mntss_clt_layer_transcoder": "one layer of a cross-layer transcoder",
    "mwhanna_transcoder": "safetensors whose configuration is in the repository's wandb-config.yaml",
    "temporal": "its features depend on earlier tokens",
}
# The beginning of a model's name: llama.cpp's architecture, or why its activations are not taken.
MODELS = {
    r"(google/)?gemma-2b": "gemma",
    r"(google/)?gemma-2-": "gemma2",
    r"google/gemma-3-": "gemma3",
    r"gpt2": "gpt2",
    r"pythia": "gptneox",
    r"meta-llama/|deepseek-ai/DeepSeek-R1-Distill-Llama": "llama",
    r"mistral-7b": "llama",
    r"Qwen/Qwen2\.5": "qwen2",
    r"Qwen/Qwen3-30B-A3B": "qwen3moe",
    r"(Qwen/Qwen3-|qwen3-)": "qwen3",
    r"openai/gpt-oss": "gpt-oss",
}
NO_MODEL = {r"Qwen/Qwen3\.5": "the model has recurrent layers, whose batches isogloss does not read"}
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


def reason_against(loader, model):
    """Why an entry cannot be used; None if it can."""
    if loader in NO_FORMAT:
        return NO_FORMAT[loader]
    assert loader in LOADERS or loader in CONVERTED, f"no rule for the loader {loader}"
    reason = find(NO_MODEL, model)
    assert reason or find(MODELS, model), f"no rule for the model {model}"
    return reason


def main(path):
    check_rules()
    releases = yaml.safe_load(Path(path).read_text())
    n_entries, usable, against = Counter(), Counter(), Counter()
    n_runnable = 0
    for release in releases.values():
        loader = release.get("conversion_func") or "sae_lens"
        n_saes = len(release["saes"])
        n_entries[loader] += n_saes
        reason = reason_against(loader, release["model"])
        n_runnable += 0 if find(NO_MODEL, release["model"]) else n_saes
        if reason:
            against[(loader, reason)] += n_saes
        else:
            usable[loader] += n_saes
    write(len(releases), n_entries, usable, against, n_runnable)


def write(n_releases, n_entries, usable, against, n_runnable):
    total, good = sum(n_entries.values()), sum(usable.values())
    print("# Published SAEs that isogloss can use\n")
    print(f"SAELens lists {total:,} SAEs in {n_releases} releases. isogloss can use {good:,} of them: "
          f"{100 * good / n_runnable:.1f} %\nof the {n_runnable:,} whose model it runs. An entry counts if its format has "
          "golden values, its hook point is read,\nand its model's activations are taken from llama.cpp. The table is "
          "made by a script:\n")
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
