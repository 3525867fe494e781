"""Spelt tokens and the text each stands for, by the tokenizers' own accounts, in many scripts.

usage: segments.py MODEL.gguf OUTPUT.json

"sentencepiece": Google's sentencepiece on the demo model's vocabulary; a segment is a piece's surface.
"byte_level": a small byte-level BPE trained by Hugging Face's tokenizers on the same texts; a segment is
an offset pair, which tokens that split a character share.
"""

import sys

import spm
from golden_io import versions, write_json
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from tokens import TEXTS

PADDED = [" ", "\n", "Every human, cada ser humano, 人人生而自由 👩‍🚀"]


def add(segments, text, starts_new):
    if starts_new:
        segments.append([text, 1])
    else:
        segments[-1][1] += 1


def sentencepiece_case(processor, spellings, text):
    segments, is_open = [], False
    pieces = processor.encode(text, return_type="proto").pieces
    for piece in pieces:
        add(segments, "", not is_open)
        # All but the last byte of a character have an empty surface.
        is_open = piece.surface == ""
        segments[-1][0] = piece.surface
    tokens = [spellings[piece.id] for piece in pieces]
    return {"convention": "sentencepiece", "text": text, "tokens": tokens, "segments": segments}


def byte_level_case(tokenizer, text, convention):
    encoding = tokenizer.encode(text)
    segments, end = [], 0
    for first, last in encoding.offsets:
        add(segments, text[first:last], first >= end)
        if first < end and last > end:
            segments[-1][0] += text[end:last]
        end = max(end, last)
    return {"convention": convention, "text": text, "tokens": encoding.tokens, "segments": segments}


def byte_level(texts, add_prefix_space):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=add_prefix_space)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=700, initial_alphabet=alphabet))
    return tokenizer


def main(model, output):
    vocabulary = spm.vocabulary_of(model)
    processor = spm.processor(*vocabulary)
    cases = [sentencepiece_case(processor, vocabulary[0], text) for text in TEXTS]
    tokenizer, padding = byte_level(TEXTS, False), byte_level(TEXTS, True)
    cases += [byte_level_case(tokenizer, text, "byte_level") for text in TEXTS]
    cases += [byte_level_case(padding, text, "byte_level, space added") for text in PADDED]
    for case in cases:
        assert "".join(text for text, _ in case["segments"]) == case["text"], case
        assert sum(n for _, n in case["segments"]) == len(case["tokens"]), case
    write_json(output, {"versions": versions("sentencepiece", "gguf", "tokenizers"), "cases": cases})


if __name__ == "__main__":
    main(*sys.argv[1:])
