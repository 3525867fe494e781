"""A GGUF's weights as a transformers model: the same numbers on both sides of the benchmark."""

import gguf
import torch
from transformers import Gemma2Config, Gemma2ForCausalLM, Gemma3ForCausalLM, Gemma3TextConfig


def config_of(reader, n_layers):
    architecture = reader.fields["general.architecture"].contents()

    def value(key, default=None):
        field = reader.fields.get(f"{architecture}.{key}")
        return field.contents() if field else default

    head_dim = value("attention.key_length")
    common = dict(
        vocab_size=len(reader.fields["tokenizer.ggml.tokens"].data),
        hidden_size=value("embedding_length"),
        intermediate_size=value("feed_forward_length"),
        num_hidden_layers=n_layers or value("block_count"),
        num_attention_heads=value("attention.head_count"),
        num_key_value_heads=value("attention.head_count_kv"),
        head_dim=head_dim,
        query_pre_attn_scalar=head_dim,
        rms_norm_eps=value("attention.layer_norm_rms_epsilon"),
        sliding_window=value("attention.sliding_window"),
        attn_implementation="eager",
    )
    if architecture == "gemma2":
        return Gemma2ForCausalLM, gguf.MODEL_ARCH.GEMMA2, Gemma2Config(**common)
    return Gemma3ForCausalLM, gguf.MODEL_ARCH.GEMMA3, Gemma3TextConfig(**common)


def load(path, dtype, n_layers=None):
    """The model in `dtype`, cut after `n_layers` blocks if given."""
    reader = gguf.GGUFReader(path)
    make, architecture, config = config_of(reader, n_layers)
    with torch.device("meta"):
        model = make(config)
    model = model.to(dtype).to_empty(device="cpu").eval()
    model.tie_weights()
    names = gguf.get_tensor_name_map(architecture, config.num_hidden_layers)
    tensors = {t.name: t for t in reader.tensors}
    for name, parameter in model.named_parameters():
        tensor = tensors[names.get_name(name, (".weight",))]
        shift = 1 if name.endswith("norm.weight") else 0
        array = gguf.dequantize(tensor.data, tensor.tensor_type)
        with torch.no_grad():
            parameter.copy_(torch.from_numpy(array - shift if shift else array))
    # Rotary frequencies are buffers, which to_empty left without values.
    for module in model.modules():
        if hasattr(module, "inv_freq"):
            fresh = type(module)(config)
            module.load_state_dict(fresh.state_dict(), strict=False)
            for buffer, value in fresh.named_buffers():
                setattr(module, buffer, value)
    return model
