"""What directions say: their effect on the logits, by torch's and transformers' own final norms.

usage: vocabulary.py MODEL.gguf SAE_FOLDER TINY.gguf OUTPUT-LAYERNORM.gguf OUTPUT.json

The effect of d on token v is U_v · (γ ⊙ d). Here it is taken as what it means: the derivative, along d, of
the logits at a final residual of root mean square 1 that is orthogonal to d (there the norm's scale does
not move to first order), by forward differentiation through Gemma's RMSNorm and torch's LayerNorm.

OUTPUT-LAYERNORM.gguf: a random model's ends (norm with bias, untied unembedding in Q8_0, GPT-2's byte
alphabet), enough to ask for effects; its control and unused tokens have the largest rows.
OUTPUT.json: by model "directions" or "features" (rows of the SAE's W_dec), and for each its ten "promoted"
and "suppressed" tokens as [id, token, effect]. Tokens with a space have "▁" for it.
"""

import sys
import unicodedata
from pathlib import Path

import gguf
import numpy as np
import torch
from safetensors.numpy import load_file
from transformers.convert_slow_tokenizer import bytes_to_unicode
from transformers.models.gemma2.modeling_gemma2 import Gemma2RMSNorm
from transformers.models.gemma3.modeling_gemma3 import Gemma3RMSNorm

from golden_io import versions, write_compact_json

N_TOP = 10
N_DEMO_FEATURES = 20
ROWS_AT_ONCE = 32768
NOT_TEXT = {gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.UNUSED}
LAYER_NORM_WIDTH = 32
WORDS = (
    " water| agua| Wasser|water| eau| вода|水| the| name| piedra| ñandú|ment|s|,| ,|\n| \t|.| mar| sea|"
    " stone| old| viejo| puerta| door| in| is| el| la| de"
).split("|")


SHOWN = {" ": "▁", "\n": "↵", "\t": "⇥"}


def is_unseen(character):
    """Spaces, controls and format characters, but for the joiners that words hold."""
    return unicodedata.category(character) in {"Zs", "Zl", "Zp", "Cc", "Cf"} and character not in "\u200c\u200d"


class Model:
    """The ends of a GGUF: unembedding, final norm's weights, vocabulary."""

    def __init__(self, path):
        reader = gguf.GGUFReader(path)
        self.tensors = {t.name: t for t in reader.tensors}
        self.tokens = reader.fields["tokenizer.ggml.tokens"].contents()
        kinds = reader.fields["tokenizer.ggml.token_type"].contents()
        self.is_text = np.array([kind not in NOT_TEXT for kind in kinds])
        self.is_byte_level = reader.fields["tokenizer.ggml.model"].contents() == "gpt2"
        self.unembedding = self.values("output.weight" if "output.weight" in self.tensors else "token_embd.weight")

    def values(self, name):
        tensor = self.tensors[name]
        return np.array(gguf.dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)

    def readable(self, token):
        spelling = self.tokens[token]
        if self.is_byte_level:
            byte_of = {character: byte for byte, character in bytes_to_unicode().items()}
            spelling = bytes(byte_of[c] for c in spelling).decode("utf-8")
        return "".join(SHOWN.get(c, f"<U+{ord(c):04X}>" if is_unseen(c) else c) for c in spelling)


def gemma_norm(kind, model):
    """The GGUF holds 1 + weight; ε is left out, as a large residual leaves it."""
    weight = torch.from_numpy(model.values("output_norm.weight"))
    norm = kind(len(weight), eps=0.0)
    norm.weight = torch.nn.Parameter(weight - 1)
    return norm


def layer_norm(model):
    weight, bias = (torch.from_numpy(model.values(f"output_norm.{part}")) for part in ("weight", "bias"))
    norm = torch.nn.LayerNorm(len(weight), eps=0.0)
    norm.weight, norm.bias = torch.nn.Parameter(weight), torch.nn.Parameter(bias)
    return norm


def orthogonal_residuals(directions):
    """A row for each direction: orthogonal to it, mean 0, variance 1, so that both norms' scales stand still."""
    generator = torch.Generator().manual_seed(7)
    rows = torch.randn(directions.shape, generator=generator, dtype=torch.float64)
    rows -= rows.mean(1, keepdim=True)
    centred = directions - directions.mean(1, keepdim=True)
    rows -= (rows * centred).sum(1, keepdim=True) / (centred * centred).sum(1, keepdim=True) * centred
    return rows / rows.pow(2).mean(1, keepdim=True).sqrt()


def effects(model, norm, directions):
    """[n, n_vocab] float64."""
    d = torch.from_numpy(directions).double()
    norm = norm.double()
    _, moved = torch.func.jvp(norm, (orthogonal_residuals(d),), (d,))
    moved = moved.detach().numpy()
    parts = []
    for first in range(0, len(model.unembedding), ROWS_AT_ONCE):
        parts.append(moved @ model.unembedding[first : first + ROWS_AT_ONCE].astype(np.float64).T)
    return np.concatenate(parts, axis=1)


def ranked(model, effect):
    """Both lists, or None where neighbours are too close for float32 to order."""
    lists = {}
    for name, sign in (("promoted", 1), ("suppressed", -1)):
        score = np.where(model.is_text, sign * effect, -np.inf)
        order = np.argsort(-score, kind="stable")[: N_TOP + 1]
        if np.diff(-score[order]).min() < 2e-5 * abs(score[order]).max():
            return None
        lists[name] = [[int(t), model.readable(t), float(effect[t])] for t in order[:N_TOP]]
    return lists


def random_directions(width):
    rows = np.random.default_rng(13).normal(size=(6, width)).astype(np.float32)
    return rows * np.array([1, 1, 1, 0.01, 100, 1], np.float32)[:, None]


def write_layer_norm_model(path):
    """What the ends need; one tensor stands for the block between them."""
    alphabet = bytes_to_unicode()
    tokens = ["<|endoftext|>", "<unk>"] + ["".join(alphabet[b] for b in word.encode()) for word in WORDS]
    tokens += ["[PAD0]", "[PAD1]"]
    kinds = [gguf.TokenType.CONTROL, gguf.TokenType.UNKNOWN] + [gguf.TokenType.NORMAL] * len(WORDS)
    kinds += [gguf.TokenType.UNUSED] * 2
    rng = np.random.default_rng(3)
    unembedding = rng.normal(size=(len(tokens), LAYER_NORM_WIDTH)).astype(np.float32)
    unembedding[[kind in NOT_TEXT for kind in kinds]] *= 20
    writer = gguf.GGUFWriter(path, "gpt2")
    writer.add_name("ends of a random GPT-2")
    writer.add_context_length(64)
    writer.add_embedding_length(LAYER_NORM_WIDTH)
    writer.add_block_count(1)
    writer.add_layer_norm_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(tokens)
    writer.add_token_types([int(kind) for kind in kinds])
    writer.add_tensor("token_embd.weight", rng.normal(size=unembedding.shape).astype(np.float16))
    writer.add_tensor("blk.0.attn_norm.weight", np.ones(LAYER_NORM_WIDTH, np.float32))
    writer.add_tensor("output_norm.weight", rng.normal(1, 0.5, LAYER_NORM_WIDTH).astype(np.float32))
    writer.add_tensor("output_norm.bias", rng.normal(0, 3, LAYER_NORM_WIDTH).astype(np.float32))
    q8_0 = gguf.GGMLQuantizationType.Q8_0
    writer.add_tensor("output.weight", gguf.quants.quantize(unembedding, q8_0), raw_dtype=q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def small(path, norm_of):
    model = Model(path)
    directions = random_directions(model.unembedding.shape[1])
    effect = effects(model, norm_of(model), directions)
    lists = [ranked(model, row) for row in effect]
    assert None not in lists
    return {"directions": directions.astype(float).tolist(), "effects": lists}


def demo(path, sae_folder):
    model = Model(path)
    decoder = load_file(Path(sae_folder) / "sae_weights.safetensors")["W_dec"].astype(np.float32)
    features = np.arange(5, len(decoder), 128)
    lists = [ranked(model, row) for row in effects(model, gemma_norm(Gemma3RMSNorm, model), decoder[features])]
    kept = [(int(f), both) for f, both in zip(features, lists) if both is not None][:N_DEMO_FEATURES]
    assert len(kept) == N_DEMO_FEATURES, len(kept)
    return {"features": [f for f, _ in kept], "effects": [both for _, both in kept]}


def main(model_path, sae_folder, tiny_path, layer_norm_path, output):
    write_layer_norm_model(layer_norm_path)
    result = {
        "versions": versions("torch", "transformers", "gguf", "numpy"),
        "tiny-gemma2": small(tiny_path, lambda model: gemma_norm(Gemma2RMSNorm, model)),
        "tiny-layernorm": small(layer_norm_path, layer_norm),
        "demo": demo(model_path, sae_folder),
    }
    write_compact_json(output, result)


if __name__ == "__main__":
    main(*sys.argv[1:])
