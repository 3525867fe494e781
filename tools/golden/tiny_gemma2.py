"""A tiny random Gemma-2 as GGUF (float32), and transformers' residual stream after every layer.

usage: tiny_gemma2.py OUTPUT.gguf OUTPUT.safetensors

Weights are drawn so that attention soft-capping and the sliding window of 8 change the result.
OUTPUT.safetensors: blocks.L.hook_resid_post of sentence I is "I.L" [n_tokens, d_model] with BOS as row 0,
its ids "I.ids"; the metadata's "texts" is a JSON list of the sentences.
"""

import json
import sys

import gguf
import numpy as np
import torch
from safetensors.numpy import save_file
from transformers import Gemma2Config, Gemma2ForCausalLM

import spm
from golden_io import metadata

torch.set_num_threads(1)  # sums depend on it in the last bit
N_LAYERS = 4
CONFIG = dict(
    hidden_size=64,
    intermediate_size=128,
    num_hidden_layers=N_LAYERS,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=16,
    query_pre_attn_scalar=16,
    sliding_window=8,
    attn_logit_softcapping=6.0,
    final_logit_softcapping=4.0,
    max_position_embeddings=512,
    attn_implementation="eager",
)
TEXTS = [
    "a",
    "the sea",
    "el mar",
    "the old sea is there and the stone is in the water, the name is on the door",
    "el viejo mar es la piedra en el agua y el nombre es de la puerta, que no se va",
    "der Stein in dem Meer: 42 ñandú, 中文 и море",
    " ".join(["the sea and the stone"] * 12),
]
PIECES = (
    "\u2581 a b c d e f g h i j k l m n o p q r s t u v w x y z , . : e\u2581 th the \u2581the in on an and "
    "\u2581and \u2581sea \u2581stone es la \u2581la el \u2581el er en \u2581de \u2581mar ar ma st ea se \u2581s \u2581m"
).split()


def vocabulary():
    """Tokens, scores and types: four special tokens, 256 bytes, and pieces whose merges come in order."""
    special = ["<pad>", "<eos>", "<bos>", "<unk>"]
    byte_tokens = [f"<0x{b:02X}>" for b in range(256)]
    tokens = special + byte_tokens + PIECES
    kinds = [gguf.TokenType.CONTROL] * 3 + [gguf.TokenType.UNKNOWN]
    kinds += [gguf.TokenType.BYTE] * 256 + [gguf.TokenType.NORMAL] * len(PIECES)
    scores = [0.0] * (4 + 256) + [-float(i) for i in range(len(PIECES))]
    return tokens, scores, [int(kind) for kind in kinds]


def random_model(vocab_size):
    torch.manual_seed(2)
    model = Gemma2ForCausalLM(Gemma2Config(vocab_size=vocab_size, **CONFIG)).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            # Norm weights are offsets from one; projections of q and k are large, so that logits reach the cap.
            scale = 0.3 if "norm" in name else weight.shape[-1] ** -0.5
            scale *= 2.0 if "q_proj" in name or "k_proj" in name else 1.0
            weight.copy_(torch.randn(weight.shape) * scale)
    return model


def write_gguf(path, model, tokens, scores, kinds):
    """llama.cpp's gemma2 conventions: names of its tensor map, norm weights plus one, no lm_head (tied)."""
    cfg = model.config
    writer = gguf.GGUFWriter(path, "gemma2")
    writer.add_name("tiny random Gemma-2")
    writer.add_context_length(cfg.max_position_embeddings)
    writer.add_embedding_length(cfg.hidden_size)
    writer.add_block_count(cfg.num_hidden_layers)
    writer.add_feed_forward_length(cfg.intermediate_size)
    writer.add_head_count(cfg.num_attention_heads)
    writer.add_head_count_kv(cfg.num_key_value_heads)
    writer.add_layer_norm_rms_eps(cfg.rms_norm_eps)
    writer.add_key_length(cfg.head_dim)
    writer.add_value_length(cfg.head_dim)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_attn_logit_softcapping(cfg.attn_logit_softcapping)
    writer.add_final_logit_softcapping(cfg.final_logit_softcapping)
    writer.add_sliding_window(cfg.sliding_window)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    for key, token in (("bos", 2), ("eos", 1), ("unk", 3), ("pad", 0)):
        getattr(writer, f"add_{key}_token_id")(token)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.GEMMA2, cfg.num_hidden_layers)
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight":
            continue
        shift = 1.0 if name.endswith("norm.weight") else 0.0
        writer.add_tensor(names.get_name(name, (".weight",)), (tensor + shift).numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def residuals(model, ids):
    """[n_layers, n_tokens, d_model]: what each decoder layer puts out, before the final norm."""
    rows = []
    hooks = [
        layer.register_forward_hook(lambda _m, _i, out: rows.append(out[0].clone()))
        for layer in model.model.layers
    ]
    with torch.no_grad():
        model(torch.tensor([ids]), use_cache=False)
    for hook in hooks:
        hook.remove()
    return torch.stack(rows)


def relative_change(model, ids, attribute, value):
    """How far the last residual moves when one property of the model is changed: shows that it matters."""
    before = residuals(model, ids)[-1]
    modules = [layer.self_attn for layer in model.model.layers]
    old = [getattr(m, attribute) for m in modules]
    for m in modules:
        setattr(m, attribute, value)
    after = residuals(model, ids)[-1]
    for m, o in zip(modules, old):
        setattr(m, attribute, o)
    return ((after - before).norm() / before.norm()).item()


def window_change(model, ids):
    before = residuals(model, ids)[-1]
    window, model.config.sliding_window = model.config.sliding_window, 10_000
    after = residuals(model, ids)[-1]
    model.config.sliding_window = window
    return ((after - before).norm() / before.norm()).item()


def main(gguf_path, golden_path):
    tokens, scores, kinds = vocabulary()
    tokenizer = spm.processor(tokens, scores, kinds)
    model = random_model(len(tokens))
    write_gguf(gguf_path, model, tokens, scores, kinds)

    arrays = {}
    for i, text in enumerate(TEXTS):
        ids = spm.encode(tokenizer, text)
        arrays[f"{i}.ids"] = np.array(ids, dtype=np.int32)
        for layer, rows in enumerate(residuals(model, ids).numpy()):
            arrays[f"{i}.{layer}"] = np.ascontiguousarray(rows)
    longest = arrays[f"{len(TEXTS) - 1}.ids"].tolist()
    assert relative_change(model, longest, "attn_logit_softcapping", None) > 0.02
    assert window_change(model, longest) > 0.02

    made_with = metadata("torch", "transformers", "gguf", "sentencepiece")
    record = {"texts": TEXTS, "n_layers": N_LAYERS, **json.loads(made_with["versions"])}
    save_file(arrays, golden_path, {"golden": json.dumps(record, ensure_ascii=False)})


if __name__ == "__main__":
    main(*sys.argv[1:])
