"""Tiny random models of several architectures as GGUF (float32), and transformers' rows at every hook point.

usage: tiny_hooks.py LLAMA_CPP OUTPUT_FOLDER [NAME ...]
Without NAME it makes those that are kept (KEPT).

LLAMA_CPP is llama.cpp's source as in the source archive of the llama-cpp-python that the set-up pins (vendor/llama.cpp):
its own converter writes NAME.gguf. NAME.safetensors holds, for the sequence of ids "I.ids", the rows at
"I.blocks.L.HOOK" [n_tokens, width]; HOOK is TransformerLens' name. The rows are what transformers' modules take and
give. A model without a tensor of that meaning has no rows there.
"""

import json
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file

from golden_io import versions

torch.set_num_threads(1)  # sums depend on it in the last bit
N_LAYERS = 2
SEQUENCES = [[1, 7, 30, 12, 5, 41, 33, 9, 22, 17, 38, 26], [1, 44, 3, 19, 8]]
# "Ċ" is the newline, which llama.cpp looks up in every byte-level vocabulary.
TOKENS = ["<pad>", "<s>", "Ċ"] + [chr(ord("a") + i) for i in range(26)] + [chr(ord("A") + i) for i in range(19)]
COMMON = dict(vocab_size=len(TOKENS), attn_implementation="eager")
LLAMA = dict(
    hidden_size=32,
    intermediate_size=32,
    num_hidden_layers=N_LAYERS,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=64,
    tie_word_embeddings=True,
    bos_token_id=1,
    eos_token_id=0,
    pad_token_id=0,
    **COMMON,
)
WIDE = dict(head_dim=12)  # 4 heads of 12: hook_z is 48 wide
GEMMA = dict(query_pre_attn_scalar=12, sliding_window=8, **(LLAMA | WIDE))
UNTIED = LLAMA | dict(tie_word_embeddings=False)
NEOX = {k: v for k, v in UNTIED.items() if k != "num_key_value_heads"}
NEOX["rope_parameters"] = dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5)

# Where a block's modules are: attention's last product, the norm before the MLP, the MLP, and norms that follow.
# In a parallel block attention and MLP read the same input.
MODULES = dict(o_proj="self_attn.o_proj", mlp_norm="post_attention_layernorm", mlp="mlp")
GEMMA_MODULES = dict(
    o_proj="self_attn.o_proj",
    attn_post_norm="post_attention_layernorm",
    mlp_norm="pre_feedforward_layernorm",
    mlp="mlp",
    mlp_post_norm="post_feedforward_layernorm",
)
OLMO2_MODULES = {k: v for k, v in GEMMA_MODULES.items() if k != "mlp_norm"}
GLM_MODULES = MODULES | dict(attn_post_norm="post_self_attn_layernorm", mlp_post_norm="post_mlp_layernorm")
NEOX_MODULES = dict(o_proj="attention.dense", mlp_norm="post_attention_layernorm", mlp="mlp")
GPT2_MODULES = dict(o_proj="attn.c_proj", mlp_norm="ln_2", mlp="mlp")
GPT2 = dict(n_embd=24, n_layer=N_LAYERS, n_head=4, n_positions=64, n_ctx=64, bos_token_id=1, eos_token_id=0, **COMMON)
EXPERTS = dict(num_experts=4, num_experts_per_tok=2, moe_intermediate_size=16, decoder_sparse_step=1, norm_topk_prob=True)
QWEN35_MODULES = MODULES | dict(o_proj="linear_attn.out_proj", o_proj_of_attention="self_attn.o_proj")
QWEN35_EXPERTS = dict(num_experts=4, num_experts_per_tok=2, moe_intermediate_size=16, shared_expert_intermediate_size=16)
QWEN35 = UNTIED | dict(head_dim=16, linear_key_head_dim=8, linear_value_head_dim=8, linear_num_key_heads=2, linear_num_value_heads=4)
QWEN35 |= dict(layer_types=["linear_attention", "full_attention"])
QWEN35["rope_parameters"] = dict(
    rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5, mrope_section=[2, 1, 1], mrope_interleaved=True
)
MODELS = {
    "gemma": ("Gemma", LLAMA | WIDE, "model.layers", MODULES),
    "gemma2": ("Gemma2", GEMMA | dict(attn_logit_softcapping=6.0), "model.layers", GEMMA_MODULES),
    "gemma3": ("Gemma3", GEMMA, "model.layers", GEMMA_MODULES),
    "llama": ("Llama", LLAMA | WIDE, "model.layers", MODULES),
    "mistral": ("Mistral", LLAMA | WIDE | dict(sliding_window=None), "model.layers", MODULES),
    "qwen2": ("Qwen2", LLAMA, "model.layers", MODULES),
    "qwen3": ("Qwen3", LLAMA | WIDE, "model.layers", MODULES),
    "qwen3moe": ("Qwen3Moe", LLAMA | WIDE | EXPERTS, "model.layers", MODULES),
    "qwen35": ("Qwen3_5", QWEN35, "model.layers", QWEN35_MODULES),
    "qwen35moe": ("Qwen3_5Moe", QWEN35 | QWEN35_EXPERTS, "model.layers", QWEN35_MODULES),
    "olmo2": ("Olmo2", UNTIED, "model.layers", OLMO2_MODULES),
    "olmo": ("Olmo", LLAMA, "model.layers", MODULES),
    "olmoe": ("Olmoe", UNTIED | dict(num_key_value_heads=4, num_experts=4, num_experts_per_tok=2), "model.layers", MODULES),
    "mixtral": ("Mixtral", LLAMA | dict(num_local_experts=4, num_experts_per_tok=2, sliding_window=None), "model.layers", MODULES),
    "starcoder2": ("Starcoder2", LLAMA, "model.layers", MODULES),
    "cohere": ("Cohere", LLAMA | dict(logit_scale=1.0), "model.layers", dict(MODULES, mlp_norm="input_layernorm", parallel=True)),
    "cohere2": ("Cohere2", LLAMA | dict(logit_scale=1.0), "model.layers", dict(MODULES, mlp_norm="input_layernorm", parallel=True)),
    "phi2": ("Phi", UNTIED | dict(num_key_value_heads=4, intermediate_size=128), "model.layers", dict(o_proj="self_attn.dense", mlp_norm="input_layernorm", mlp="mlp", parallel=True)),
    "phi3": ("Phi3", LLAMA | dict(original_max_position_embeddings=64), "model.layers", MODULES | dict(unnamed_mid=True)),
    "glm4": ("Glm4", LLAMA | dict(head_dim=8), "model.layers", GLM_MODULES),
    "smollm3": ("SmolLM3", LLAMA, "model.layers", MODULES),
    "arcee": ("Arcee", LLAMA, "model.layers", MODULES),
    "gptoss": ("GptOss", UNTIED | WIDE | dict(intermediate_size=16, rope_parameters=dict(rope_type="default", rope_theta=150000.0), num_local_experts=4, num_experts_per_tok=2), "model.layers", MODULES),
    "starcoder": ("GPTBigCode", GPT2, "transformer.h", GPT2_MODULES),
    "gpt2": ("GPT2", GPT2, "transformer.h", GPT2_MODULES),
    "pythia": ("GPTNeoX", NEOX | dict(use_parallel_residual=True), "gpt_neox.layers", NEOX_MODULES | dict(parallel=True)),
    "gptneox": ("GPTNeoX", NEOX | dict(use_parallel_residual=False), "gpt_neox.layers", NEOX_MODULES),
}
# Of the others llama.cpp builds graphs with the same names.
KEPT = ["gemma", "gemma2", "gemma3", "llama", "mistral", "qwen2", "qwen3", "qwen3moe", "qwen35", "qwen35moe", "olmo2", "cohere", "phi2", "phi3"]
KEPT += ["glm4", "gptoss", "gpt2", "pythia", "gptneox"]


def neutral_weight(name):
    """Of a norm: one, but Gemma's and Qwen 3.5's multiply by one plus the weight. `name` begins with the family's."""
    return 0.0 if name.startswith(("Gemma", "Qwen3_5")) else 1.0


def random_model(family, config):
    torch.manual_seed(12)
    config_class = getattr(transformers, family + ("TextConfig" if family in ("Gemma3", "Qwen3_5", "Qwen3_5Moe") else "Config"))
    head = "LMHeadModel" if family == "GPT2" else "ForCausalLM"
    model = getattr(transformers, family + head)(config_class(**config)).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            is_norm = weight.ndim == 1 and name.endswith("weight")
            # Weights of norms are spread about what changes nothing, so that leaving them out shows.
            offset = neutral_weight(family) if is_norm else 0.0
            scale = 0.3 if weight.ndim == 1 else weight.shape[-1] ** -0.5
            # Otherwise its residual stream has norm one by itself, and the norm before the MLP would not show.
            scale *= 10.0 if family == "Glm4" and "embed" in name else 1.0
            weight.copy_(torch.randn(weight.shape) * scale + offset)
    return model


def write_gguf(llama_cpp, model, path):
    sys.path[:0] = [str(llama_cpp), str(llama_cpp / "gguf-py")]  # the converter goes with its own gguf
    import gguf
    from conversion import ModelBase, ModelType, get_model_architecture, get_model_class

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        model.save_pretrained(folder)
        # Gemma 3's converter counts the tokens there.
        vocabulary = {"model": {"vocab": {token: i for i, token in enumerate(TOKENS)}}, "added_tokens": []}
        (folder / "tokenizer.json").write_text(json.dumps(vocabulary))
        hparams = ModelBase.load_hparams(folder, False)
        # GPT-NeoX's converter knows the name that transformers had before version 5.
        hparams["rotary_pct"] = (hparams.get("rope_parameters") or {}).get("partial_rotary_factor", 1.0)
        hparams["full_attention_interval"] = N_LAYERS  # of a hybrid model's blocks the last has attention
        base = get_model_class(get_model_architecture(hparams, ModelType.TEXT))

        class WithSmallVocabulary(base):
            model_arch = base.model_arch
            no_mtp = True

            def set_vocab(self):
                writer = self.gguf_writer
                writer.add_tokenizer_model("gpt2")
                writer.add_tokenizer_pre("gpt-2")
                writer.add_token_list(TOKENS)
                writer.add_token_types([int(gguf.TokenType.CONTROL)] * 2 + [int(gguf.TokenType.NORMAL)] * (len(TOKENS) - 2))
                writer.add_token_merges(["a b"])
                writer.add_bos_token_id(1)
                writer.add_eos_token_id(0)
                writer.add_add_bos_token(False)

        with torch.inference_mode():
            WithSmallVocabulary(folder, gguf.LlamaFileType.ALL_F32, path, eager=True, model_name="tiny random model", hparams=hparams).write()


def rms_normalized(norm, x):
    """What the norm gives with weights that change nothing: TransformerLens' hook_normalized of an RMSNorm."""
    weight = norm.weight.clone()
    with torch.no_grad():
        norm.weight.fill_(neutral_weight(type(norm).__name__))
        rows = norm(x)
        norm.weight.copy_(weight)
    return rows


def watch(block, modules, rows, prefix):
    """Fills `rows` as the block runs. Returns the handles of the hooks."""

    def keep(name):
        def hook(_module, _args, out):
            rows[prefix + name] = (out[0] if isinstance(out, tuple) else out)[0].clone()

        return hook

    def keep_input(name):
        def hook(_module, args, kwargs):
            rows[prefix + name] = (args[0] if args else kwargs["hidden_states"])[0].clone()

        return hook

    def module(key):
        if key == "o_proj" and hasattr(block, "self_attn"):
            key = "o_proj_of_attention" if "o_proj_of_attention" in modules else key
        return block.get_submodule(modules[key])

    has_post_norms = "mlp_post_norm" in modules
    handles = [
        block.register_forward_pre_hook(keep_input("hook_resid_pre"), with_kwargs=True),
        block.register_forward_hook(keep("hook_resid_post")),
        module("o_proj").register_forward_pre_hook(keep_input("attn.hook_z"), with_kwargs=True),
        module("o_proj").register_forward_hook(keep("attn.hook_out")),
        module("attn_post_norm" if has_post_norms else "o_proj").register_forward_hook(keep("hook_attn_out")),
        module("mlp").register_forward_pre_hook(keep_input("mlp.hook_in"), with_kwargs=True),
        module("mlp").register_forward_hook(keep("mlp.hook_out")),
        module("mlp_post_norm" if has_post_norms else "mlp").register_forward_hook(keep("hook_mlp_out")),
        module("mlp_norm" if "mlp_norm" in modules else "mlp").register_forward_pre_hook(
            keep_input("hook_resid_mid"), with_kwargs=True
        ),
    ]
    return handles


def golden_rows(model, blocks, modules, ids):
    rows, handles = {}, []
    for layer, block in enumerate(model.get_submodule(blocks)):
        handles += watch(block, modules, rows, f"blocks.{layer}.")
    with torch.no_grad():
        model(torch.tensor([ids]), use_cache=False)
    for handle in handles:
        handle.remove()
    for layer, block in enumerate(model.get_submodule(blocks)):
        mid = f"blocks.{layer}.hook_resid_mid"
        norm = block.get_submodule(modules["mlp_norm"]) if "mlp_norm" in modules else None
        if modules.get("parallel") or modules.get("unnamed_mid"):
            del rows[mid]
        elif "RMSNorm" in type(norm).__name__:
            rows[f"blocks.{layer}.ln2.hook_normalized"] = rms_normalized(norm, rows[mid])
    return rows


def check_sums(rows, layer):
    """The residual stream is the sum of what is added to it: shows that the rows mean what their names say."""
    at = {name.split(".", 2)[2]: r for name, r in rows.items() if name.startswith(f"blocks.{layer}.")}
    total = at["hook_resid_pre"] + at["hook_attn_out"] + at["hook_mlp_out"]
    assert torch.allclose(total, at["hook_resid_post"], atol=1e-4), layer
    if "hook_resid_mid" in at:
        assert torch.allclose(at["hook_resid_pre"] + at["hook_attn_out"], at["hook_resid_mid"], atol=1e-4), layer


def check_distinct(rows, modules):
    """No two places hold rows that a test could take for each other, unless they are one tensor."""
    same = [] if "mlp_post_norm" in modules else [{"attn.hook_out", "hook_attn_out"}, {"mlp.hook_out", "hook_mlp_out"}]
    same += [] if "mlp_norm" in modules else [{"mlp.hook_in", "hook_resid_mid"}]
    names = sorted(rows)
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            site = (a.split(".", 2)[2], b.split(".", 2)[2])
            is_next_block = site == ("hook_resid_post", "hook_resid_pre") and int(a[7]) + 1 == int(b[7])
            if rows[a].shape != rows[b].shape or (set(site) in same and a[7] == b[7]) or is_next_block:
                continue
            assert (rows[a] - rows[b]).norm() > 0.1 * rows[b].norm(), (a, b)


def main(llama_cpp, folder, *names):
    for name in names or KEPT:
        family, config, blocks, modules = MODELS[name]
        model = random_model(family, config)
        write_gguf(Path(llama_cpp), model, Path(folder) / f"{name}.gguf")
        arrays = {}
        for i, ids in enumerate(SEQUENCES):
            rows = golden_rows(model, blocks, modules, ids)
            for layer in range(N_LAYERS):
                check_sums(rows, layer)
            check_distinct(rows, modules)
            for layer, block in enumerate(model.get_submodule(blocks)):
                if hasattr(block, "linear_attn"):  # has no heads in the sense of the hook points
                    for site in ("attn.hook_z", "attn.hook_out", "hook_attn_out"):
                        del rows[f"blocks.{layer}.{site}"]
            arrays[f"{i}.ids"] = torch.tensor(ids, dtype=torch.int32)
            arrays |= {f"{i}.{key}": value.contiguous() for key, value in rows.items()}
        record = {"versions": versions("torch", "transformers")}
        save_file(arrays, Path(folder) / f"{name}.safetensors", {"golden": json.dumps(record)})


if __name__ == "__main__":
    main(*sys.argv[1:])
