#!/usr/bin/env python3
"""Writes the seeds that are no text: FOLDER/npz, FOLDER/safetensors, FOLDER/gguf, FOLDER/logit_effects, one
folder for each format of SAEs that is a file of settings and one of weights, and one for each kind of file of an
import by language, from the golden files.

Usage: make_seeds.py FOLDER
An SAE of d_in 2 and d_sae 3, and the ends of models with four tokens, weights zero.
"""
import io
import json
import math
import pathlib
import struct
import sys
import zipfile

SAE = {"W_enc": (2, 3), "W_dec": (3, 2), "b_enc": (3,), "b_dec": (2,), "threshold": (3,)}
GGUF_UINT32, GGUF_INT32, GGUF_FLOAT32, GGUF_BOOL, GGUF_STRING, GGUF_ARRAY = 4, 5, 6, 7, 8, 9
# ggml's number of a type, the numbers in a block, and its bytes: F32; F16, Q4_0, Q8_0, Q4_K, Q6_K, IQ4_XS, BF16.
F32 = (0, 1, 4)
QUANTISED = ((1, 1, 2), (2, 32, 18), (8, 32, 34), (12, 256, 144), (14, 256, 210), (23, 256, 136), (30, 1, 2))
ALIGNMENT = 32


def count(shape):
    return shape[0] * (shape[1] if len(shape) > 1 else 1)


def arrays_as_npz(arrays):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, (dtype, shape, data) in arrays.items():
            descr = {"F32": "<f4", "I64": "<i8"}[dtype]
            header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
            array = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data
            archive.writestr(zipfile.ZipInfo(name + ".npy"), array)
    return file.getvalue()


def arrays_as_safetensors(arrays):
    header, data = {}, b""
    for name, (dtype, shape, part) in arrays.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def zeros(shapes):
    """Norms of activations are twos and factors ones; others would be refused."""
    return {name: ("F32", shape, struct.pack("<f", 2 if "norm" in name else "factor" in name) * count(shape))
            for name, shape in shapes.items()}


def npz():
    return arrays_as_npz(zeros(SAE))


def safetensors(shapes=SAE):
    return arrays_as_safetensors(zeros(shapes))


def sae_folders():
    """{name of the target, perhaps with that of the seed: the settings, a zero byte, the weights}, as
    sae_folder_fuzz.cpp takes them apart."""
    scope_2 = {name.lower(): shape for name, shape in SAE.items()}
    formats = {
        "gemma_scope_2": (
            {"architecture": "jump_relu", "affine_connection": True, "hf_hook_point_in": "model.layers.1.output",
             "hf_hook_point_out": "model.layers.1.output", "model_name": "gemma-v3-270m-pt"},
            scope_2 | {"affine_skip_connection": (2, 2)},
        ),
        "llama_scope": (
            {"hook_point_in": "blocks.1.hook_resid_post", "hook_point_out": "blocks.1.hook_resid_post", "d_model": 2,
             "d_sae": 3, "jump_relu_threshold": 0.5, "dataset_average_activation_norm": {"in": 2.0, "out": 2.0}},
            {"encoder.weight": (3, 2), "encoder.bias": (3,), "decoder.weight": (2, 3), "decoder.bias": (2,)},
        ),
        "llama_scope_r1": (
            {"hook_point_in": "blocks.1.hook_resid_post", "hook_point_out": "blocks.1.hook_resid_post", "d_model": 2,
             "norm_activation": "dataset-wise"},
            {"encoder.weight": (3, 2), "encoder.bias": (3,), "decoder.weight": (2, 3), "decoder.bias": (2,),
             "log_jumprelu_threshold": (3,), "dataset_average_activation_norm.blocks.1.hook_resid_post": (1,)},
        ),
        "sae_lens": (
            {"architecture": "skip_transcoder", "d_in": 2, "d_sae": 3, "d_out": 2, "apply_b_dec_to_input": False,
             "metadata": {"sae_lens_version": "6.0.0", "hook_name": "blocks.1.hook_resid_mid",
                          "hook_name_out": "blocks.1.hook_mlp_out", "conventions": {"trainer": "test"}}},
            {"W_enc": (2, 3), "b_enc": (3,), "W_dec": (3, 2), "b_dec": (2,), "W_skip": (2, 2)},
        ),
        "sae_lens/gated": (
            {"architecture": "gated", "d_in": 2, "d_sae": 3, "normalize_activations": "layer_norm",
             "reshape_activations": "hook_z",
             "metadata": {"sae_lens_version": "6.0.0", "hook_name": "blocks.1.attn.hook_z"}},
            {"W_enc": (2, 3), "b_gate": (3,), "b_mag": (3,), "r_mag": (3,), "W_dec": (3, 2), "b_dec": (2,)},
        ),
        "sae_lens/topk": (
            {"architecture": "topk", "d_in": 2, "d_sae": 3, "k": 2, "rescale_acts_by_decoder_norm": True,
             "normalize_activations": "expected_average_only_in", "metadata": {"sae_lens_version": "6.0.0"}},
            {"W_enc": (2, 3), "b_enc": (3,), "W_dec": (3, 2), "b_dec": (2,)},
        ),
        "sae_lens/older": (
            {"architecture": "jumprelu", "d_in": 2, "d_sae": 3, "normalize_activations": False, "dtype": "float32",
             "hook_point": "blocks.1.hook_resid_pre", "activation_fn_str": "relu", "prepend_bos": True, "context_size": 8},
            {"W_enc": (2, 3), "b_enc": (3,), "W_dec": (3, 2), "b_dec": (2,), "log_threshold": (3,),
             "scaling_factor": (3,)},
        ),
        "sparsify": (
            {"activation": "topk", "d_in": 2, "num_latents": 3, "k": 1, "transcode": True, "skip_connection": True},
            {"encoder.weight": (3, 2), "encoder.bias": (3,), "W_dec": (3, 2), "b_dec": (2,), "W_skip": (2, 2)},
        ),
    }
    return {name: json.dumps(settings).encode() + b"\0" + safetensors(tensors)
            for name, (settings, tensors) in formats.items()}


def imported():
    """{name of the target: seeds}: golden files, and arrays that fit the one sentence of arrays_fuzz.cpp."""
    golden = pathlib.Path(__file__).resolve().parents[1] / "golden" / "arrays"
    seeds = {f"import_{kind}": [path.read_bytes() for path in sorted(golden.rglob(f"*.{kind}"))]
             for kind in ("jsonl", "npz", "parquet", "safetensors")}
    layouts = (
        {"activations": ("F32", (2, 3), struct.pack("<6f", 9, 9, 9, 0, 1, 2))},
        {"activations": ("F32", (1, 3, 2), struct.pack("<6f", 7, 7, 9, 9, 1, 0)),
         "attention_mask": ("I64", (1, 3), struct.pack("<3q", 0, 1, 1))},
        {"data": ("F32", (3,), struct.pack("<3f", 9, 1, 2)), "indices": ("I64", (3,), struct.pack("<3q", 0, 0, 2)),
         "indptr": ("I64", (3,), struct.pack("<3q", 0, 1, 3)), "shape": ("I64", (2,), struct.pack("<2q", 2, 3))},
    )
    seeds["import_npz"] += [arrays_as_npz(arrays) for arrays in layouts]
    seeds["import_safetensors"] += [arrays_as_safetensors(arrays) for arrays in layouts]
    sentence = {"id": 1, "tokens": ["<s>", "a"], "special_tokens_mask": [1, 0]}
    seeds["import_jsonl"].append(json.dumps(sentence).encode())
    return seeds


def string(text):
    return struct.pack("<Q", len(text.encode())) + text.encode()


def metadata(key, kind, payload):
    return string(key) + struct.pack("<I", kind) + payload


def array(kind, items):
    return struct.pack("<IQ", kind, len(items)) + b"".join(items)


def gguf(architecture="llama", norm="layer_norm_rms_epsilon", modules=("attn_output", "ffn_down"), width=2,
         matrix=F32, flags=()):
    values = [metadata("general.architecture", GGUF_STRING, string(architecture))]
    values += [metadata(f"{architecture}.{key}", GGUF_UINT32, struct.pack("<I", value))
               for key, value in (("block_count", 1), ("embedding_length", width), ("context_length", 8))]
    values += [metadata(f"{architecture}.{flag}", GGUF_BOOL, b"\1") for flag in flags]
    values += [metadata(f"{architecture}.attention.{norm}", GGUF_FLOAT32, struct.pack("<f", 1e-6)),
               metadata("tokenizer.ggml.model", GGUF_STRING, string("gpt2")),
               metadata("tokenizer.ggml.tokens", GGUF_ARRAY, array(GGUF_STRING, [string(token) for token in ("<s>", "Ġa", "b", "é")])),
               metadata("tokenizer.ggml.token_type", GGUF_ARRAY,
                        array(GGUF_INT32, [struct.pack("<i", kind) for kind in (3, 1, 1, 4)]))]
    tensors = {"token_embd.weight": ((width, 4), matrix), "output_norm.weight": ((width,), F32),
               "blk.0.attn_norm.weight": ((width,), F32)}
    tensors |= {f"blk.0.{module}.weight": ((width, 2), matrix) for module in modules}
    tensors["blk.0.ffn_down.bias"] = ((width,), F32)
    header = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values)) + b"".join(values)
    offset = 0
    for name, (extent, (number, block, size)) in tensors.items():
        header += string(name) + struct.pack(f"<I{len(extent)}QIQ", len(extent), *extent, number, offset)
        n_bytes = extent[0] // block * size * math.prod(extent[1:])
        offset += n_bytes + -n_bytes % ALIGNMENT
    return header + bytes(-len(header) % ALIGNMENT + offset)


def ggufs():
    """{name of the target: seeds}: layouts of blocks and kinds of norms, and types of matrices."""
    post_norms = ("attn_output", "ffn_down", "post_attention_norm", "post_ffw_norm")
    layouts = [gguf(), gguf("gemma2", modules=post_norms), gguf("olmo2", modules=post_norms),
               gguf("qwen3moe", modules=("attn_output", "ffn_down_exps")), gguf("phi3"), gguf("gpt2", "layer_norm_epsilon"),
               gguf("gptneox", "layer_norm_epsilon", flags=("use_parallel_residual",))]
    matrices = [gguf(), gguf("gpt2", "layer_norm_epsilon")]
    matrices += [gguf(width=block, matrix=(number, block, size)) for number, block, size in QUANTISED]
    return {"gguf": layouts, "logit_effects": matrices}


def main(arguments):
    if len(arguments) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    seeds = {"npz": npz(), "safetensors": safetensors()}
    for name, content in (seeds | sae_folders()).items():
        target, _, seed = name.partition("/")
        folder = pathlib.Path(arguments[0]) / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / (seed or "small")).write_bytes(content)
    for name, contents in (imported() | ggufs()).items():
        folder = pathlib.Path(arguments[0]) / name
        folder.mkdir(parents=True, exist_ok=True)
        for i, content in enumerate(contents):
            (folder / f"seed-{i}").write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
