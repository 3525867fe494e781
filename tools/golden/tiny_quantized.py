"""Tiny models whose weights are rounded to fewer bits, and transformers' rows in float32 on the dequantised weights.

usage: tiny_quantized.py HOOKS OUTPUT_FOLDER
HOOKS holds the float32 models that tiny_hooks.py wrote. Of each row of KEPT, gguf rounds the weights of one, and
transformers loads and dequantises the file. NAME-TYPE.safetensors holds, for the ids "I.ids" of tiny_hooks.py, the
residual stream after each block, "I.blocks.L.hook_resid_post" [n_tokens, width].
"""

import json
import sys
from pathlib import Path

import gguf
import torch
import transformers
from safetensors.torch import save_file

from golden_io import versions
from tiny_hooks import MODELS, N_LAYERS, SEQUENCES, golden_rows

torch.set_num_threads(1)  # sums depend on it in the last bit
KEPT = [
    ("llama", "Q8_0"),
    ("llama", "Q4_0"),
    ("qwen2", "Q4_1"),
    ("gemma3", "Q5_0"),
    ("gemma2", "Q5_1"),
    ("qwen3moe", "Q8_0"),
    ("qwen3moe", "MXFP4"),
    ("phi3", "BF16"),
    ("gpt2", "F16"),
]


def round_weights(source, target, type_):
    """Copies a GGUF with matrices of type `type_`, but for those whose rows are no whole number of its blocks."""
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, reader.fields["general.architecture"].contents())
    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name == "general.architecture":
            continue
        inner = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(name, field.contents(), field.types[0], inner)
    n_rounded = 0
    for tensor in reader.tensors:
        fits = len(tensor.shape) > 1 and tensor.shape[0] % gguf.GGML_QUANT_SIZES[type_][0] == 0
        if fits:
            writer.add_tensor(tensor.name, gguf.quantize(tensor.data, type_), raw_dtype=type_)
        else:
            writer.add_tensor(tensor.name, tensor.data)
        n_rounded += fits
    assert n_rounded > 4 * N_LAYERS, (source, n_rounded)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def load(path, family, config):
    """transformers' model of the file. The configuration it would make itself is incomplete for models this small."""
    is_text_part = family in ("Gemma3", "Qwen3_5", "Qwen3_5Moe")
    config_class = getattr(transformers, family + ("TextConfig" if is_text_part else "Config"))
    model_class = getattr(transformers, family + ("LMHeadModel" if family == "GPT2" else "ForCausalLM"))
    return model_class.from_pretrained(
        path.parent, gguf_file=path.name, config=config_class(**config), dtype=torch.float32
    ).eval()


def main(hooks, folder):
    for name, type_ in KEPT:
        family, config, blocks, modules = MODELS[name]
        path = Path(folder) / f"{name}-{type_.lower()}.gguf"
        path.parent.mkdir(parents=True, exist_ok=True)
        round_weights(Path(hooks) / f"{name}.gguf", path, gguf.GGMLQuantizationType[type_])
        model = load(path, family, config)
        arrays = {}
        for i, ids in enumerate(SEQUENCES):
            rows = golden_rows(model, blocks, modules, ids)
            arrays[f"{i}.ids"] = torch.tensor(ids, dtype=torch.int32)
            for layer in range(N_LAYERS):
                key = f"blocks.{layer}.hook_resid_post"
                arrays[f"{i}.{key}"] = rows[key].contiguous()
        record = {"versions": versions("torch", "transformers", "gguf", "accelerate")}
        save_file(arrays, path.with_suffix(".safetensors"), {"golden": json.dumps(record)})


if __name__ == "__main__":
    main(*sys.argv[1:])
