"""A tiny random GPT-2 as GGUF (float32) whose tokenizer adds no BOS, and TransformerLens' residual stream.

usage: tiny_gpt2.py OUTPUT.gguf OUTPUT.safetensors

OUTPUT.safetensors: blocks.1.hook_resid_post [n_tokens, d_model] of sentence I with BOS as row 0 is "I.bos",
without BOS "I.no_bos", and with BOS after center_writing_weights and fold_ln "I.centered"; the ids without BOS
are "I.ids"; the metadata's "golden" has the sentences ("texts").
"""

import json
import sys

import gguf
import torch
from safetensors.numpy import save_file
from transformer_lens import HookedTransformer, HookedTransformerConfig

from golden_io import metadata

torch.set_num_threads(1)  # sums depend on it in the last bit
N_LAYERS, D_MODEL, N_HEADS, D_MLP, N_CTX = 2, 32, 4, 64, 128
HOOK = "blocks.1.hook_resid_post"
END_OF_TEXT = 256
MERGES = [("h", "e"), ("Ġ", "t")]
TEXTS = ["a", "the sea", "el mar y la piedra", "the old sea is there, and the stone is in the water"]


def byte_alphabet():
    """GPT-2's printable character for every byte: visible ones stand for themselves, others from U+0100 on."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = (b for b in range(256) if b not in visible)
    alphabet = {b: chr(b) for b in visible} | {b: chr(256 + i) for i, b in enumerate(others)}
    return [alphabet[b] for b in range(256)]


def tokenize(text, tokens):
    """Byte-level BPE with MERGES in their order."""
    parts = [tokens[b] for b in text.encode()]
    for left, right in MERGES:
        merged = []
        for part in parts:
            if merged and merged[-1] == left and part == right:
                merged[-1] = left + right
            else:
                merged.append(part)
        parts = merged
    return [tokens.index(part) for part in parts]


def random_model(n_vocab):
    config = HookedTransformerConfig(
        n_layers=N_LAYERS, d_model=D_MODEL, n_heads=N_HEADS, d_head=D_MODEL // N_HEADS, d_mlp=D_MLP, n_ctx=N_CTX,
        d_vocab=n_vocab, act_fn="gelu_new", normalization_type="LN", device="cpu")
    model = HookedTransformer(config).eval()
    torch.manual_seed(3)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.copy_(torch.randn(weight.shape) * (weight.shape[-1] ** -0.5))
            if name.endswith(".w"):  # of a LayerNorm
                weight.add_(1.0)
    return model


def write_gguf(path, model, tokens):
    """llama.cpp's gpt2 conventions: names of its tensor map, matrices [out, in], q, k and v in one."""
    writer = gguf.GGUFWriter(path, "gpt2")
    writer.add_name("tiny random GPT-2")
    writer.add_context_length(N_CTX)
    writer.add_embedding_length(D_MODEL)
    writer.add_block_count(N_LAYERS)
    writer.add_feed_forward_length(D_MLP)
    writer.add_head_count(N_HEADS)
    writer.add_layer_norm_eps(model.cfg.eps)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([int(gguf.TokenType.NORMAL if i != END_OF_TEXT else gguf.TokenType.CONTROL)
                            for i in range(len(tokens))])
    writer.add_token_merges([" ".join(merge) for merge in MERGES])
    writer.add_bos_token_id(END_OF_TEXT)
    writer.add_eos_token_id(END_OF_TEXT)
    state = model.state_dict()

    def add(name, tensor):
        writer.add_tensor(name, tensor.contiguous().numpy())

    def add_norm(name, source):
        add(f"{name}.weight", state[f"{source}.w"])
        add(f"{name}.bias", state[f"{source}.b"])

    add("token_embd.weight", state["embed.W_E"])
    add("position_embd.weight", state["pos_embed.W_pos"])
    add_norm("output_norm", "ln_final")
    add("output.weight", state["unembed.W_U"].T)
    for layer in range(N_LAYERS):
        block, source = f"blk.{layer}", f"blocks.{layer}"
        add_norm(f"{block}.attn_norm", f"{source}.ln1")
        add_norm(f"{block}.ffn_norm", f"{source}.ln2")
        # W_Q [heads, d_model, d_head] reads; llama.cpp has [heads * d_head, d_model].
        rows = [state[f"{source}.attn.W_{x}"].transpose(1, 2).reshape(D_MODEL, D_MODEL) for x in "QKV"]
        add(f"{block}.attn_qkv.weight", torch.cat(rows))
        add(f"{block}.attn_qkv.bias", torch.cat([state[f"{source}.attn.b_{x}"].reshape(-1) for x in "QKV"]))
        add(f"{block}.attn_output.weight", state[f"{source}.attn.W_O"].reshape(D_MODEL, D_MODEL).T)
        add(f"{block}.attn_output.bias", state[f"{source}.attn.b_O"])
        add(f"{block}.ffn_up.weight", state[f"{source}.mlp.W_in"].T)
        add(f"{block}.ffn_up.bias", state[f"{source}.mlp.b_in"])
        add(f"{block}.ffn_down.weight", state[f"{source}.mlp.W_out"].T)
        add(f"{block}.ffn_down.bias", state[f"{source}.mlp.b_out"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def residual(model, ids):
    _, cache = model.run_with_cache(torch.tensor([ids]), names_filter=HOOK)
    return cache[HOOK][0].numpy()


def main():
    gguf_path, golden_path = sys.argv[1:]
    tokens = byte_alphabet() + ["<|endoftext|>"] + ["".join(merge) for merge in MERGES]
    with torch.no_grad():
        model = random_model(len(tokens))
        write_gguf(gguf_path, model, tokens)
        golden = {}
        for i, text in enumerate(TEXTS):
            ids = tokenize(text, tokens)
            golden[f"{i}.ids"] = torch.tensor(ids, dtype=torch.int32).numpy()
            golden[f"{i}.bos"] = residual(model, [END_OF_TEXT, *ids])
            golden[f"{i}.no_bos"] = residual(model, ids)
        model.process_weights_(fold_ln=True, center_writing_weights=True, center_unembed=False)
        for i in range(len(TEXTS)):
            ids = golden[f"{i}.ids"].tolist()
            golden[f"{i}.centered"] = residual(model, [END_OF_TEXT, *ids])
    record = {"texts": TEXTS, **json.loads(metadata("torch", "transformer-lens", "gguf")["versions"])}
    save_file(golden, golden_path, {"golden": json.dumps(record, ensure_ascii=False)})


if __name__ == "__main__":
    main()
