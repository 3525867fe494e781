"""A model of Gemma-2-2B's shape with random weights, as Q8_0 GGUF, and random SAEs.

The real one stands behind a licence click; speed and memory depend on the shape only. The
transformers twin is read from the same GGUF (twin.py), so both sides run the same weights."""

import json
import pathlib
import statistics

import gguf
import numpy as np
from safetensors.numpy import save_file

D, LAYERS, FF, HEADS, KV_HEADS, HEAD_DIM, VOCAB = 2304, 26, 9216, 8, 4, 256, 256_000


def block_shapes(i):
    b = f"blk.{i}."
    return {
        b + "attn_q.weight": (HEADS * HEAD_DIM, D),
        b + "attn_k.weight": (KV_HEADS * HEAD_DIM, D),
        b + "attn_v.weight": (KV_HEADS * HEAD_DIM, D),
        b + "attn_output.weight": (D, HEADS * HEAD_DIM),
        b + "ffn_gate.weight": (FF, D),
        b + "ffn_up.weight": (FF, D),
        b + "ffn_down.weight": (D, FF),
    }


def norms(i):
    names = ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")
    return [f"blk.{i}.{name}.weight" for name in names]


def write_header(writer, vocabulary):
    writer.add_name("Gemma-2-2B's shape, random weights")
    writer.add_context_length(8192)
    writer.add_embedding_length(D)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FF)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_key_length(HEAD_DIM)
    writer.add_value_length(HEAD_DIM)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_attn_logit_softcapping(50.0)
    writer.add_final_logit_softcapping(30.0)
    writer.add_sliding_window(4096)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    fields = vocabulary.fields
    writer.add_token_list(fields["tokenizer.ggml.tokens"].contents()[:VOCAB])
    writer.add_token_scores(fields["tokenizer.ggml.scores"].contents()[:VOCAB])
    writer.add_token_types(fields["tokenizer.ggml.token_type"].contents()[:VOCAB])
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(1)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)


def quantised(rng, shape):
    """Q8_0 blocks of a normal matrix, made in slices so that memory stays small."""
    rows = max(1, (1 << 22) // shape[1])
    parts = []
    for first in range(0, shape[0], rows):
        part = rng.standard_normal((min(rows, shape[0] - first), shape[1]), dtype=np.float32)
        parts.append(gguf.quants.quantize(part * shape[1] ** -0.5, gguf.GGMLQuantizationType.Q8_0))
    return np.concatenate(parts)


def make_model(path, vocabulary_gguf):
    """Writes the GGUF with the vocabulary of another one (the demo model's), cut to 256,000."""
    rng = np.random.default_rng(0)
    writer = gguf.GGUFWriter(path, "gemma2", use_temp_file=True)
    write_header(writer, gguf.GGUFReader(vocabulary_gguf))
    q8 = gguf.GGMLQuantizationType.Q8_0
    writer.add_tensor("token_embd.weight", quantised(rng, (VOCAB, D)), raw_dtype=q8)
    for i in range(LAYERS):
        for name, shape in block_shapes(i).items():
            writer.add_tensor(name, quantised(rng, shape), raw_dtype=q8)
        for name in norms(i):
            writer.add_tensor(name, np.ones(D, dtype=np.float32))
    writer.add_tensor("output_norm.weight", np.ones(D, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def make_sae(folder, d_in, d_sae, hook, scale, dtype=np.float32):
    """A random JumpReLU SAE whose L0 on rows of norm `scale`·√d_in is about 70."""
    rng = np.random.default_rng(1)
    w_enc = (rng.standard_normal((d_in, d_sae), dtype=np.float32) / np.float32(d_in ** 0.5)).astype(dtype)
    z = statistics.NormalDist().inv_cdf(1 - 70 / d_sae)
    threshold = np.full(d_sae, z * scale, dtype=np.float32)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    save_file({"W_enc": w_enc, "W_dec": np.ascontiguousarray(w_enc.T),
               "b_enc": np.zeros(d_sae, np.float32), "b_dec": np.zeros(d_in, np.float32),
               "threshold": threshold}, folder / "sae_weights.safetensors")
    (folder / "cfg.json").write_text(json.dumps({
        "architecture": "jumprelu", "d_in": d_in, "d_sae": d_sae, "dtype": np.dtype(dtype).name,
        "device": "cpu", "apply_b_dec_to_input": False, "normalize_activations": "none",
        "reshape_activations": "none", "metadata": {"hook_name": hook, "sae_lens_version": "6.54.12"}}))
