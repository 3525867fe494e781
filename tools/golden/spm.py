"""Google's sentencepiece on a GGUF file's vocabulary."""

from gguf import GGUFReader, TokenType
from sentencepiece import SentencePieceProcessor
from sentencepiece.sentencepiece_model_pb2 import ModelProto, TrainerSpec

# GGUF's token types are sentencepiece's own numbers, from NORMAL = 1 to BYTE = 6.
UNKNOWN_PIECE = "<unk>"


def vocabulary_of(gguf_path):
    """(tokens, scores, types) as the file stores them."""
    fields = GGUFReader(gguf_path).fields
    keys = ("tokens", "scores", "token_type")
    return tuple(fields[f"tokenizer.ggml.{key}"].contents() for key in keys)


def processor(tokens, scores, types):
    """Gemma's conventions: BPE, byte fallback, no normalisation, no dummy prefix, spaces kept."""
    model = ModelProto()
    for token, score, kind in zip(tokens, scores, types, strict=True):
        if token == UNKNOWN_PIECE:
            kind = TokenType.UNKNOWN
        if kind == TokenType.USER_DEFINED:
            token = token.replace(" ", "\u2581")  # the converter to GGUF turned these into spaces
        model.pieces.add(piece=token, score=score, type=int(kind))
    trainer = model.trainer_spec
    trainer.model_type, trainer.byte_fallback = TrainerSpec.BPE, True
    trainer.unk_piece, trainer.bos_piece = UNKNOWN_PIECE, "<bos>"
    trainer.eos_piece, trainer.pad_piece = "<eos>", "<pad>"
    normalizer = model.normalizer_spec
    normalizer.name = "identity"
    normalizer.add_dummy_prefix = False
    normalizer.remove_extra_whitespaces = False
    normalizer.escape_whitespaces = True
    return SentencePieceProcessor(model_proto=model.SerializeToString())


def encode(spm, text):
    """Token ids, BOS first."""
    return [spm.bos_id(), *spm.encode(text)]
