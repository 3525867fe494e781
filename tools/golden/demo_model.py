"""The demo model's GGUF, dequantised by the gguf package, as a transformers model in float32."""

import gguf
import numpy as np
import torch
from transformers import Gemma3ForCausalLM, Gemma3TextConfig

torch.set_num_threads(1)  # sums depend on it in the last bit

# Gemma 3's own constants, which the GGUF does not hold: llama.cpp has them as defaults too.
SLIDING_WINDOW_PATTERN, LOCAL_ROPE_THETA = 6, 10_000.0


def config_of(reader):
    def value(key):
        return reader.fields[f"gemma3.{key}"].contents()

    heads, head_dim = value("attention.head_count"), value("attention.key_length")
    return Gemma3TextConfig(
        vocab_size=len(reader.fields["tokenizer.ggml.tokens"].data),
        hidden_size=value("embedding_length"),
        intermediate_size=value("feed_forward_length"),
        num_hidden_layers=value("block_count"),
        num_attention_heads=heads,
        num_key_value_heads=value("attention.head_count_kv"),
        head_dim=head_dim,
        query_pre_attn_scalar=head_dim,
        rms_norm_eps=value("attention.layer_norm_rms_epsilon"),
        sliding_window=value("attention.sliding_window"),
        sliding_window_pattern=SLIDING_WINDOW_PATTERN,
        rope_parameters={
            "full_attention": {"rope_type": "default", "rope_theta": value("rope.freq_base")},
            "sliding_attention": {"rope_type": "default", "rope_theta": LOCAL_ROPE_THETA},
        },
        max_position_embeddings=value("context_length"),
        attn_implementation="eager",
    )


def load(path):
    """Gemma3ForCausalLM; the converter's plus one on norm weights undone, lm_head tied to the embedding."""
    reader = gguf.GGUFReader(path)
    config = config_of(reader)
    weights = {t.name: gguf.dequantize(t.data, t.tensor_type) for t in reader.tensors}
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.GEMMA3, config.num_hidden_layers)
    model = Gemma3ForCausalLM(config).eval()
    for name, parameter in model.named_parameters():
        array = weights.pop(names.get_name(name, (".weight",)))
        array = array - 1 if name.endswith("norm.weight") else array
        assert parameter.shape == array.shape, name
        with torch.no_grad():
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32)))
    assert not weights, f"not used: {list(weights)}"
    return model


class Reached(Exception):
    """Ends the forward pass at the hooked layer."""


def resid_post(model, ids, layer):
    """[n_tokens, d_model] float32: what decoder layer `layer` puts out (blocks.L.hook_resid_post)."""
    caught = []

    def keep(_module, _inputs, output):
        caught.append(output[0].clone())
        raise Reached

    hook = model.model.layers[layer].register_forward_hook(keep)
    try:
        with torch.no_grad():
            model(torch.tensor([ids]), use_cache=False)
    except Reached:
        pass
    finally:
        hook.remove()
    return caught[0]
